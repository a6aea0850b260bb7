#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "model/audio/converter.hpp"

namespace {

using namespace tonris::model;
using bytes = std::vector<std::uint8_t>;

void require(bool law) {
  if (!law) std::abort();
}

bytes converted(audio_format from, audio_format to, std::span<const std::uint8_t> in, std::size_t chunk) {
  audio_converter converter(from, to);
  bytes out;
  for (std::size_t at = 0; at < in.size(); at += chunk)
    converter.convert(in.subspan(at, std::min(chunk, in.size() - at)), out);
  converter.flush(out);
  return out;
}

}  // namespace

// Three bytes choose the formats and the chunks, the rest is audio: the output lasts as long as the input, in whole
// samples, however the input was cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto from = static_cast<audio_format>(data[0] % 7), to = static_cast<audio_format>(data[1] % 7);
  const std::size_t chunk = 1 + data[2];
  const std::span<const std::uint8_t> in(data + 3, std::min<std::size_t>(size - 3, 16'384));
  const auto out = converted(from, to, in, chunk);
  const auto expected = in.size() / bytes_per_sample(from) * static_cast<std::size_t>(sample_rate(to)) /
                        static_cast<std::size_t>(sample_rate(from));
  require(out.size() % bytes_per_sample(to) == 0);
  const auto samples = out.size() / bytes_per_sample(to);
  require(samples + 8 >= expected && samples <= expected + 8);
  require(converted(from, to, in, std::max<std::size_t>(in.size(), 1)) == out);
  require(ulaw_rms(in) >= 0 && ulaw_rms(in) <= 1);
  (void)looks_like_no_audio(in);
  return 0;
}
