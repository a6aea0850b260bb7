#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/codec_error.hpp"
#include "model/text/form.hpp"
#include "model/text/ids.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model::twilio {

/// A call that Twilio is to place (docs/protocols/twilio.md#calls-of-ours).
struct call_order {
  std::string to, from;          ///< E.164
  std::string url;               ///< asked what to do once somebody answers
  std::string status_callback;   ///< told of the call's progress
  std::string machine_callback;  ///< told who has answered, while the call goes on; "": nobody listens for machines
  unsigned ring_seconds = 30;
};
/// The form for POST of `calls_target`.
[[nodiscard]] form order_form(const call_order& order);
[[nodiscard]] std::string calls_target(const account_sid& account);
/// Path and query of the newest calls between these two.
[[nodiscard]] std::string calls_between_target(const account_sid& account, std::string_view from, std::string_view to);

/// A call as the REST API has it, as far as it tells which one it is.
struct listed_call {
  call_sid sid;
  std::string to, from, direction;
  std::optional<std::chrono::sys_seconds> created;
};
/// The answer to an order.
[[nodiscard]] decoded<listed_call> decode_call(std::string_view body);
/// The first page of a list of calls, at most 4 MiB.
[[nodiscard]] decoded<std::vector<listed_call>> decode_calls(std::string_view body);

/// What Twilio's machine detection makes of who has answered.
enum class answered_by { human, machine, fax, unknown };
inline constexpr std::size_t answered_by_count = 4;
[[nodiscard]] std::string_view to_string(answered_by by) noexcept;  ///< "machine"
[[nodiscard]] answered_by parse_answered_by(std::string_view text) noexcept;

}  // namespace tonris::model::twilio
