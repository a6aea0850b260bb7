#pragma once

#include <string>

#include "tests/e2e/gateway_process.hpp"

namespace tonris::e2e {

/// A CallSid of that number.
[[nodiscard]] std::string numbered_sid(int number);

/// The voice webhook of that call, signed, on a connection of its own, once: the whole answer, within ten seconds.
[[nodiscard]] std::string voice_webhook(const gateway_process& gateway, int call,
                                        const std::string& to = "+15550100002");

}  // namespace tonris::e2e
