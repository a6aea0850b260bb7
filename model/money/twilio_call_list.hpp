#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/money/money.hpp"
#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// Path and query of an account's calls that began on that day of UTC, the newest first
/// (docs/protocols/twilio.md#a-days-calls). Twilio's bounds are wider than the day by a second.
inline constexpr std::size_t twilio_calls_a_page = 300;
[[nodiscard]] std::string twilio_day_target(const account_sid& account, std::chrono::sys_days day);

/// A call as that list has it.
struct twilio_listed_call {
  call_sid call, parent;  ///< parent: of a leg that was dialled for it
  std::string number;     ///< that is the account's: To of one that came in, From of one that went out
  std::optional<money> cost;
  std::uint32_t seconds = 0;                          ///< 0: nobody answered
  std::optional<std::chrono::sys_seconds> started{};  ///< nothing: it never rang
  bool operator==(const twilio_listed_call&) const = default;

  /// Twilio has it on the bill, or will: a call that nobody took costs nothing.
  [[nodiscard]] bool is_billed() const noexcept { return seconds > 0 || (cost && cost->amount != 0); }
};
struct twilio_call_page {
  std::vector<twilio_listed_call> calls;
  std::string next;  ///< path and query of the page behind it; "": there is none
};
/// A page is read whole or not at all. The next one is the same account's list, or it is a mistake: the token goes with
/// the question.
[[nodiscard]] decoded<twilio_call_page> parse_twilio_call_page(std::string_view body, const account_sid& account);

}  // namespace tonris::model
