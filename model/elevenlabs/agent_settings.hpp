#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/elevenlabs/post_call_choice.hpp"
#include "model/text/codec_error.hpp"

namespace tonris::model::elevenlabs {

/// An agent as its owner has configured it: what of GET /v1/convai/agents/{id} decides whether our calls go well.
struct agent_settings {
  struct tool {
    std::string name;
    bool expects_response = false;  ///< the service's default: the agent does not wait
    bool operator==(const tool&) const = default;
  };

  std::string id, name;
  std::string output_format = "pcm_16000", input_format = "pcm_16000";  ///< the service's defaults
  std::optional<std::vector<std::string>> client_events;                ///< absent: the service's own list
  std::string language;                                                 ///< "" when not said
  std::vector<std::string> further_languages;
  /// Every {{name}} of prompt, first message, and of the addresses and headers of tools that it has inline; what such
  /// a tool's parameters and headers take from a variable; every placeholder. Sorted.
  std::vector<std::string> variables;
  std::vector<tool> client_tools;
  std::vector<std::string> system_tools;  ///< by name: "end_call", "transfer_to_number"
  bool may_override_first_message = false, may_override_language = false, may_override_prompt = false,
       may_override_voice = false;
  bool asks_for_initiation = false;         ///< the initiation webhook may bring data
  std::int64_t max_duration_seconds = 600;  ///< the service's default
  std::int64_t concurrency_limit = -1;      ///< -1: none
  std::int64_t daily_limit = 100'000;
  bool needs_origin = false;   ///< only browsers of certain hosts are let in
  post_call_choice post_call;  ///< its own; no webhook: the workspace's counts
};

inline constexpr std::size_t max_agent_settings_bytes = 4 * 1024 * 1024;
/// Tolerant: what is missing, null or of another type has the service's default. At most 4 MiB; too_long, too_many or
/// not_json else. Lists are cut to their first 200 items, names to 100 bytes.
[[nodiscard]] decoded<agent_settings> decode_agent_settings(std::string_view body);

}  // namespace tonris::model::elevenlabs
