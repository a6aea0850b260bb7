#include "model/audio/converter.hpp"

#include <soxr.h>
#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

namespace tonris::model {
namespace {

using samples = std::span<const std::int16_t>;
using bytes = std::span<const std::uint8_t>;

constexpr std::size_t piece_samples = 480;  // what is worked on at a time: 10 ms at 48 kHz, 60 ms at 8 kHz

struct free_resampler {
  void operator()(soxr_t r) const noexcept { soxr_delete(r); }
};
using resampler = std::unique_ptr<std::remove_pointer_t<soxr_t>, free_resampler>;

// 16-bit samples; no dither, which would make two runs differ. The phone's band ends at 0.85 of its Nyquist frequency,
// so that a wide transition to 1.15 only folds into what no phone carries, and a wide transition makes a short filter.
// The smallest transform keeps the delay below a frame.
resampler make_resampler(int from_rate, int to_rate) {
  soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
  io.flags |= SOXR_NO_DITHER;
  soxr_quality_spec_t quality = soxr_quality_spec(SOXR_LQ, 0);
  quality.passband_end = 0.85;
  quality.stopband_begin = 1.15;
  soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  runtime.log2_min_dft_size = 8;
  runtime.log2_large_dft_size = 8;
  soxr_error_t error = nullptr;
  resampler made(soxr_create(from_rate, to_rate, 1, &error, &io, &quality, &runtime));
  if (!made || error) throw std::bad_alloc();  // the arguments are fixed and right: only memory can be missing
  return made;
}

std::int16_t pcm_sample(std::uint8_t low, std::uint8_t high) noexcept {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(low | (high << 8)));
}

void append_encoded(samples in, audio_format to, std::vector<std::uint8_t>& out) {
  if (to == audio_format::ulaw_8000) {
    for (const auto sample : in) out.push_back(linear_to_ulaw(sample));
    return;
  }
  for (const auto sample : in) {
    const auto word = static_cast<std::uint16_t>(sample);
    out.push_back(static_cast<std::uint8_t>(word & 0xFF));
    out.push_back(static_cast<std::uint8_t>(word >> 8));
  }
}

}  // namespace

struct audio_converter::state {
  audio_format from, to;
  resampler rates;                      // made when first needed; null at equal rates
  std::optional<std::uint8_t> carried;  // the first byte of a PCM sample whose second has not come
  std::array<std::int16_t, piece_samples> decoded;
  std::array<std::int16_t, piece_samples> resampled;

  [[nodiscard]] bool copies() const noexcept {
    return from == audio_format::ulaw_8000 && to == audio_format::ulaw_8000;
  }
  [[nodiscard]] bool same_rate() const noexcept { return sample_rate(from) == sample_rate(to); }

  /// Decodes as much of `in` as a piece holds, and takes it off `in`.
  samples decode_piece(bytes& in) { return from == audio_format::ulaw_8000 ? decode_ulaw(in) : decode_pcm(in); }

  samples decode_ulaw(bytes& in) {
    const auto count = std::min(in.size(), decoded.size());
    for (std::size_t i = 0; i < count; ++i) decoded[i] = ulaw_to_linear(in[i]);
    in = in.subspan(count);
    return {decoded.data(), count};
  }

  samples decode_pcm(bytes& in) {
    std::size_t count = 0;
    if (carried && !in.empty()) {
      decoded[count++] = pcm_sample(*carried, in[0]);
      carried.reset();
      in = in.subspan(1);
    }
    while (count < decoded.size() && in.size() >= 2) {
      decoded[count++] = pcm_sample(in[0], in[1]);
      in = in.subspan(2);
    }
    if (in.size() == 1 && count < decoded.size()) {
      carried = in[0];
      in = {};
    }
    return {decoded.data(), count};
  }

