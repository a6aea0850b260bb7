#include "actors/leg/agent_audio.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "model/text/base64.hpp"
#include "tests/actors/counting_allocator.hpp"

namespace tonris::actors::test {
namespace {

using model::audio_format;
using verdict = agent_audio::verdict;
using bytes = std::vector<std::uint8_t>;

constexpr std::array every_format{audio_format::ulaw_8000, audio_format::pcm_8000,  audio_format::pcm_16000,
                                  audio_format::pcm_22050, audio_format::pcm_24000, audio_format::pcm_44100,
                                  audio_format::pcm_48000};

bytes some_sound(std::size_t size) {
  bytes sound(size);
  for (std::size_t i = 0; i < size; ++i) sound[i] = static_cast<std::uint8_t>(i * 13 + i / 256);
  return sound;
}
std::string ulaw(std::size_t size, std::uint8_t value = 0x55) {
  return model::to_base64(bytes(size, value));
}
std::string text(std::string_view said) {
  return model::to_base64({reinterpret_cast<const std::uint8_t*>(said.data()), said.size()});
}

/// `sound` in pieces of `step` bytes, each by `way`: what comes out.
template <class Way>
bytes in_pieces(const bytes& sound, std::size_t step, Way way) {
  bytes all;
  for (std::size_t at = 0; at < sound.size(); at += step) {
    const auto piece = model::to_base64({sound.data() + at, std::min(step, sound.size() - at)});
    const auto made = way(piece);
    EXPECT_TRUE(made && model::append_decoded(*made, all));
  }
  return all;
}

// --- formats

class AgentAudioIn : public testing::TestWithParam<std::tuple<audio_format, audio_format>> {};

TEST_P(AgentAudioIn, EveryPairOfFormatsEachWayByItself) {
  const auto [output, input] = GetParam();
  agent_audio subject;
  subject.open(input, output);
  const auto from_agent = some_sound(model::bytes_of_ms(output, 200)), from_caller = some_sound(1600);

  bytes expected;
  model::audio_converter to_caller(output, audio_format::ulaw_8000);
  to_caller.convert(from_agent, expected);
  EXPECT_GE(expected.size(), 1600u - 8u * 20u) << "a resampler holds back 20 ms at most";
  // Pieces of odd sizes: halves of samples wait for their other half.
  EXPECT_EQ(in_pieces(from_agent, 333, [&](const auto& piece) { return subject.for_caller(piece); }), expected);

  expected.clear();
  model::audio_converter to_agent(audio_format::ulaw_8000, input);
  to_agent.convert(from_caller, expected);
  EXPECT_EQ(in_pieces(from_caller, 160, [&](const auto& piece) { return subject.for_agent(piece); }), expected);
}
INSTANTIATE_TEST_SUITE_P(Formats, AgentAudioIn,
                         testing::Combine(testing::ValuesIn(every_format), testing::ValuesIn(every_format)),
                         [](const auto& row) {
                           return std::string{to_string(std::get<0>(row.param))} + "_out_" +
                                  std::string{to_string(std::get<1>(row.param))} + "_in";
                         });

TEST(AgentAudio, PassesMuLawThroughAsTheTextItCameAs) {
  agent_audio subject;
  subject.open(audio_format::ulaw_8000, audio_format::ulaw_8000);
  const auto chunk = ulaw(4001);
  EXPECT_EQ(subject.for_caller(chunk)->data(), chunk.data());
  EXPECT_EQ(subject.for_agent(chunk)->data(), chunk.data());
  EXPECT_EQ(subject.rest_for_caller(), "");
}

TEST(AgentAudio, ConvertsNothingThatIsNoBase64) {
  agent_audio subject;
  subject.open(audio_format::pcm_16000, audio_format::pcm_16000);
  for (const auto* odd : {"AAAAA", "AA!A", "AA==AAAA"}) {
    EXPECT_FALSE(subject.for_caller(odd)) << odd;
    EXPECT_FALSE(subject.for_agent(odd)) << odd;
  }
}

TEST(AgentAudio, GivesOutAtTheEndWhatTheResamplerHeldBack) {
  agent_audio subject;
  subject.open(audio_format::ulaw_8000, audio_format::pcm_16000);
  bytes played;
  ASSERT_TRUE(model::append_decoded(*subject.for_caller(model::to_base64(some_sound(32'000))), played));
  EXPECT_LT(played.size(), 7'990u);
  ASSERT_TRUE(model::append_decoded(subject.rest_for_caller(), played));
  EXPECT_NEAR(static_cast<double>(played.size()), 8'000, 8);
}

TEST(AgentAudio, ConvertsAfreshAfterAnInterruption) {
  agent_audio subject;
  subject.open(audio_format::ulaw_8000, audio_format::pcm_16000);
  (void)subject.for_caller(model::to_base64(some_sound(3201)));
  subject.interrupted(1);
  const auto next = some_sound(6400);
  bytes expected;
  model::audio_converter fresh(audio_format::pcm_16000, audio_format::ulaw_8000);
  fresh.convert(next, expected);
  EXPECT_EQ(*subject.for_caller(model::to_base64(next)), model::to_base64(expected));
}

TEST(AgentAudio, AllocatesNothingForAFrameEitherWay) {
  for (const auto format : {audio_format::ulaw_8000, audio_format::pcm_8000}) {
    agent_audio subject;
    subject.open(format, format);
    const auto from_caller = ulaw(160), from_agent = ulaw(model::bytes_of_ms(format, 20));
    const auto a_second = [&] {
      for (int i = 0; i < 50; ++i) {
        (void)subject.admit(from_agent, 7);
        (void)subject.for_caller(from_agent);
        (void)subject.for_agent(from_caller);
        (void)subject.tick();
      }
    };
    a_second();
    EXPECT_EQ(allocated_by(a_second), 0u) << to_string(format);
  }
}

// --- what is played

struct first_chunk {
  std::string name, payload;
  verdict becomes;
};
class AgentAudioBegins : public testing::TestWithParam<first_chunk> {};

TEST_P(AgentAudioBegins, WithThis) {
  agent_audio subject;
  EXPECT_EQ(subject.admit(GetParam().payload, 1), GetParam().becomes);
}
INSTANTIATE_TEST_SUITE_P(
    Chunk, AgentAudioBegins,
    testing::Values(first_chunk{"Speech", ulaw(160), verdict::good}, first_chunk{"OneSample", ulaw(1), verdict::good},
                    first_chunk{"Nothing", "", verdict::empty},
                    first_chunk{"AFile", text(std::string("RIFF\x24\x00\x00\x00WAVEfmt ", 16)), verdict::no_audio},
                    first_chunk{"AnError", text(R"({"detail":{"status":"quota_exceeded"}})"), verdict::no_audio},
                    first_chunk{"NoBase64", "AA!A", verdict::no_audio}),
    [](const auto& row) { return row.param.name; });

TEST(AgentAudio, LooksAtTheFirstChunkOnly) {
  agent_audio subject;
  EXPECT_EQ(subject.admit("", 1), verdict::empty);
  EXPECT_EQ(subject.admit(ulaw(160), 1), verdict::good);
  EXPECT_EQ(subject.admit(text(R"({"detail":{"status":"quota_exceeded"}})"), 1), verdict::good) << "loud, perhaps";
}

TEST(AgentAudio, IsLateWhenItsTurnWasInterrupted) {
  agent_audio subject;
  EXPECT_EQ(subject.admit(ulaw(160), 3), verdict::good);
  subject.interrupted(3);
  EXPECT_EQ(subject.admit(ulaw(160), 2), verdict::late);
  EXPECT_EQ(subject.admit("", 3), verdict::late);
  EXPECT_EQ(subject.admit(ulaw(160), 4), verdict::good);
}

TEST(AgentAudio, HasNothingToPlayOnceItHasFallenSilent) {
  for (const auto format : {audio_format::ulaw_8000, audio_format::pcm_16000}) {
    agent_audio subject;
    subject.open(audio_format::ulaw_8000, format);
    const auto chunk = model::to_base64(some_sound(model::bytes_of_ms(format, 100)));
    ASSERT_EQ(subject.admit(chunk, 1), verdict::good);
    (void)subject.for_caller(chunk);
    subject.fall_silent();
    EXPECT_EQ(subject.admit(chunk, 1), verdict::unheard) << to_string(format);
    EXPECT_EQ(subject.admit(chunk, 2), verdict::unheard) << to_string(format);
    EXPECT_EQ(subject.rest_for_caller(), "") << to_string(format);
    EXPECT_TRUE(subject.for_agent(ulaw(160))) << "it hears on";
  }
}

// --- is it to be heard?

constexpr std::uint8_t quiet = 0xFF, loud = 0x20;

struct answer {
  std::string name;
  std::string_view audio;  ///< of each tick, from the answer's text on: q quiet, l loud, n none; the last goes on
  bool voided = false, alarm = false;
};
class AgentAudioAnswers : public testing::TestWithParam<answer> {};

TEST_P(AgentAudioAnswers, AndIsMissedWhenNothingIsToBeHeard) {
  for (const auto format : {audio_format::ulaw_8000, audio_format::pcm_8000}) {
    agent_audio subject;
    subject.open(audio_format::ulaw_8000, format);
    model::audio_converter as_agent(audio_format::ulaw_8000, format);
    subject.owes_audio();
    bool alarm = false;
    for (std::size_t tick = 0; tick < 20 * model::audio_watch::ticks_a_second; ++tick) {
      const char audio = GetParam().audio[std::min(tick, GetParam().audio.size() - 1)];
      if (audio != 'n') {
        bytes chunk;
        as_agent.convert(bytes(800, audio == 'l' ? loud : quiet), chunk);
        (void)subject.for_caller(model::to_base64(chunk));
      }
      if (GetParam().voided && tick == 20) subject.owes_nothing();
      alarm = subject.tick() || alarm;
    }
    EXPECT_EQ(alarm, GetParam().alarm) << to_string(format);
  }
}
INSTANTIATE_TEST_SUITE_P(Audio, AgentAudioAnswers,
                         testing::Values(answer{"InSpeech", "l"}, answer{"AfterAWhile", "qqqqqnnnnnlq"},
                                         answer{"InSilence", "q", false, true}, answer{"Never", "n", false, true},
                                         answer{"NeverButIsInterrupted", "n", true}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tonris::actors::test
