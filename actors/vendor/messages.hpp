#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actors/runtime/message.hpp"
#include "model/call/end_reason.hpp"
#include "model/elevenlabs/rest.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"

/// What is asked of the vendor client.
namespace tonris::actors {

struct fetch_signed_url {  // -> signed_url_answer
  using travels = in_process;
  model::agent_id agent;
  std::chrono::milliseconds at_most{2000};        ///< name, connection and answer
  std::shared_ptr<const model::tenant> tenant{};  ///< by his key, where he has one; null: by the gateway's
};
struct fetch_agent_policy {  // -> agent_policy_answer
  using travels = in_process;
  model::agent_id agent;
  std::shared_ptr<const model::tenant> tenant{};  ///< as above
};
struct agent_policy_answer {
  using travels = in_process;
  std::optional<model::elevenlabs::agent_policy> policy;  ///< nothing: it could not be had
};
struct fetch_agent_settings {  // -> vendor_document; never from memory
  using travels = in_process;
  model::agent_id agent;
  std::shared_ptr<const model::tenant> tenant{};  ///< as above
};
struct fetch_conversation {  // -> vendor_document; what the vendor knows of one that is over, once it is "done"
  using travels = in_process;
  model::conversation_id conversation;
  std::shared_ptr<const model::tenant> tenant{};  ///< as above
};
struct fetch_conversations {  // -> vendor_document; a page of those that began on a day of UTC
  using travels = in_process;
  std::chrono::sys_days day;
  std::string cursor{};                           ///< as the page before names it; "": the first
  std::shared_ptr<const model::tenant> tenant{};  ///< as above
};
/// As it came, and not read: it may be long.
struct vendor_document {
  using travels = in_process;
  enum class outcome : std::uint8_t {
    found,
    unknown,  ///< the account has no such thing
    bad_key,  ///< nothing that is asked by this key is answered
    failed,
  } is = outcome::failed;
  std::string body{};
};
struct signed_url_answer {
  using travels = in_process;
  std::optional<model::elevenlabs::signed_url> url;
  model::end_reason failure{};  ///< when there is no url
  std::string detail;
};
/// ElevenLabs' REST side, as calls know it.
using vendor_api = caf::typed_actor<caf::replies_to<fetch_signed_url>::with<signed_url_answer>,
                                    caf::replies_to<fetch_agent_policy>::with<agent_policy_answer>,
                                    caf::replies_to<fetch_agent_settings>::with<vendor_document>,
                                    caf::replies_to<fetch_conversation>::with<vendor_document>,
                                    caf::replies_to<fetch_conversations>::with<vendor_document>>;

}  // namespace tonris::actors
