#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

/// Path and query of the conversations of a key's workspace that began on that day of UTC, the newest first
/// (docs/protocols/elevenlabs.md#a-days-conversations); `cursor`: as the page before names it, "": the first.
inline constexpr std::size_t conversations_a_page = 100;
[[nodiscard]] std::string conversations_target(std::chrono::sys_days day, std::string_view cursor);

/// A conversation as that list has it: it says nothing of what it cost.
struct listed_conversation {
  model::conversation_id conversation;
  model::agent_id agent;
  std::chrono::sys_seconds started{};
  std::int64_t seconds = 0;
  bool operator==(const listed_conversation&) const = default;
};
struct conversation_page {
  std::vector<listed_conversation> conversations;
  std::string cursor;  ///< of the page behind it; "": there is none
};
/// A page is read whole or not at all.
[[nodiscard]] decoded<conversation_page> decode_conversation_page(std::string_view body);

}  // namespace tonris::model::elevenlabs
