#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/text/ids.hpp"

namespace tonris::model {

/// A call's place in lists: the newest first, and of those that started in one millisecond the one whose CallSid has
/// the greatest last five hex digits, then the greatest CallSid.
struct call_place {
  std::int64_t started_ms = 0;  ///< since 1970, not negative
  call_sid call;                ///< 1 to 64 visible characters of ASCII
  bool operator==(const call_place&) const = default;
};
[[nodiscard]] bool comes_before(const call_place& a, const call_place& b) noexcept;
/// The start and those digits as one number: the greater, the earlier in a list. Positive, for starts until 2109.
[[nodiscard]] std::int64_t number_of(const call_place& place) noexcept;
[[nodiscard]] std::int64_t started_ms_of(std::int64_t number) noexcept;
/// The least of calls that started then or later.
[[nodiscard]] std::int64_t least_number_at(std::int64_t started_ms) noexcept;

inline constexpr std::size_t max_cursor_call_bytes = 64;

/// The last call that a part of a list held, as `nextCursor` gives it and `cursor` takes it: a text for addresses,
/// whose form is nobody's business.
[[nodiscard]] std::string to_cursor(const call_place& last);
/// What to_cursor writes and nothing else: one text a place. Whoever makes one up himself sees no more than with a
/// list's, so it has a checksum and no signature.
[[nodiscard]] std::optional<call_place> from_cursor(std::string_view text);

}  // namespace tonris::model
