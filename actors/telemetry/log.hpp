#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "actors/telemetry/log_field.hpp"
#include "config/log_choice.hpp"

namespace tonris::actors::log {

/// The process's log: lines on standard error, written by a thread of its own behind a bounded queue (8,192 lines; when
/// it is full the oldest line is dropped, so no loop and no actor ever waits for a terminal). Any thread. Text:
/// `2026-11-22T10:00:00.000Z [INFO]: message`; json: {"time":…,"level":"INFO","message":…,"call":…}. Operators grep for
/// some of these lines, kept to the letter (docs/operations.md). No secret fits into a field, and a caller's number is
/// passed as `log::caller`, which cuts it.
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

}  // namespace tonris::actors::log
