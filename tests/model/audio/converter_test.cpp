#include "model/audio/converter.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <string>
#include <string_view>
#include <tuple>

namespace tonris::model {
namespace {

using bytes = std::vector<std::uint8_t>;
using testing::Combine;
using testing::ValuesIn;

constexpr std::array all_formats{audio_format::ulaw_8000, audio_format::pcm_8000,  audio_format::pcm_16000,
                                 audio_format::pcm_22050, audio_format::pcm_24000, audio_format::pcm_44100,
                                 audio_format::pcm_48000};

constexpr double loudness = 0.3;  // of full scale

bytes encoded(const std::vector<std::int16_t>& samples, audio_format format) {
  bytes out;
  for (const auto sample : samples) {
    if (format == audio_format::ulaw_8000) {
      out.push_back(linear_to_ulaw(sample));
      continue;
    }
    const auto word = static_cast<std::uint16_t>(sample);
    out.push_back(static_cast<std::uint8_t>(word & 0xFF));
    out.push_back(static_cast<std::uint8_t>(word >> 8));
  }
  return out;
}

std::vector<double> decoded(const bytes& in, audio_format format) {
  std::vector<double> out;
  const auto step = bytes_per_sample(format);
  for (std::size_t i = 0; i + step <= in.size(); i += step)
    out.push_back(step == 1 ? ulaw_to_linear(in[i]) : static_cast<std::int16_t>(in[i] | (in[i + 1] << 8)));
  return out;
}

bytes sine(audio_format format, double hertz, double seconds) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(sample_rate(format) * seconds));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / sample_rate(format);
    samples[i] = static_cast<std::int16_t>(std::round(32767 * loudness * std::sin(phase)));
  }
  return encoded(samples, format);
}

bytes converted(audio_converter& converter, const bytes& in, std::size_t chunk) {
  bytes out;
  for (std::size_t at = 0; at < in.size(); at += chunk)
    converter.convert(std::span(in).subspan(at, std::min(chunk, in.size() - at)), out);
  return out;
}

bytes converted_whole(audio_format from, audio_format to, const bytes& in, std::size_t chunk) {
  audio_converter converter(from, to);
  auto out = converted(converter, in, chunk);
  converter.flush(out);
  return out;
}

struct tone {
  double level;  // of full scale
  double snr;    // dB: the tone against all else
};

// The tone's part of a stretch of whole periods by correlation; the rest is noise.
tone measure(const std::vector<double>& samples, int rate, double hertz) {
  const auto begin = static_cast<std::size_t>(rate / 4);
  const auto count = static_cast<std::size_t>(rate / 2);
  double in_phase = 0, quadrature = 0, power = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto phase = 2 * std::numbers::pi * hertz * static_cast<double>(begin + i) / rate;
    const auto sample = samples.at(begin + i) / 32767;
    in_phase += sample * std::sin(phase);
    quadrature += sample * std::cos(phase);
    power += sample * sample;
  }
  const auto level = 2 * std::hypot(in_phase, quadrature) / static_cast<double>(count);
  const auto signal = level * level / 2;
  const auto noise = std::max(power / static_cast<double>(count) - signal, 1e-15);
  return {level, 10 * std::log10(signal / noise)};
}

double decibel(double ratio) {
  return 20 * std::log10(ratio);
}

class AudioConverter : public testing::TestWithParam<std::tuple<audio_format, audio_format>> {
 protected:
  audio_format from = std::get<0>(GetParam());
  audio_format to = std::get<1>(GetParam());
  [[nodiscard]] bool through_ulaw() const { return from == audio_format::ulaw_8000 || to == audio_format::ulaw_8000; }
};
INSTANTIATE_TEST_SUITE_P(Every, AudioConverter, Combine(ValuesIn(all_formats), ValuesIn(all_formats)),
                         [](const auto& r) {
                           return std::string(to_string(std::get<0>(r.param))) + "_to_" +
                                  std::string(to_string(std::get<1>(r.param)));
                         });

TEST_P(AudioConverter, KeepsAToneAToneOfTheSameLevel) {
  const auto out = converted_whole(from, to, sine(from, 1000, 1), bytes_of_ms(from, 20));
  const auto heard = measure(decoded(out, to), sample_rate(to), 1000);
  EXPECT_NEAR(decibel(heard.level / loudness), 0, 0.2);
  EXPECT_GT(heard.snr, through_ulaw() ? 30 : 70);
}

TEST_P(AudioConverter, KeepsThePhoneBandsUpperEnd) {
  const auto out = converted_whole(from, to, sine(from, 3200, 1), bytes_of_ms(from, 20));
  EXPECT_NEAR(decibel(measure(decoded(out, to), sample_rate(to), 3200).level / loudness), 0, 1);
}

