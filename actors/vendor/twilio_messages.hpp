#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <string>
#include <string_view>

#include "actors/runtime/message.hpp"
#include "config/secret.hpp"
#include "model/text/ids.hpp"

/// What is asked of Twilio's REST API.
namespace tonris::actors {

/// An account, and what opens it.
struct twilio_account {
  model::account_sid sid;
  config::secret token;
};

struct ask_twilio {  // -> twilio_answer, always
  using travels = in_process;
  twilio_account as;
  std::string target;    ///< path and query
  std::string form{};    ///< a body to be posted; "": it is a GET. Must be what may be sent twice, but for `once`
  bool once = false;     ///< it makes something, a call: sent over a connection of its own, and no second time
  bool removes = false;  ///< it is a DELETE
};
struct twilio_answer {
  using travels = in_process;
  unsigned status = 0;  ///< 0: there is no answer, and where it was sent nobody knows what became of it
  std::string body{};
  std::string why{};  ///< with 0: in words
  bool sent = true;   ///< false: it was not, and nothing was done
};
using twilio_rest = caf::typed_actor<caf::replies_to<ask_twilio>::with<twilio_answer>>;

}  // namespace tonris::actors
