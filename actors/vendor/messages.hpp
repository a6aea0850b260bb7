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
#include "model/elevenlabs/agent_settings.hpp"
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
struct fetch_agent_settings {  // -> agent_settings_answer; never from memory
  using travels = in_process;
  model::agent_id agent;
  std::shared_ptr<const model::tenant> tenant{};  ///< as above
};
struct agent_settings_answer {
  using travels = in_process;
  enum class outcome : std::uint8_t {
    found,
    unknown,  ///< the account has no such agent
    bad_key,  ///< nothing that is asked by this key is answered
    failed,
  } is = outcome::failed;
  model::elevenlabs::agent_settings settings{};
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
                                    caf::replies_to<fetch_agent_settings>::with<agent_settings_answer>>;

}  // namespace tonris::actors
