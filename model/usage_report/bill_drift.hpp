#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/call/record.hpp"
#include "model/money/reconciliation.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// What calls cost by our meter and rates, held against the last word on them: Twilio's price, and ElevenLabs' seconds
/// at our rates. A call of which a vendor has not spoken is on our side alone; legs that it has dialled, its recordings
/// and messages are on neither side before.
class bill_drift {
 public:
  explicit bill_drift(rate_card rates) : rates_(std::move(rates)) {}

  void add(const call_record& record);  ///< once each; one that lives costs nothing yet

  [[nodiscard]] std::vector<drift_row> at_twilio() const { return reconcile(ours_.twilio, theirs_.twilio); }
  [[nodiscard]] std::vector<drift_row> at_elevenlabs() const { return reconcile(ours_.elevenlabs, theirs_.elevenlabs); }

 private:
  void add_beside(const call_record& record);

  struct bills {
    std::vector<billed_call> twilio, elevenlabs;
  };

  rate_card rates_;
  bills ours_, theirs_;
};

/// {"twilio":[…],"elevenLabs":[…]}, rows as of model/money/reconciliation.hpp.
[[nodiscard]] std::string to_json(const bill_drift& drift);

}  // namespace tonris::model
