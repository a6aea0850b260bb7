#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/money/money.hpp"
#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

// --- Twilio

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
  std::string status;                   ///< "completed"
  std::optional<std::int64_t> seconds;  ///< what is billed for; nothing while the call lives, or when nobody answered
  std::optional<money> cost;
  bool operator==(const twilio_call_price&) const = default;
};
inline constexpr std::size_t max_twilio_call_bytes = 64 * 1024;
[[nodiscard]] decoded<twilio_call_price> parse_twilio_call_price(std::string_view body);

// --- ElevenLabs

/// Of the `metadata` of a conversation that is over (docs/protocols/elevenlabs.md#charges). What it does not say, or
/// says in another type, is not there.
struct elevenlabs_charge {
  std::optional<std::int64_t> credits;                    ///< `cost`, the model's with it
  std::optional<std::int64_t> call_credits, llm_credits;  ///< `charging.call_charge`, `.llm_charge`: its parts
  std::optional<money> dollars;                           ///< `cost_fiat`, where that is a number: taken for US dollars
  std::optional<money> llm;                               ///< `charging.llm_price`, in US dollars: the model's part
  bool burst = false;                                     ///< at twice the price
  bool operator==(const elevenlabs_charge&) const = default;
};
inline constexpr std::size_t max_elevenlabs_metadata_bytes = 1024 * 1024;
[[nodiscard]] decoded<elevenlabs_charge> parse_elevenlabs_charge(std::string_view metadata);

/// What the conversation costs in US dollars without its model where that has a price of its own, with it else: what
/// the vendor says in dollars, or its credits by what a thousand of them cost. Nothing when neither is known. A part of
/// a millionth counts as a whole one.
[[nodiscard]] std::optional<money> conversation_cost(const elevenlabs_charge& charge,
                                                     std::optional<micros> thousand_credits) noexcept;

}  // namespace tonris::model
