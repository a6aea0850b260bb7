#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/money/money.hpp"
#include "model/money/twilio_price.hpp"

// Laws: an amount that was read is written so that it is read as the same again, and stays within its bounds. What
// Twilio says is an amount or a mistake.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (const auto amount = parse_micros(text)) {
    if (*amount > most_micros || *amount < -most_micros) std::abort();
    if (parse_micros(to_decimal(*amount)) != amount) std::abort();
  }
  if (const auto price = parse_twilio_call_price(text); price && !is_sid(price->call.value, "CA")) std::abort();
  if (const auto legs = parse_twilio_legs(text))
    for (const auto& leg : *legs)
      if (!is_sid(leg.call.value, "CA")) std::abort();
  if (const auto price = parse_twilio_recording_price(text); price && !is_sid(price->recording, "RE")) std::abort();
  return 0;
}
