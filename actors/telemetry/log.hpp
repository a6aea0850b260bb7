#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace tonris::actors::log {

/// The process's log: lines on standard error, written by a thread of its own behind a bounded queue (8,192 lines; when
/// it is full the oldest line is dropped, so no loop and no actor ever waits for a terminal). Any thread. Text:
/// `2026-11-22T10:00:00.000Z [INFO]: message`; json: {"time":…,"level":"INFO","message":…,"call":…}. Operators grep for
/// some of these lines, kept to the letter (docs/operations.md). Callers pass redacted numbers and no secret.
void start(config::log_level least, config::log_format format);
void stop();  ///< writes what is queued

/// What a line is about, in JSON as fields of their own. What is empty is left out.
struct fields {
  std::string_view call{}, tenant{};
  std::string to{};  ///< the called number
  std::string_view agent{}, reason{}, by{};
  std::optional<double> duration_seconds{};
};

using level = config::log_level;
using pieces = std::initializer_list<std::string_view>;
[[nodiscard]] bool writes(level at);
void write(level at, pieces message, const fields& about = {});
void debug(pieces message, const fields& about = {});
void info(pieces message, const fields& about = {});
void warn(pieces message, const fields& about = {});
void error(pieces message, const fields& about = {});

}  // namespace tonris::actors::log
