#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace tonris::sim {

/// WAV files by libsndfile. Errors are one line for people.
template <class T>
using file_result = tl::expected<T, std::string>;

/// Any WAV (mu-law or PCM, 1 or 2 channels, 8 to 48 kHz, at most an hour) as mu-law 8 kHz mono; a mu-law 8 kHz mono
/// file comes out byte for byte.
[[nodiscard]] file_result<std::vector<std::uint8_t>> read_wav(const std::string& path);

/// Mu-law 8 kHz mono (WAV format 7).
[[nodiscard]] file_result<void> write_wav(const std::string& path, std::span<const std::uint8_t> ulaw);

/// 16-bit PCM, 8 kHz, two channels; the shorter one is filled up with silence.
[[nodiscard]] file_result<void> write_stereo_wav(const std::string& path, std::span<const std::uint8_t> left_ulaw,
                                                 std::span<const std::uint8_t> right_ulaw);

}  // namespace tonris::sim
