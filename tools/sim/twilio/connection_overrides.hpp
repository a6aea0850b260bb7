#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// How Twilio asks an address of ours, and how often again (docs/protocols/twilio.md#asking-again): its own rule,
/// changed by what stands in the address's fragment.
struct connection_overrides {
  std::chrono::milliseconds connect{5'000}, read{15'000}, total{15'000};
  unsigned retries = 1;
  /// What is tried again. A refused or broken connection, a name or TLS that fails is `connect`; `read` is a request
  /// that went out and was not answered.
  bool on_connect = true, on_read = false, on_4xx = false, on_5xx = false;
};

/// What the fragment of `url` says; what is wrong in it is left as Twilio has it by itself, and noted.
[[nodiscard]] connection_overrides overrides_of(std::string_view url, std::vector<violation>* faults = nullptr);

}  // namespace tonris::sim
