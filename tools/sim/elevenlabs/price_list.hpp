#pragma once

#include <cstdint>

#include "model/money/money.hpp"
#include "tools/sim/elevenlabs/conversation.hpp"

namespace tonris::sim {

/// What the vendor charges for a conversation that is over, by its own price list: credits, which it bills at the
/// contract's price. What goes into them is the agent's `bill`; which of it is told changes nothing.
struct conversation_charge {
  static constexpr std::int64_t a_second = 7;            ///< credits, of the call
  static constexpr std::int64_t a_line = 2;              ///< of the model, for each line that was said, and 1 for none
  static constexpr model::micros price_of_credit = 120;  ///< millionths of a US dollar, by the contract

  std::int64_t of_call = 0, of_model = 0;  ///< credits

  [[nodiscard]] constexpr std::int64_t credits() const noexcept { return of_call + of_model; }
  [[nodiscard]] constexpr model::micros price() const noexcept { return price_of_call() + price_of_model(); }
  [[nodiscard]] constexpr model::micros price_of_call() const noexcept { return of_call * price_of_credit; }
  [[nodiscard]] constexpr model::micros price_of_model() const noexcept { return of_model * price_of_credit; }
};
[[nodiscard]] conversation_charge charge_of(const conversation_record& over) noexcept;

}  // namespace tonris::sim
