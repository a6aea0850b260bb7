#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "config/settings.hpp"
#include "model/elevenlabs/agent_settings.hpp"
#include "model/text/ids.hpp"

namespace tonris::ctl {

struct vendor_refusal {
  enum class kind : std::uint8_t {
    unknown_agent,  ///< of that key's account
    bad_key,        ///< nothing that is asked with it is answered
    other,
  };
  kind is = kind::other;
  std::string line;  ///< one, without the key
};
/// Where agents' settings are asked for. Blocks.
using agents_door =
    std::function<tl::expected<model::elevenlabs::agent_settings, vendor_refusal>(const model::agent_id& agent)>;

/// ElevenLabs' API at `origin`. An error is one line.
[[nodiscard]] tl::expected<agents_door, std::string> agents_at(const std::string& origin, const config::secret& key,
                                                               std::chrono::milliseconds patience);

}  // namespace tonris::ctl
