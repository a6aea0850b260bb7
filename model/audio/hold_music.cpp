#include "model/audio/hold_music.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "model/audio/hold_tone.hpp"
#include "model/text/base64.hpp"

namespace tonris::model {

namespace {

constexpr std::uint32_t sample_rate = 8000;
constexpr std::uint16_t mulaw = 7, mono = 1, bits = 8;

template <class Whole>
void put(std::string& out, Whole number) {  // little endian
  for (std::size_t n = 0; n < sizeof(Whole); ++n) out += static_cast<char>(number >> (8 * n) & 0xFF);
}

std::vector<std::uint8_t> samples() {
  std::vector<std::uint8_t> all;
  const auto pieces = std::chrono::milliseconds{hold_music_length}.count() / static_cast<long>(hold_tone_piece_ms);
  for (long n = 0; n < pieces; ++n) (void)append_decoded(hold_tone_piece(static_cast<std::size_t>(n)), all);
  return all;
}

std::string make_file() {
  const auto audio = samples();
  const auto size = static_cast<std::uint32_t>(audio.size());
  std::string file{"RIFF"};
  put<std::uint32_t>(file, 4 + 26 + 12 + 8 + size);
  file.append("WAVEfmt ");
  put<std::uint32_t>(file, 18);
  put(file, mulaw);
  put(file, mono);
  put(file, sample_rate);
  put(file, sample_rate);  // bytes a second
  put<std::uint16_t>(file, 1);
  put(file, bits);
  put<std::uint16_t>(file, 0);
  file.append("fact");
  put<std::uint32_t>(file, 4);
  put(file, size);
  file.append("data");
  put(file, size);
  file.append(audio.begin(), audio.end());
  return file;
}

}  // namespace

std::string_view hold_music_wav() {
  static const std::string file = make_file();
  return file;
}

}  // namespace tonris::model
