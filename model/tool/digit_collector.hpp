#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/tool/tool_command.hpp"
#include "model/tool/tool_result.hpp"

namespace tonris::model {

/// The keys that a caller presses when he is asked for some (collect_digits): it ends with the terminator, with the
/// last key, when none came for `timeout`, or with the caller, whichever is first, and then once and for all. Pure: the
/// clock is an argument.
class digit_collector {
 public:
  using time = std::chrono::steady_clock::time_point;
  enum class ending : std::uint8_t { count, terminator, timeout, caller_left };
  struct collected {
    std::string digits;  ///< without the terminator
    ending by = ending::count;
    bool operator==(const collected&) const = default;
  };

  /// `now` is when the caller has been asked.
  digit_collector(const tool_commands::collect_digits& asked, time now);

  /// A key (Twilio's `dtmf`). What is no key (0-9 * #) is ignored, so is all that comes after the end.
  [[nodiscard]] std::optional<collected> key(std::string_view pressed, time now);
  [[nodiscard]] std::optional<collected> tick(time now);
  [[nodiscard]] std::optional<collected> caller_left();

  [[nodiscard]] bool is_over() const noexcept { return over_; }
  [[nodiscard]] time deadline() const noexcept { return until_; }  ///< when `tick` has something to say

 private:
  [[nodiscard]] collected end(ending by);

  const tool_commands::collect_digits asked_;
  std::string digits_;
  time until_;
  bool over_ = false;
};

[[nodiscard]] std::string_view to_string(digit_collector::ending by) noexcept;  ///< "terminator"
/// For the agent: {"digits":"1234","ended_by":"terminator"}; an error where the caller left.
[[nodiscard]] tool_result to_tool_result(const digit_collector::collected& what);
/// For logs and records of a tenant who wants that: a dot a key.
[[nodiscard]] std::string masked_digits(std::string_view digits);

}  // namespace tonris::model
