#include "tools/sim/elevenlabs/price_list.hpp"

#include "tools/sim/elevenlabs/conversation_document.hpp"

namespace tonris::sim {

conversation_charge charge_of(const conversation_record& over) noexcept {
  conversation_charge charge;
  charge.of_call = seconds_of(over) * conversation_charge::a_second * (over.bill.is_burst ? 2 : 1);
  if (over.bill.has_model)
    charge.of_model = 1 + static_cast<std::int64_t>(over.transcript.size()) * conversation_charge::a_line;
  return charge;
}

}  // namespace tonris::sim
