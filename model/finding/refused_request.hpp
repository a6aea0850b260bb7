#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/text/short_text.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

/// What a request says of the call that it is about, as it came: nobody has proved any of it.
struct request_claims {
  std::string call{}, account{}, to{}, from{};
  std::string direction{};  ///< as Twilio names it; else nobody knows which number is the business's
};
/// Of a webhook of Twilio's; Caller and Called stand in for From and To.
[[nodiscard]] request_claims claims_in(const form& fields);
[[nodiscard]] request_claims claims_of(const twilio::voice_request& call);

/// A request of a vendor's, or of somebody who says that he is one, that was refused before it became a call; or
/// several that were the same. Of fixed size. What it claims is cut and cleaned: SIDs in Twilio's form or none, the
/// business's number whole where the direction says which that is, any other as logs show it. No signature, no token,
/// no body.
struct refused_request {
  using time = std::chrono::system_clock::time_point;

  std::uint8_t route = 0, reason = 0;  ///< their places in enumerations of whoever notes it, below 32
  short_text<45> address;              ///< where it came from
  short_text<34> call, account;        ///< "": it named none
  short_text<40> to, from;
  short_text<64> request_id;  ///< X-Request-Id, as a proxy sets it; of the last one
  time first{}, last{};
  std::uint64_t count = 1;
};
[[nodiscard]] refused_request refused_at(refused_request::time at, std::uint8_t route, std::uint8_t reason,
                                         std::string_view address, std::string_view request_id,
                                         const request_claims& says);

}  // namespace tonris::model
