#pragma once

#include <initializer_list>
#include <string_view>

#include "config/settings.hpp"

namespace tonris::actors::log {

/// The process's log: lines on standard error, written by a thread of its own behind a bounded queue (8,192 lines; when
/// it is full the oldest line is dropped, so no loop and no actor ever waits for a terminal). Any thread. Text:
/// `2026-11-22T10:00:00.000Z [INFO]: message`; json: {"time":…,"level":"INFO","message":…}. Operators grep for some of
/// these lines, kept to the letter (docs/operations.md). Callers pass redacted numbers and no secret.
void start(config::log_level level, config::log_format format);
void stop();  ///< writes what is queued

using pieces = std::initializer_list<std::string_view>;
void debug(pieces message);
void info(pieces message);
void warn(pieces message);
void error(pieces message);

}  // namespace tonris::actors::log
