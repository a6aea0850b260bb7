#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/elevenlabs/post_call_choice.hpp"
#include "model/text/codec_error.hpp"

/// What an ElevenLabs workspace tells of itself over REST, as far as it decides whether calls go well.
namespace tonris::model::elevenlabs {

inline constexpr std::string_view subscription_target = "/v1/user/subscription";
struct subscription {
  std::string tier, status;          ///< "pro", "active"
  std::int64_t used = 0, limit = 0;  ///< credits of the month; a limit of 0: not told
  bool may_exceed = false;           ///< beyond that it is charged, not refused
  bool operator==(const subscription&) const = default;
};
/// Tolerant: what is missing, null or of another type is nothing. not_json, too_long else; so of the others.
[[nodiscard]] decoded<subscription> decode_subscription(std::string_view body);

/// How many conversations at once a plan allows; 0: it is not known.
[[nodiscard]] std::uint32_t conversations_of_plan(std::string_view tier) noexcept;

inline constexpr std::string_view webhooks_target = "/v1/workspace/webhooks";
struct workspace_webhook {
  std::string name, url;
  bool is_disabled = false;
  bool is_auto_disabled = false;  ///< after failures
  std::int64_t failure_code = 0;  ///< of the most recent failure; 0: none
  std::int64_t failed_at = 0;     ///< Unix seconds
  std::string id{};
  bool operator==(const workspace_webhook&) const = default;
};
[[nodiscard]] decoded<std::vector<workspace_webhook>> decode_webhooks(std::string_view body);

inline constexpr std::string_view settings_target = "/v1/convai/settings";
/// The workspace's.
[[nodiscard]] decoded<post_call_choice> decode_post_call_choice(std::string_view body);

inline constexpr std::string_view phone_numbers_target = "/v1/convai/phone-numbers";
/// Those that are imported there; E.164 as they stand.
[[nodiscard]] decoded<std::vector<std::string>> decode_phone_numbers(std::string_view body);

}  // namespace tonris::model::elevenlabs
