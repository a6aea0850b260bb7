#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tonris::model {

/// The tones of telephone keys as audio for the caller: Twilio's protocol has no message for them
/// (docs/protocols/twilio.md). 100 ms of tone and 100 ms of silence a key, 'w' 500 ms of silence, 'W' 1 s; mu-law, 8
/// kHz; -11 dBm0 for the low tone and -9 dBm0 for the high one, the levels that ETSI ES 201 235-2 has for a terminal.
/// Always whole frames of 20 ms (160 bytes).
inline constexpr std::size_t max_dtmf_keys = 32;
/// Made by SpanDSP, some milliseconds of work. Nothing when there is no key, one that is none (0-9 * # w W), or more
/// than max_dtmf_keys. At most 32 s, 256,000 bytes.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> dtmf_ulaw(std::string_view keys);

}  // namespace tonris::model