TEST_P(AudioConverter, KeepsTheDuration) {
  const auto out = converted_whole(from, to, sine(from, 1000, 1), 999);
  const auto samples = static_cast<double>(out.size() / bytes_per_sample(to));
  EXPECT_NEAR(samples / sample_rate(to), 1.0, 0.001);
  EXPECT_EQ(out.size() % bytes_per_sample(to), 0u);
}

TEST_P(AudioConverter, DoesNotCareHowTheInputIsCut) {
  auto in = sine(from, 1000, 0.3);
  in.push_back(0x12);  // for PCM: half a sample, which is nothing
  const auto whole = converted_whole(from, to, in, in.size());
  for (const std::size_t chunk : {1, 3, 160, 641, 4001})
    EXPECT_EQ(converted_whole(from, to, in, chunk), whole) << chunk;
}

TEST_P(AudioConverter, HoldsBackLessThanAFrame) {
  audio_converter converter(from, to);
  bytes out;
  std::size_t fed_ms = 0;
  const auto in = sine(from, 1000, 1);
  for (std::size_t at = 0; at < in.size(); at += bytes_of_ms(from, 20)) {
    converter.convert(std::span(in).subspan(at, bytes_of_ms(from, 20)), out);
    fed_ms += 20;
    if (fed_ms >= 100) {
      ASSERT_GE(out.size() + bytes_of_ms(to, 20), bytes_of_ms(to, static_cast<unsigned>(fed_ms))) << fed_ms;
    }
  }
}

TEST_P(AudioConverter, StartsAfreshAfterAFlush) {
  audio_converter converter(from, to);
  const auto in = sine(from, 700, 0.25);
  const auto sentence = [&] {
    auto out = converted(converter, in, 333);
    converter.flush(out);
    return out;
  };
  const auto first = sentence();
  EXPECT_EQ(sentence(), first);
}

TEST_P(AudioConverter, ForgetsEverythingOnReset) {
  audio_converter converter(from, to);
  auto half = sine(from, 2000, 0.1);
  half.push_back(0x55);
  converted(converter, half, half.size());
  converter.reset();
  bytes nothing;
  converter.flush(nothing);
  EXPECT_TRUE(nothing.empty());
  const auto in = sine(from, 1000, 0.2);
  auto out = converted(converter, in, in.size());
  converter.flush(out);
  EXPECT_EQ(out, converted_whole(from, to, in, in.size()));
}

TEST_P(AudioConverter, KeepsSilenceSilent) {
  const bytes silence(bytes_of_ms(from, 200), silence_byte(from));
  const auto out = converted_whole(from, to, silence, 777);
  EXPECT_EQ(out, bytes(bytes_of_ms(to, 200), silence_byte(to)));
}

TEST_P(AudioConverter, MakesNothingOfNothing) {
  audio_converter converter(from, to);
  bytes out;
  converter.convert({}, out);
  converter.flush(out);
  converter.flush(out);
  converter.reset();
  EXPECT_TRUE(out.empty());
}

TEST_P(AudioConverter, AppendsToWhatIsThere) {
  audio_converter converter(from, to);
  bytes out{1, 2, 3};
  converter.convert(sine(from, 1000, 0.1), out);
  converter.flush(out);
  EXPECT_EQ(bytes(out.begin(), out.begin() + 3), (bytes{1, 2, 3}));
  EXPECT_EQ(out.size(), 3 + bytes_of_ms(to, 100));
}

TEST_P(AudioConverter, StaysWithinItsMemory) {
  audio_converter converter(from, to);
  const auto in = sine(from, 1000, 0.02);
  bytes out;
  out.reserve(16 * 1024);
  const auto second = [&] {
    for (int i = 0; i < 50; ++i) {
      out.clear();
      converter.convert(in, out);
    }
  };
  second();
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < 10; ++i) second();
  EXPECT_LE(mallinfo2().uordblks, before + 4096);  // SoXR's queues grow to their greatest length
}

