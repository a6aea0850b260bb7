#include "model/audio/whole_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::model {
namespace {

using bytes = std::vector<std::uint8_t>;

/// What was played, whole and piece by piece.
struct played {
  bytes all;
  std::vector<std::size_t> pieces;
  whole_frames::play take() {
    return [this](std::string_view base64, std::size_t size) {
      const auto before = all.size();
      ASSERT_TRUE(append_decoded(base64, all));
      EXPECT_EQ(all.size() - before, size);
      pieces.push_back(size);
    };
  }
};

bytes some_audio(std::size_t size, unsigned seed = 1) {
  std::minstd_rand random(seed);
  bytes audio(size);
  for (auto& byte : audio) byte = static_cast<std::uint8_t>(random());
  return audio;
}

TEST(WholeFrames, LetWhatIsWholePassUnlessSomethingIsHeld) {
  whole_frames frames;
  played heard;
  EXPECT_TRUE(frames.passes(160));
  EXPECT_TRUE(frames.passes(16'000));
  EXPECT_FALSE(frames.passes(999));
  frames.add(to_base64(some_audio(1)), heard.take());
  EXPECT_FALSE(frames.passes(160));
  frames.forget();
  EXPECT_TRUE(frames.passes(160));
}

struct cutting {
  std::string name;
  std::vector<std::size_t> chunks;
  std::vector<std::size_t> played;
  std::size_t rest;
};
class WholeFramesOf : public testing::TestWithParam<cutting> {};
TEST_P(WholeFramesOf, TheseChunks) {
  whole_frames frames;
  played heard;
  bytes said;
  for (const auto size : GetParam().chunks) {
    const auto chunk = some_audio(size, static_cast<unsigned>(size));
    said.insert(said.end(), chunk.begin(), chunk.end());
    frames.add(to_base64(chunk), heard.take());
  }
  EXPECT_EQ(heard.pieces, GetParam().played);
  EXPECT_EQ(frames.empty(), GetParam().rest == 0);
  frames.flush(heard.take());
  EXPECT_EQ(heard.all, said) << "every byte, in order";
  if (GetParam().rest > 0) {
    EXPECT_EQ(heard.pieces.back(), GetParam().rest);
  }
  EXPECT_TRUE(frames.empty());
}
INSTANTIATE_TEST_SUITE_P(Sizes, WholeFramesOf,
                         testing::Values(cutting{"OneOddChunk", {999}, {960}, 39},
                                         cutting{"ChunksThatChangeInSize", {410, 1230, 492}, {320, 1280, 480}, 52},
                                         cutting{"LessThanAFrame", {100}, {}, 100},
                                         cutting{"LessThanAFrameTwice", {100, 100}, {160}, 40},
                                         cutting{"ChunksThatComeToWholeFrames", {100, 220}, {320}, 0},
                                         cutting{"ALongChunk", {20'001}, {7680, 7680, 4640}, 1},
                                         cutting{"Nothing", {0}, {}, 0}),
                         [](const auto& row) { return row.param.name; });

TEST(WholeFrames, KeepEveryByteOfAnySequence) {
  std::minstd_rand random(7);
  for (int round = 0; round < 200; ++round) {
    whole_frames frames;
    played heard;
    bytes said;
    for (int i = 0; i < 20; ++i) {
      const auto chunk = some_audio(random() % 3000, static_cast<unsigned>(random()));
      said.insert(said.end(), chunk.begin(), chunk.end());
      frames.add(to_base64(chunk), heard.take());
    }
    EXPECT_TRUE(std::all_of(heard.pieces.begin(), heard.pieces.end(), [](auto size) { return size % 160 == 0; }));
    EXPECT_LT(said.size() - heard.all.size(), 160u);
    frames.flush(heard.take());
    EXPECT_EQ(heard.all, said);
  }
}

TEST(WholeFrames, LeaveOutAChunkThatIsNoBase64) {
  whole_frames frames;
  played heard;
  frames.add(to_base64(some_audio(50)), heard.take());
  frames.add("!!!!", heard.take());
  EXPECT_TRUE(heard.pieces.empty());
  frames.flush(heard.take());
  EXPECT_EQ(heard.all, some_audio(50));
}

}  // namespace
}  // namespace tonris::model
