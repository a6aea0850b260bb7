#include "model/usage_report/bill_drift.hpp"

#include <optional>

#include "model/call/costing.hpp"
#include "model/usage_report/usage_sums.hpp"

namespace tonris::model {

void bill_drift::add(const call_record& record) {
  const bool refused = figures_of(record).refused;
  if (!record.ended || (record.metered_seconds == 0 && !refused)) return;
  const auto who = who_dialled(record);
  const auto metered = refused ? estimate_of_refusal(rates_, record.started, *record.ended, who)
                               : estimate(rates_, record.started, record.metered_seconds, *record.ended, who);
  const auto put = [&record](std::vector<billed_call>& to, const std::optional<cost_part>& part) {
    if (part) to.push_back({record.call, record.tenant, part->amount});
  };
  const auto put_told = [&put](std::vector<billed_call>& to, const std::optional<cost_part>& part) {
    if (part && (part->is_final || part->source == cost_source::vendor)) put(to, part);
  };
  put(ours_.twilio, metered.twilio);
  put(ours_.elevenlabs, metered.elevenlabs);
  put_told(theirs_.twilio, record.cost.twilio);
  put_told(theirs_.elevenlabs, record.cost.elevenlabs);
  add_beside(record);
}

/// What Twilio bills beside the call: on both sides, once it is told.
void bill_drift::add_beside(const call_record& record) {
  const auto put = [&](const std::optional<cost_part>& said, const cost_part& estimate) {
    if (!said || said->source != cost_source::vendor) return;
    ours_.twilio.push_back({record.call, record.tenant, estimate.amount});
    theirs_.twilio.push_back({record.call, record.tenant, said->amount});
  };
  for (const auto& leg : record.legs) put(leg.cost, estimate_of_leg(rates_, record.started, leg));
  for (const auto& one : record.voicemail)
    put(one.cost, estimate_of_recording(rates_, record.started, one.seconds, one.at));
  for (const auto& one : record.recordings)
    put(one.cost, estimate_of_recording(rates_, record.started, one.seconds, one.at));
}

std::string to_json(const bill_drift& drift) {
  return R"({"twilio":)" + to_json(drift.at_twilio()) + R"(,"elevenLabs":)" + to_json(drift.at_elevenlabs()) + "}";
}

}  // namespace tonris::model
