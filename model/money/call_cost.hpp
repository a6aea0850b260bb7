#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/money/money.hpp"
#include "model/text/codec_error.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// Who says what something costs: our rates, or who sends the bill.
enum class cost_source : std::uint8_t { estimate, vendor };
[[nodiscard]] std::string_view to_string(cost_source source) noexcept;

/// No part of a call costs more than a million: what is read beyond is a mistake.
inline constexpr micros most_of_a_part = 1'000'000'000'000;

struct cost_part {
  money amount;           ///< negative: more was given back than charged
  bool is_final = false;  ///< nothing newer is to come
  cost_source source = cost_source::estimate;
  std::chrono::system_clock::time_point at;  ///< when it was said
  /// Of an amount in another currency: what it is in US dollars by the exchange rate of the call's day. Nothing: nobody
  /// has set one.
  std::optional<micros> dollars{};
  bool operator==(const cost_part&) const = default;
};

/// What a call costs, as far as it is known.
struct call_cost {
  std::optional<cost_part> twilio;               ///< receiving or dialling the call
  std::optional<cost_part> elevenlabs;           ///< the conversations
  std::optional<cost_part> llm;                  ///< their model, where the vendor tells it by itself
  std::optional<cost_part> transfer{};           ///< Twilio's too: the legs that it has dialled
  std::optional<cost_part> recording{};          ///< and recordings and messages; not that they are kept
  std::optional<cost_part> stream{};             ///< and media streams: in no price of a call, so by our rates alone
  std::optional<cost_part> machine_detection{};  ///< likewise: Twilio was asked to listen for a machine
  bool operator==(const call_cost&) const = default;
};

[[nodiscard]] std::optional<micros> in_dollars(const cost_part& part) noexcept;

/// The sum in US dollars; nothing when there is no part, or of one nobody knows what it is in dollars.
[[nodiscard]] std::optional<micros> total(const call_cost& cost) noexcept;

/// The same of those parts of which that is known, and whether these are all.
struct dollar_sum {
  micros amount = 0;
  bool is_all = true;
};
[[nodiscard]] dollar_sum sum_in_dollars(const call_cost& cost) noexcept;

/// Takes what is news: a vendor's word for an estimate, the final one for another, else the later one. False: it was
/// none, and nothing is changed.
bool take(std::optional<cost_part>& known, const cost_part& told);

/// What a call costs that is answered with some words and no stream: a minute of Twilio's, and nothing else.
[[nodiscard]] call_cost estimate_of_refusal(const rate_card& rates, std::chrono::system_clock::time_point started,
                                            std::chrono::system_clock::time_point at,
                                            dialled_by who = dialled_by::caller);

/// What a call of so many seconds costs by the rates at its start, without its media stream. With that for as long the
/// sum is cost_of's for the same seconds.
[[nodiscard]] call_cost estimate(const rate_card& rates, std::chrono::system_clock::time_point started,
                                 std::int64_t seconds, std::chrono::system_clock::time_point at,
                                 dialled_by who = dialled_by::caller);

}  // namespace tonris::model
