#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "actors/vendor/twilio_messages.hpp"
#include "model/call/later_fact.hpp"
#include "model/call/record.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// How far a call's bill is told.
enum class bill_state : std::uint8_t {
  settled,  ///< all that there is
  pending,  ///< Twilio has not rated all of it
  failed,   ///< no answer, or one that says nothing
};

/// Whoever asks for it. What he hands in is called on his own thread, and lives until the bill is told.
struct bill_services {
  using time = model::call_record::time;
  std::function<void(ask_twilio, std::function<void(const twilio_answer&)>)> ask;
  /// Into the call's record; whether it could be.
  std::function<void(const model::later_fact&, std::function<void(bool)>)> tell;
  std::function<void()> found;                   ///< a price has come, once for each part of the bill
  std::function<void(model::currency)> no_rate;  ///< in a currency that the rates have none for
  std::function<time()> wall_clock;
  std::shared_ptr<const model::rate_card> rates;
};

/// Asks Twilio what it bills of a call (model/call/open_bill.hpp) and brings what it says into the record: the call,
/// the legs that it has dialled, in one list, and each recording; one question after the other. What Twilio says of a
/// call is of the connection alone; its media stream's part is our rates'. A leg that nobody has told us of comes in
/// so, and a recording that is gone is known for gone.
void ask_bill(bill_services house, const twilio_account& as, const model::call_record& of,
              std::function<void(bill_state)> then);

}  // namespace tonris::actors
