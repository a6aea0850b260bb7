#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/usage/rates.hpp"

// Law: a card that was accepted has rates for every day, and no call costs less than a shorter one; a refusal says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto card = tonris::model::rate_card::parse({reinterpret_cast<const char*>(bytes), size});
  if (!card) {
    if (card.error().empty()) std::abort();
    return 0;
  }
  for (const auto day : {std::chrono::sys_days{}, std::chrono::sys_days{std::chrono::days{20'000}}}) {
    const auto& rates = card->at(day);
    if (cost_of(rates, 0) != 0 || cost_of(rates, 59) < 0 || cost_of(rates, 86'400) < cost_of(rates, 59)) std::abort();
  }
  return 0;
}
