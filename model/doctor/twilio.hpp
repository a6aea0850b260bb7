#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/doctor/finding.hpp"
#include "model/doctor/reach.hpp"
#include "model/twilio/number.hpp"

namespace tonris::model::doctor {

/// The gateway's account, as Twilio's REST API tells of it.
struct account_facts {
  std::string sid, host;
  reach answer;                    ///< about the account, with the first token
  std::vector<reach> with_others;  ///< the same with each further token
};
[[nodiscard]] findings judge(const account_facts& facts);

/// Where the calls of a tenant's number go.
struct number_facts {
  std::string tenant, number;
  enum class outcome : std::uint8_t {
    known,
    unknown,      ///< that account has no such number
    own_account,  ///< whose token is not at hand
    not_told,     ///< `why`
  } is = outcome::known;
  std::string why;
  twilio::call_handlers calls;
  bool takes_calls = true, is_fax = false;  ///< as twilio::incoming_number has them
};
/// `origin`: APP_BASE_URL.
[[nodiscard]] findings judge(const number_facts& facts, std::string_view origin);

}  // namespace tonris::model::doctor