TEST_P(AudioConverter, BearsNoise) {
  std::mt19937 random(7);
  bytes noise(20'000);
  std::generate(noise.begin(), noise.end(), [&] { return static_cast<std::uint8_t>(random()); });
  const auto out = converted_whole(from, to, noise, 1234);
  const auto seconds = static_cast<double>(noise.size() / bytes_per_sample(from)) / sample_rate(from);
  EXPECT_NEAR(static_cast<double>(out.size() / bytes_per_sample(to)) / sample_rate(to), seconds, 0.001);
}

TEST(AudioConverterPassthrough, CopiesMulawToTheByte) {
  bytes every(256);
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(converted_whole(audio_format::ulaw_8000, audio_format::ulaw_8000, every, 7), every);
}

TEST(AudioConverterMulaw, DecodesAndEncodesAsG711Says) {
  const bytes ulaw{0x00, 0x80, 0x7F, 0xFF, 0x7E, 0xFE, 0x0F, 0x8F};
  const std::vector<std::int16_t> linear{-32124, 32124, 0, 0, -8, 8, -16764, 16764};
  EXPECT_EQ(converted_whole(audio_format::ulaw_8000, audio_format::pcm_8000, ulaw, 8),
            encoded(linear, audio_format::pcm_8000));
  const bytes back{0x00, 0x80, 0xFF, 0xFF, 0x7E, 0xFE, 0x0F, 0x8F};
  EXPECT_EQ(
      converted_whole(audio_format::pcm_8000, audio_format::ulaw_8000, encoded(linear, audio_format::pcm_8000), 3),
      back);
  EXPECT_EQ(converted_whole(audio_format::pcm_8000, audio_format::ulaw_8000,
                            encoded({-32768, 32767}, audio_format::pcm_8000), 4),
            (bytes{0x00, 0x80}));
}

TEST(AudioConverterBand, KeepsWhatNoPhoneCarriesOut) {
  for (const auto from : {audio_format::pcm_16000, audio_format::pcm_24000, audio_format::pcm_48000}) {
    const auto out = converted_whole(from, audio_format::pcm_8000, sine(from, 6000, 1), 640);
    const auto samples = decoded(out, audio_format::pcm_8000);
    const auto alias = measure(samples, 8000, 2000);  // where 6 kHz would fold to
    EXPECT_LT(decibel(alias.level / loudness), -60) << to_string(from);
  }
}

TEST(AudioConverterMove, TakesTheStateAlong) {
  const auto in = sine(audio_format::pcm_16000, 1000, 0.2);
  audio_converter first(audio_format::pcm_16000, audio_format::ulaw_8000);
  bytes out;
  first.convert(std::span(in).first(1001), out);
  audio_converter second = std::move(first);
  second.convert(std::span(in).subspan(1001), out);
  second.flush(out);
  EXPECT_EQ(out, converted_whole(audio_format::pcm_16000, audio_format::ulaw_8000, in, in.size()));
}

TEST(UlawRms, IsTheLevelOfATone) {
  const auto tone_bytes = sine(audio_format::ulaw_8000, 400, 1);
  EXPECT_NEAR(ulaw_rms(tone_bytes), loudness / std::numbers::sqrt2, 0.005);
}

TEST(UlawRms, IsZeroForSilenceAndForNothing) {
  EXPECT_EQ(ulaw_rms({}), 0);
  EXPECT_EQ(ulaw_rms(bytes(160, 0xFF)), 0);
  EXPECT_EQ(ulaw_rms(bytes(160, 0x7F)), 0);
}

TEST(UlawRms, StaysBelowOne) {
  EXPECT_NEAR(ulaw_rms(bytes(160, 0x00)), 32124.0 / 32768.0, 1e-9);
}

std::span<const std::uint8_t> raw(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(LooksLikeNoAudio, KnowsFilesAndTexts) {
  using std::string_view_literals::operator""sv;
  for (const auto text : {"RIFF"sv, "RIFF\x24\x00\x00\x00WAVEfmt "sv, "ID3\x04\x00\x00\x00\x00\x00\x00"sv,
                          R"({"detail":"Not Found"})"sv, R"({ "error": 1})"sv, "\n[{\"loc\""sv, R"(["a"])"sv, "{}"sv})
    EXPECT_TRUE(looks_like_no_audio(raw(text))) << text;
}

TEST(LooksLikeNoAudio, LetsAudioPass) {
  using std::string_view_literals::operator""sv;
  for (const auto text :
       {""sv, "R"sv, "RIF"sv, "ID3"sv, "ID3\x09\x00\x00\x00\x00\x00\x00"sv, "ID3\x04\x00\x00\xFF\x00\x00\x00"sv, "{"sv,
        "{{{{{{"sv, "[[[["sv, "{\"\x00\x01"sv, "   "sv, "\xFF\xFF\xFF\xFF"sv})
    EXPECT_FALSE(looks_like_no_audio(raw(text))) << text;
  for (const auto format : all_formats) {
    EXPECT_FALSE(looks_like_no_audio(sine(format, 440, 0.02)));
    EXPECT_FALSE(looks_like_no_audio(bytes(160, silence_byte(format))));
  }
}

}  // namespace
}  // namespace tonris::model
