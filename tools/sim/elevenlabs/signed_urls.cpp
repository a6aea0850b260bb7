#include "tools/sim/elevenlabs/signed_urls.hpp"

#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::sim {

std::string signed_urls::issue(const std::string& agent_id, time_point expires) {
  auto signature = "cvtkn_" + random_uuid();
  entries_[signature] = {agent_id, expires, false};
  return signature;
}

signed_urls::verdict signed_urls::use(std::string_view signature, std::string_view agent_id, time_point now) {
  const auto found = entries_.find(signature);
  if (found == entries_.end()) return verdict::unknown;
  auto& issued = found->second;
  if (issued.agent_id != agent_id) return verdict::other_agent;
  if (issued.used) return verdict::used;
  if (now > issued.expires) return verdict::expired;
  issued.used = true;
  return verdict::good;
}

}  // namespace tonris::sim
