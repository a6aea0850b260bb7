#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/doctor/finding.hpp"
#include "model/doctor/reach.hpp"
#include "model/elevenlabs/post_call_choice.hpp"

namespace tonris::model::doctor {

/// What ElevenLabs tells of the account of ELEVENLABS_API_KEY.
struct vendor_facts {
  std::string host;  ///< of ELEVENLABS_API_BASE_URL
  reach subscription, webhooks, phone_numbers;
  std::string taken_at;         ///< another region's host that takes the key, where this one refuses it
  std::uint32_t max_calls = 0;  ///< ELEVENLABS_MAX_CALLS
  std::string post_call_url;    ///< the gateway's, that a webhook should lead to
  std::int64_t now = 0;         ///< Unix seconds
  /// Of tenants, in their meeting forms, each with its tenant.
  std::vector<std::pair<std::string, std::string>> numbers;
};
[[nodiscard]] findings judge(const vendor_facts& facts);

/// Whom ElevenLabs tells of conversations that have ended. That a webhook is there is not enough: it has to be chosen.
struct post_call_facts {
  reach webhooks, settings;   ///< the workspace's
  std::string post_call_url;  ///< the gateway's
  struct agent {
    std::string id;
    elevenlabs::post_call_choice own;
  };
  std::vector<agent> agents;  ///< of tenants; those whose settings could be had
};
/// Nothing where no webhook leads here: `judge(vendor_facts)` says that.
[[nodiscard]] findings judge(const post_call_facts& facts);

}  // namespace tonris::model::doctor
