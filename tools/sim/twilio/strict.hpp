#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// What the gateway may say on a media stream (docs/protocols/twilio.md#to-twilio), nothing else.
struct outbound_media {
  std::vector<std::uint8_t> ulaw;
};
struct outbound_mark {
  std::string name;
};
struct outbound_clear {};
using outbound_message = std::variant<outbound_media, outbound_mark, outbound_clear>;

/// Twilio's own strictness: exact keys, the right stream, real mu-law. `stream_sid` "" means that `start` has not been
/// sent yet, when nothing may be said at all. Total: any text is either a message or a violation.
[[nodiscard]] tl::expected<outbound_message, violation> check_outbound(std::string_view text,
                                                                       std::string_view stream_sid);

/// Decoded bytes of one media message (docs/protocols/twilio.md#sizes-and-pace).
inline constexpr std::size_t max_media_payload = 8'000;

}  // namespace tonris::sim