  void convert_piece(samples piece, std::vector<std::uint8_t>& out) {
    if (piece.empty()) return;
    if (same_rate()) return append_encoded(piece, to, out);
    if (!rates) rates = make_resampler(sample_rate(from), sample_rate(to));
    std::size_t ready = 0;
    do {
      std::size_t used = 0;
      soxr_process(rates.get(), piece.data(), piece.size(), &used, resampled.data(), resampled.size(), &ready);
      append_encoded({resampled.data(), ready}, to, out);
      piece = piece.subspan(used);
      if (used == 0 && ready == 0) return;  // an error inside: better silence than a loop without end
    } while (!piece.empty() || ready == resampled.size());
  }

  void drain(std::vector<std::uint8_t>& out) {
    if (!rates) return;
    std::size_t ready = 0;
    do {
      soxr_process(rates.get(), nullptr, 0, nullptr, resampled.data(), resampled.size(), &ready);
      append_encoded({resampled.data(), ready}, to, out);
    } while (ready == resampled.size());
  }

  void forget() noexcept {
    rates.reset();
    carried.reset();
  }
};

audio_converter::audio_converter(audio_format from, audio_format to)
    : state_(new state{from, to, nullptr, std::nullopt, {}, {}}) {}
audio_converter::~audio_converter() = default;
audio_converter::audio_converter(audio_converter&&) noexcept = default;
audio_converter& audio_converter::operator=(audio_converter&&) noexcept = default;

void audio_converter::convert(std::span<const std::uint8_t> in, std::vector<std::uint8_t>& out) {
  if (state_->copies()) {
    out.insert(out.end(), in.begin(), in.end());
    return;
  }
  while (!in.empty()) state_->convert_piece(state_->decode_piece(in), out);
}

void audio_converter::flush(std::vector<std::uint8_t>& out) {
  state_->drain(out);
  state_->forget();
}

void audio_converter::reset() {
  state_->forget();
}

double ulaw_rms(std::span<const std::uint8_t> ulaw) noexcept {
  if (ulaw.empty()) return 0;
  double energy = 0;
  for (const auto byte : ulaw) {
    const double sample = ulaw_to_linear(byte) / 32768.0;
    energy += sample * sample;
  }
  return std::sqrt(energy / static_cast<double>(ulaw.size()));
}

namespace {

bool starts_with(bytes in, std::string_view mark) noexcept {
  return in.size() >= mark.size() && std::equal(mark.begin(), mark.end(), in.begin());
}

// An ID3v2 tag's head is ten bytes: mark, version 2 to 4, revision, flags, and a length of four 7-bit bytes.
bool starts_with_id3(bytes in) noexcept {
  if (in.size() < 10 || !starts_with(in, "ID3") || in[3] < 2 || in[3] > 4 || in[4] == 0xFF) return false;
  return std::all_of(in.begin() + 6, in.begin() + 10, [](std::uint8_t b) { return b < 0x80; });
}

bool is_text(std::uint8_t b) noexcept {
  return (b >= 0x20 && b != 0x7F) || b == '\t' || b == '\n' || b == '\r';  // from 0x80 on: UTF-8
}

bool is_json_space(std::uint8_t b) noexcept {
  return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

// An object or array whose first member can be JSON's, in nothing but text.
bool starts_with_json(bytes in) noexcept {
  const auto open = std::find_if_not(in.begin(), in.end(), is_json_space);
  if (open == in.end() || (*open != '{' && *open != '[')) return false;
  const auto next = std::find_if_not(open + 1, in.end(), is_json_space);
  if (next == in.end()) return false;
  const bool fits = *open == '{' ? *next == '"' || *next == '}' : *next == '{' || *next == '"' || *next == ']';
  return fits && std::all_of(in.begin(), in.begin() + std::min<std::ptrdiff_t>(std::ssize(in), 16), is_text);
}

}  // namespace

bool looks_like_no_audio(std::span<const std::uint8_t> first_bytes) noexcept {
  return starts_with(first_bytes, "RIFF") || starts_with_id3(first_bytes) || starts_with_json(first_bytes);
}

}  // namespace tonris::model
