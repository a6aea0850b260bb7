#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rapidjson/fwd.h>

namespace tonris::model::elevenlabs {

/// Which webhook is told of conversations that have ended, and of what: the workspace's choice, or an agent's own in
/// its place.
struct post_call_choice {
  std::string webhook;                             ///< its id; "": none
  std::optional<std::vector<std::string>> events;  ///< nothing: the service's own list, which has "transcript"
  bool operator==(const post_call_choice&) const = default;
};

/// {"post_call_webhook_id":"…","events":["transcript"]}; tolerant: what is missing, null or of another type is nothing.
[[nodiscard]] post_call_choice read_post_call_choice(const rapidjson::Value& webhooks);

[[nodiscard]] bool tells_transcripts(const post_call_choice& choice) noexcept;

}  // namespace tonris::model::elevenlabs
