#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace tonris::model {

/// Identifiers are types, so that one is never passed for another. Comparable, hashable, cheap to move.
template <class Tag>
struct id {
  std::string value;
  auto operator<=>(const id&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
  [[nodiscard]] bool empty() const noexcept { return value.empty(); }
};

using account_sid = id<struct account_tag>;           ///< AC + 32 hex
using call_sid = id<struct call_tag>;                 ///< CA + 32 hex
using stream_sid = id<struct stream_tag>;             ///< MZ + 32 hex
using conversation_id = id<struct conversation_tag>;  ///< conv_…
using agent_id = id<struct agent_tag>;                ///< agent_…
using tenant_id = id<struct tenant_tag>;
using ticket = id<struct ticket_tag>;  ///< 32 hex digits: 128 random bits

/// Is `text` a Twilio SID of that two-letter prefix: 34 characters, the prefix and 32 hex digits?
/// (docs/protocols/twilio.md#identifiers)
[[nodiscard]] bool is_sid(std::string_view text, std::string_view prefix) noexcept;

}  // namespace tonris::model

template <class Tag>
struct std::hash<tonris::model::id<Tag>> {
  std::size_t operator()(const tonris::model::id<Tag>& i) const noexcept { return std::hash<std::string>{}(i.value); }
};
