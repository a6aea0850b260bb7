#include "model/audio/dead_air.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/audio/converter.hpp"
#include "model/audio/watch.hpp"
#include "model/text/base64.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using enum dead_air_watch::action;

std::vector<std::uint8_t> ulaw_of(dead_air_sound sound, std::size_t pieces) {
  std::vector<std::uint8_t> ulaw;
  for (std::size_t n = 0; n < pieces; ++n) EXPECT_TRUE(append_decoded(dead_air_piece(sound, n), ulaw));
  return ulaw;
}

std::vector<int> samples_of(const std::vector<std::uint8_t>& ulaw) {
  std::vector<std::uint8_t> bytes;
  audio_converter(audio_format::ulaw_8000, audio_format::pcm_8000).convert(ulaw, bytes);
  std::vector<int> samples;
  for (std::size_t n = 0; n + 1 < bytes.size(); n += 2)
    samples.push_back(static_cast<std::int16_t>(bytes[n] | bytes[n + 1] << 8));
  return samples;
}

TEST(DeadAirSound, IsQuietAndThere) {
  for (const auto sound : {dead_air_sound::soft, dead_air_sound::ticks}) {
    const auto ulaw = ulaw_of(sound, 20);
    ASSERT_EQ(ulaw.size(), 16'000U);
    const auto level = level_dbm0(ulaw);
    EXPECT_LT(level, -35) << "quieter than speech";
    EXPECT_GT(level, -60) << "and not silence";
  }
}

TEST(DeadAirSound, GoesRoundWithoutAClick) {
  for (const auto sound : {dead_air_sound::soft, dead_air_sound::ticks}) {
    const auto samples = samples_of(ulaw_of(sound, 60));
    EXPECT_LT(std::abs(samples.front()), 16) << "it begins in silence";
    int steepest = 0;
    for (std::size_t n = 1; n < samples.size(); ++n)
      steepest = std::max(steepest, std::abs(samples[n] - samples[n - 1]));
    const auto loudest = *std::max_element(samples.begin(), samples.end());
    EXPECT_LT(steepest, loudest) << "no step as high as the sound itself";
    for (const std::size_t round : {16'000U, 32'000U}) EXPECT_LT(std::abs(samples[round] - samples[round - 1]), 16);
  }
}

TEST(DeadAirSound, IsTheSameEachTimeRound) {
  for (const auto sound : {dead_air_sound::soft, dead_air_sound::ticks})
    for (std::size_t n = 0; n < 20; ++n) {
      EXPECT_EQ(dead_air_piece(sound, n), dead_air_piece(sound, n + 20));
      EXPECT_EQ(dead_air_piece(sound, n).size(), 1068U);
    }
  EXPECT_NE(dead_air_piece(dead_air_sound::soft, 5), dead_air_piece(dead_air_sound::soft, 6));
}

const dead_air_watch::time start{std::chrono::hours{1000}};
constexpr auto after = 1500ms;

struct step {
  enum class what : std::uint8_t { live, gone, audio, talks, stopped, tick } is;
  std::chrono::milliseconds at;
  dead_air_watch::action came = nothing;
};

dead_air_watch::action apply(dead_air_watch& watch, const step& one) {
  switch (one.is) {
    case step::what::live: return watch.agent_live(true);
    case step::what::gone: return watch.agent_live(false);
    case step::what::audio: return watch.agent_audio();
    case step::what::talks: return watch.caller_talks();
    case step::what::stopped: watch.caller_stopped(start + one.at); return nothing;
    case step::what::tick: return watch.tick(start + one.at);
  }
  return nothing;
}

TEST(DeadAirWatch, PlaysWhileALiveAgentKeepsTheCallerWaiting) {
  using enum step::what;
  struct story {
    std::string name;
    std::vector<step> steps;
  };
  for (const auto& [name, steps] : {
           story{"an agent who thinks",
                 {{live, 0s},
                  {stopped, 1s},
                  {tick, 2499ms},
                  {tick, 2500ms, play},
                  {tick, 3s},
                  {audio, 4s, stop},
                  {audio, 4s},
                  {tick, 9s}}},
           story{"an agent who answers at once", {{live, 0s}, {stopped, 1s}, {audio, 2s}, {tick, 9s}}},
           story{"a caller who goes on",
                 {{live, 0s},
                  {stopped, 1s},
                  {talks, 2s},
                  {tick, 3s},
                  {stopped, 4s},
                  {tick, 5s},
                  {tick, 5500ms, play},
                  {talks, 6s, stop},
                  {tick, 9s}}},
           story{"nobody has said anything", {{live, 0s}, {tick, 9s}, {audio, 10s}, {tick, 20s}}},
           story{"an agent who is gone", {{live, 0s}, {stopped, 1s}, {tick, 3s, play}, {gone, 4s, stop}, {tick, 9s}}},
           story{"an agent who is not there yet", {{stopped, 1s}, {live, 2s}, {tick, 9s}}},
           story{"an agent on hold", {{live, 0s}, {stopped, 1s}, {gone, 2s}, {tick, 9s}, {live, 10s}, {tick, 20s}}},
           story{"an agent who means it",
                 {{live, 0s}, {stopped, 0s}, {tick, 2s, play}, {tick, 21499ms}, {tick, 21500ms, stop}, {tick, 60s}}},
           story{"a caller who stops twice",
                 {{live, 0s},
                  {stopped, 1s},
                  {stopped, 2s},
                  {tick, 3s},
                  {tick, 3500ms, play},
                  {stopped, 4s},
                  {audio, 5s, stop}}},
       }) {
    dead_air_watch watch{after};
    for (const auto& one : steps)
      EXPECT_EQ(apply(watch, one), one.came) << name << " at " << one.at.count() << ", " << static_cast<int>(one.is);
  }
}

}  // namespace
}  // namespace tonris::model
