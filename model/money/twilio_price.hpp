#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/money/money.hpp"
#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

/// A call's `price` and `price_unit` as the REST API gives them; nothing is null. Twilio writes what it charges as a
/// negative number ("-0.04200"), and what it gives back as a positive one: the answer is what the call costs, 0
/// included. Nothing: it is not rated yet, maybe never (docs/protocols/twilio.md#prices). A price without a currency is
/// a mistake, as is one that is no number.
[[nodiscard]] decoded<std::optional<money>> twilio_charge(std::optional<std::string_view> price,
                                                          std::optional<std::string_view> unit);

/// The path of that resource.
[[nodiscard]] std::string twilio_call_target(const account_sid& account, const call_sid& call);

/// Of GET /2010-04-01/Accounts/{AC}/Calls/{CA}.json. The price is the connection's: no streams, recordings or speech.
struct twilio_call_price {
  call_sid call;
  std::optional<money> cost;  ///< nothing: not rated yet
  twilio::call_status status = twilio::call_status::unknown;
  std::optional<std::uint32_t> seconds;  ///< nothing: it goes on, or nobody answered
  bool operator==(const twilio_call_price&) const = default;
};
inline constexpr std::size_t max_twilio_call_bytes = 64 * 1024;
[[nodiscard]] decoded<twilio_call_price> parse_twilio_call_price(std::string_view body);

/// The path of the calls that Twilio has dialled for that one, and what it answers: {"calls":[…]}, at most 50 of them.
[[nodiscard]] std::string twilio_legs_target(const account_sid& account, const call_sid& call);
inline constexpr std::size_t max_twilio_legs_bytes = 512 * 1024;
[[nodiscard]] decoded<std::vector<twilio_call_price>> parse_twilio_legs(std::string_view body);

/// Of GET /2010-04-01/Accounts/{AC}/Recordings/{RE}.json. The price is what it costs once, not that it is kept.
struct twilio_recording_price {
  std::string recording;  ///< RE…
  std::optional<money> cost;
  std::string status;                    ///< Twilio's word, at most 40 bytes
  std::optional<std::uint32_t> seconds;  ///< nothing: it is not completed
  bool operator==(const twilio_recording_price&) const = default;
};
[[nodiscard]] decoded<twilio_recording_price> parse_twilio_recording_price(std::string_view body);

}  // namespace tonris::model
