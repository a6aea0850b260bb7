#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <string>

#include "actors/runtime/message.hpp"
#include "actors/tenant/messages.hpp"
#include "model/elevenlabs/tool_answer.hpp"
#include "model/text/ids.hpp"

/// Tools that tenants' own servers answer.
namespace tonris::actors {

struct forward_tool {  // -> forwarded_tool
  using travels = in_process;
  tenant_ptr tenant;
  std::string tool;        ///< its name; the tenant's tool of that name has a url
  bool get = false;        ///< asked with GET: parameters go into the query, and it is tried again where that is safe
  std::string parameters;  ///< one JSON object
  std::string id;          ///< of this request, the same if the vendor repeats it; no "." in it
  model::call_sid call;    ///< "": outside of any call
  model::conversation_id conversation;
  std::string trace_parent;  ///< W3C, as it came; "": none did
};
struct forwarded_tool {
  using travels = in_process;
  model::elevenlabs::tool_answer answer;  ///< always one that an agent can read
};
using tool_forwarding = caf::typed_actor<caf::replies_to<forward_tool>::with<forwarded_tool>>;

}  // namespace tonris::actors
