#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/call/record.hpp"
#include "model/money/reconciliation.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// What calls cost by our meter and rates, held against the last word on them: Twilio's price, and ElevenLabs' charge
/// where the rates say what a credit costs, else its seconds at our rates. A call of which a vendor has not spoken is
/// on our side alone; legs that it has dialled, its recordings and messages are on neither side before, nor is at
/// ElevenLabs a call that had no conversation. In US dollars; what is billed in a currency without an exchange rate is
/// on the vendor's side alone.
class bill_drift {
 public:
  explicit bill_drift(rate_card rates) : rates_(std::move(rates)) {}

  void add(const call_record& record);  ///< once each; one that lives costs nothing yet

  [[nodiscard]] std::vector<drift_row> at_twilio() const { return twilio_.all(); }
  [[nodiscard]] std::vector<drift_row> at_elevenlabs() const { return elevenlabs_.all(); }

 private:
  /// A row a tenant and currency, however many calls there are.
  class rows {
   public:
    void add(const std::vector<drift_row>& more);
    [[nodiscard]] std::vector<drift_row> all() const;

   private:
    std::map<std::pair<tenant_id, currency>, drift_row> rows_;
  };

  rate_card rates_;
  rows twilio_, elevenlabs_;
};

/// Does a day's drift say the same of both, and do its lists have the same to look for? What matters are the costs that
/// vendors told of and what our meter counts; not when that was said, notes, what was said or judged, that sound was
/// deleted, nor costs that no vendor is held against.
[[nodiscard]] bool are_billed_alike(const call_record& a, const call_record& b);

/// Members of an object that is open: "twilio":[…],"elevenLabs":[…], rows as of model/money/reconciliation.hpp.
void write_members(json_writer& out, const bill_drift& drift);
/// The object of these.
[[nodiscard]] std::string to_json(const bill_drift& drift);

}  // namespace tonris::model
