#include "tools/sim/wire/wav.hpp"

#include <algorithm>
#include <memory>

#include <sndfile.h>
#include <soxr.h>
#include <spandsp.h>

#include "tools/sim/wire/frames.hpp"

namespace tonris::sim {
namespace {

constexpr int phone_rate = 8000;

struct close_file {
  void operator()(SNDFILE* file) const noexcept { sf_close(file); }
};
using file = std::unique_ptr<SNDFILE, close_file>;

tl::unexpected<std::string> failed(const std::string& path, const std::string& why) {
  return tl::unexpected{path + ": " + why};
}

bool is_plain_ulaw(const SF_INFO& info) {
  return info.samplerate == phone_rate && info.channels == 1 && (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_ULAW;
}

std::vector<std::int16_t> first_channels_mixed(const std::vector<std::int16_t>& samples, int channels) {
  if (channels == 1) return samples;
  std::vector<std::int16_t> mono(samples.size() / 2);
  for (std::size_t i = 0; i < mono.size(); ++i)
    mono[i] = static_cast<std::int16_t>((samples[2 * i] + samples[2 * i + 1]) / 2);
  return mono;
}

file_result<std::vector<std::int16_t>> resampled(const std::string& path, std::vector<std::int16_t> in, int rate) {
  if (rate == phone_rate) return in;
  const auto io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
  const auto length = in.size() * phone_rate / static_cast<std::size_t>(rate) + 64;
  std::vector<std::int16_t> out(length);
  std::size_t done = 0;
  if (soxr_oneshot(rate, phone_rate, 1, in.data(), in.size(), nullptr, out.data(), out.size(), &done, &io, nullptr,
                   nullptr) != nullptr)
    return failed(path, "cannot be resampled");
  out.resize(done);
  return out;
}

std::vector<std::uint8_t> to_ulaw(const std::vector<std::int16_t>& samples) {
  std::vector<std::uint8_t> out(samples.size());
  std::ranges::transform(samples, out.begin(), [](std::int16_t s) { return linear_to_ulaw(s); });
  return out;
}

file_result<void> write(const std::string& path, int format, int channels, const std::vector<std::int16_t>& samples) {
  SF_INFO info{};
  info.samplerate = phone_rate;
  info.channels = channels;
  info.format = SF_FORMAT_WAV | format;
  const file out{sf_open(path.c_str(), SFM_WRITE, &info)};
  if (!out) return failed(path, "cannot be written");
  const auto frames = static_cast<sf_count_t>(samples.size()) / channels;
  if (sf_writef_short(out.get(), samples.data(), frames) != frames) return failed(path, "was not written whole");
  return {};
}

file_result<std::vector<std::uint8_t>> raw_bytes(const std::string& path, const file& in, sf_count_t count) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
  if (sf_read_raw(in.get(), bytes.data(), count) != count) return failed(path, "is cut short");
  return bytes;
}

}  // namespace

file_result<std::vector<std::uint8_t>> read_wav(const std::string& path) {
  SF_INFO info{};
  const file in{sf_open(path.c_str(), SFM_READ, &info)};
  if (!in) return failed(path, "is not there or not a sound file");
  if ((info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_WAV && (info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_WAVEX)
    return failed(path, "is not a WAV file");
  if (info.channels < 1 || info.channels > 2) return failed(path, "has neither one nor two channels");
  if (info.samplerate < phone_rate || info.samplerate > 48000) return failed(path, "has a rate outside 8 to 48 kHz");
  if (info.frames < 0 || info.frames > sf_count_t{3600} * info.samplerate)
    return failed(path, "is longer than an hour");
  if (is_plain_ulaw(info)) return raw_bytes(path, in, info.frames);
  std::vector<std::int16_t> samples(static_cast<std::size_t>(info.frames) * static_cast<std::size_t>(info.channels));
  if (sf_readf_short(in.get(), samples.data(), info.frames) != info.frames) return failed(path, "is cut short");
  return resampled(path, first_channels_mixed(samples, info.channels), info.samplerate).map(to_ulaw);
}

file_result<void> write_wav(const std::string& path, std::span<const std::uint8_t> ulaw) {
  std::vector<std::int16_t> samples(ulaw.size());
  std::ranges::transform(ulaw, samples.begin(), [](std::uint8_t u) { return ulaw_to_linear(u); });
  return write(path, SF_FORMAT_ULAW, 1, samples);
}

file_result<void> write_stereo_wav(const std::string& path, std::span<const std::uint8_t> left_ulaw,
                                   std::span<const std::uint8_t> right_ulaw) {
  const auto frames = std::max(left_ulaw.size(), right_ulaw.size());
  std::vector<std::int16_t> samples;
  samples.reserve(frames * 2);
  for (std::size_t i = 0; i < frames; ++i) {
    samples.push_back(ulaw_to_linear(i < left_ulaw.size() ? left_ulaw[i] : silence));
    samples.push_back(ulaw_to_linear(i < right_ulaw.size() ? right_ulaw[i] : silence));
  }
  return write(path, SF_FORMAT_PCM_16, 2, samples);
}

}  // namespace tonris::sim
