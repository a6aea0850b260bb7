#pragma once

#include <string>
#include <vector>

#include "model/call/later_fact.hpp"
#include "model/call/record.hpp"

namespace tonris::model {

/// A recording that Twilio keeps of a call: a message that its caller left, or one of the call itself.
struct kept_audio {
  call_sid call;
  account_sid account;
  std::string recording;  ///< RE…
  bool is_message = false;
  call_record::time told{};  ///< when Twilio has last told of it
  bool operator==(const kept_audio&) const = default;
};

/// All of them that are not known to be gone. Of a call whose account nobody knows there is nothing that could be asked
/// for.
[[nodiscard]] std::vector<kept_audio> kept_audio_of(const call_record& record);
/// What its record learns once it is deleted there.
[[nodiscard]] later_fact gone(const kept_audio& what, call_record::time at);

/// Does a vendor's report say that its conversation's audio came to a gateway, which keeps it itself?
[[nodiscard]] bool has_own_audio(const call_record& record) noexcept;
/// What the record learns once that is deleted; nothing: it knows.
[[nodiscard]] std::vector<later_fact> own_audio_gone(const call_record& record, call_record::time at);

}  // namespace tonris::model
