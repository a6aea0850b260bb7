#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "actors/telemetry/log_field.hpp"
#include "config/settings.hpp"

namespace tonris::actors::log {

/// The process's log: lines on standard error, written by a thread of its own behind a bounded queue (8,192 lines; when
/// it is full the oldest line is dropped, so no loop and no actor ever waits for a terminal). Any thread. Text:
/// `2026-11-22T10:00:00.000Z [INFO]: message`; json: {"time":…,"level":"INFO","message":…,"call":…}. Operators grep for
/// some of these lines, kept to the letter (docs/operations.md). Callers pass redacted numbers and no secret.
void start(config::log_level least, config::log_format format);
void stop();  ///< writes what is queued

/// A line's words as they stand in the source, with "{name}" for the value of that field. A literal: what comes from
/// outside is a field's value, never the words themselves.
class text {
 public:
  template <std::size_t N>
  consteval text(const char (&literal)[N]) : words_(literal, N - 1) {}
  [[nodiscard]] std::string_view words() const noexcept { return words_; }

 private:
  std::string_view words_;
};

using level = config::log_level;
[[nodiscard]] bool writes(level at);
void write(level at, text words, std::span<const field> about);
void debug(text words, std::initializer_list<field> about = {});
void info(text words, std::initializer_list<field> about = {});
void warn(text words, std::initializer_list<field> about = {});
void error(text words, std::initializer_list<field> about = {});

/// What a line is about, in JSON as fields of their own. What is empty is left out.
struct fields {
  std::string_view call{}, tenant{};
  std::string to{};  ///< the called number
  std::string_view agent{}, reason{}, by{};
  std::optional<double> duration_seconds{};
};

using pieces = std::initializer_list<std::string_view>;
void write(level at, pieces message, const fields& about = {});
void debug(pieces message, const fields& about = {});
void info(pieces message, const fields& about = {});
void warn(pieces message, const fields& about = {});
void error(pieces message, const fields& about = {});

}  // namespace tonris::actors::log
