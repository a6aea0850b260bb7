#pragma once

#include <string>

#include "net/error.hpp"

namespace tonris::sim {

/// What Twilio writes into StreamError when a stream could not be opened: the code, and its words.
[[nodiscard]] std::string stream_error_text(const net::error& why);

}  // namespace tonris::sim
