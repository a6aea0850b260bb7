#include "actors/store/callback_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using kept = callback_database::kept;
using progress = callback_database::progress;
using testing::ElementsAre;

class CallbackDatabase : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory.data()); }
  callback_database open() { return callback_database::open(directory.data()).value(); }
  callback_database::callback event(const char* conversation, const char* type = "post_call_transcription") const {
    return {{conversation, type}, start, R"({"type":"x"})", {}, 0};
  }

  const callback_database::time start{std::chrono::milliseconds{1'800'000'000'000}};
  a_directory directory;
};

TEST_F(CallbackDatabase, KeepsAnEventOnceAndOneOfEachType) {
  {
    auto db = open();
    EXPECT_EQ(db.keep(event("conv_1")).value(), kept::yes);
    auto again = event("conv_1");
    again.body = "another";
    EXPECT_EQ(db.keep(again).value(), kept::known);
    EXPECT_EQ(db.keep(event("conv_1", "post_call_audio")).value(), kept::yes);
  }
  auto db = open();
  EXPECT_EQ(db.keep(event("conv_1")).value(), kept::known) << "in the next life, too";
  const auto first = db.next_due(start).value();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body, R"({"type":"x"})");
  EXPECT_EQ(db.count().value().waiting, 2);
}

TEST_F(CallbackDatabase, GivesOutWhatIsDueInItsTurn) {
  auto db = open();
  ASSERT_TRUE(db.keep(event("conv_1")));
  auto later = event("conv_2");
  later.received = start + 1s;
  ASSERT_TRUE(db.keep(later));
  EXPECT_FALSE(db.next_due(start - 1ms).value());
  EXPECT_EQ(db.next_time().value(), start);
  EXPECT_EQ(db.next_due(start + 1s).value()->of.conversation, "conv_1");
  ASSERT_TRUE(db.settle({"conv_1", "post_call_transcription"}, {progress::waiting, start + 10s}));
  EXPECT_EQ(db.next_due(start + 1s).value()->of.conversation, "conv_2");
  ASSERT_TRUE(db.settle({"conv_2", "post_call_transcription"}, {progress::done, {}, {"CA2"}}));
  EXPECT_FALSE(db.next_due(start + 9s).value());
  const auto again = db.next_due(start + 10s).value();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tries, 1u);
  ASSERT_TRUE(db.settle(again->of, {progress::nobodys}));
  EXPECT_FALSE(db.next_time().value());
  EXPECT_EQ(db.count().value().nobodys, 1);
  EXPECT_EQ(db.call_of("conv_2").value().value, "CA2");
  EXPECT_EQ(db.call_of("conv_1").value().value, "");
}

TEST_F(CallbackDatabase, ForgetsWhatIsOldAndNamesItsFiles) {
  auto db = open();
  auto audio = event("conv_1", "post_call_audio");
  audio.audio_file = "a.mp3";
  audio.audio_bytes = 5;
  ASSERT_TRUE(db.keep(audio));
  ASSERT_TRUE(db.keep(event("conv_1")));
  EXPECT_THAT(db.audio_files().value(), ElementsAre("a.mp3"));
  EXPECT_THAT(db.prune(start + callback_database::kept_for).value(), ElementsAre());
  EXPECT_THAT(db.prune(start + callback_database::kept_for + 1ms).value(), ElementsAre("a.mp3"));
  EXPECT_EQ(db.keep(audio).value(), kept::yes) << "it is not known any more";
}

TEST_F(CallbackDatabase, ForgetsNoMoreAtOnceThanAClockThatIsWrongForAnHourMayCost) {
  auto db = open();
  for (int n = 0; n < 250; ++n) ASSERT_TRUE(db.keep(event(("conv_" + std::to_string(n)).c_str())));
  ASSERT_TRUE(db.prune(start + 2 * callback_database::kept_for));
  EXPECT_EQ(db.keep(event("conv_99")).value(), kept::yes) << "the hundred oldest are gone";
  EXPECT_EQ(db.keep(event("conv_100")).value(), kept::known);
}

TEST_F(CallbackDatabase, KeepsTheNewestAudioThatFits) {
  auto db = open();
  for (const int n : {1, 2, 3}) {
    auto audio = event(("conv_" + std::to_string(n)).c_str(), "post_call_audio");
    audio.received = start + std::chrono::seconds{n};
    audio.audio_file = std::to_string(n) + ".mp3";
    audio.audio_bytes = static_cast<std::uint64_t>(callback_database::max_audio_bytes / 2);
    ASSERT_TRUE(db.keep(audio));
  }
  EXPECT_THAT(db.prune(start + 1min).value(), ElementsAre("1.mp3"));
  EXPECT_THAT(db.prune(start + 1min).value(), ElementsAre());
  EXPECT_EQ(db.next_due(start + 1min).value()->audio_bytes, 0u) << "the event itself stays";
}

TEST_F(CallbackDatabase, ForgetsAllThatWasToldOfACallAndNothingElse) {
  auto db = open();
  auto audio = event("conv_1", "post_call_audio");
  audio.audio_file = "conv_1.mp3";
  ASSERT_TRUE(db.keep(event("conv_1")));
  ASSERT_TRUE(db.keep(audio));
  ASSERT_TRUE(db.keep(event("conv_2")));
  for (const char* type : {"post_call_transcription", "post_call_audio"})
    ASSERT_TRUE(db.settle({"conv_1", type}, {progress::done, {}, {"CA1"}}));
  ASSERT_TRUE(db.settle({"conv_2", "post_call_transcription"}, {progress::done, {}, {"CA2"}}));
  EXPECT_THAT(db.forget({"CA3"}).value(), testing::IsEmpty());
  EXPECT_THAT(db.forget({"CA1"}).value(), ElementsAre("conv_1.mp3"));
  EXPECT_EQ(db.call_of("conv_1").value(), model::call_sid{});
  EXPECT_EQ(db.call_of("conv_2").value(), model::call_sid{"CA2"});
}

TEST_F(CallbackDatabase, ForgetsTheAudioOfACallAlone) {
  auto db = open();
  for (const auto* conversation : {"conv_1", "conv_2"}) {
    auto audio = event(conversation, "post_call_audio");
    audio.audio_file = std::string{conversation} + ".mp3";
    audio.audio_bytes = 9;
    ASSERT_TRUE(db.keep(audio));
    ASSERT_TRUE(db.keep(event(conversation)));
    for (const char* type : {"post_call_transcription", "post_call_audio"})
      ASSERT_TRUE(db.settle({conversation, type}, {progress::done, {}, {std::string{"CA of "} + conversation}}));
  }
  EXPECT_THAT(db.forget_audio({"CA3"}).value(), testing::IsEmpty());
  EXPECT_THAT(db.forget_audio({"CA of conv_1"}).value(), ElementsAre("conv_1.mp3"));
  EXPECT_THAT(db.forget_audio({"CA of conv_1"}).value(), testing::IsEmpty());
  EXPECT_EQ(db.call_of("conv_1").value(), model::call_sid{"CA of conv_1"}) << "what was told stays";
  EXPECT_THAT(db.audio_files().value(), ElementsAre("conv_2.mp3"));
}

}  // namespace
}  // namespace tonris::actors::test
