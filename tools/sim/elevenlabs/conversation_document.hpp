#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/sim/elevenlabs/conversation.hpp"

namespace tonris::sim {

/// How far the vendor is with a conversation: while it goes on, until its analysis is there, and then.
enum class conversation_status : std::uint8_t { initiated, in_progress, processing, done, failed };
[[nodiscard]] std::string_view to_string(conversation_status status) noexcept;

/// How long a conversation was that is over, as the vendor counts it: whole seconds.
[[nodiscard]] std::int64_t seconds_of(const conversation_record& over) noexcept;

/// What the vendor tells of a conversation, whether it is asked or tells by itself. Of one that is not over, without
/// what it cost; without an analysis until it is done.
[[nodiscard]] std::string conversation_document(const conversation_record& of, conversation_status status);

}  // namespace tonris::sim
