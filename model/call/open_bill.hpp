#pragma once

#include <vector>

#include "model/call/kept_audio.hpp"
#include "model/call/record.hpp"

namespace tonris::model {

/// What of an ended call Twilio bills, each by itself, and has not said for good what it costs.
struct open_bill {
  bool connection = false;             ///< the call itself
  bool legs = false;                   ///< some that it has dialled, known ones or others
  std::vector<kept_audio> recordings;  ///< and messages
  [[nodiscard]] bool empty() const noexcept { return !connection && !legs && recordings.empty(); }
};

/// Of a call whose account nobody knows there is nothing that could be asked for, nor of a recording that is gone.
[[nodiscard]] open_bill open_bill_of(const call_record& record);

}  // namespace tonris::model
