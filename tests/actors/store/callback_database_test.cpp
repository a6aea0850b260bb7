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

TEST_F(CallbackDatabase, ForgetsWhatIsOld) {
  auto db = open();
  auto audio = event("conv_1", "post_call_audio");
  audio.audio_file = "a.mp3";
  audio.audio_bytes = 5;
  ASSERT_TRUE(db.keep(audio));
  ASSERT_TRUE(db.keep(event("conv_1")));
  EXPECT_THAT(db.audio_files().value(), ElementsAre("a.mp3"));
  for (const char* const type : {"post_call_audio", "post_call_transcription"})
    ASSERT_TRUE(db.settle({"conv_1", type}, {progress::done, {}, {"CA1"}}));
  EXPECT_THAT(db.forget_audio({"CA1"}).value(), ElementsAre("a.mp3"));
  ASSERT_TRUE(db.prune(start + callback_database::kept_for));
  EXPECT_EQ(db.keep(audio).value(), kept::known);
  ASSERT_TRUE(db.prune(start + callback_database::kept_for + 1ms));
  EXPECT_EQ(db.keep(audio).value(), kept::yes) << "it is not known any more";
}

TEST_F(CallbackDatabase, ForgetsNoMoreAtOnceThanAClockThatIsWrongForAnHourMayCost) {
  auto db = open();
  for (int n = 0; n < 250; ++n) {
    const auto one = event(("conv_" + std::to_string(n)).c_str());
    ASSERT_TRUE(db.keep(one));
    ASSERT_TRUE(db.settle(one.of, {progress::done, {}, {"CA1"}}));
  }
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
  ASSERT_TRUE(db.settle({"conv_1", "post_call_transcription"}, {progress::done, {}, {"CA1"}}));
  ASSERT_TRUE(db.settle({"conv_2", "post_call_transcription"}, {progress::done, {}, {"CA2"}}));
  EXPECT_THAT(db.forget({{"CA3"}}, {}, start).value(), testing::IsEmpty());
  EXPECT_THAT(db.forget({{"CA1"}}, {}, start).value(), ElementsAre("conv_1.mp3")) << "which still waits";
  EXPECT_EQ(db.call_of("conv_1").value(), model::call_sid{});
  EXPECT_EQ(db.call_of("conv_2").value(), model::call_sid{"CA2"});
}

TEST_F(CallbackDatabase, FindsANumberInWhatWaitsAPageAtATime) {
  auto db = open();
  const auto put = [&](const std::string& conversation, const std::string& text, bool is_looked_for) {
    auto one = event(conversation.c_str());
    one.body = text;
    ASSERT_TRUE(db.keep(one));
    if (!is_looked_for) return;
    ASSERT_TRUE(db.settle(one.of, {progress::waiting, start + 1min}));
  };
  put("conv_1", R"({"user_id":"+4790000012"})", true);
  put("conv_2", R"({"user_id":"+4790000013"})", true);
  put("conv_3", std::string(callback_database::most_searched_bytes, ' ') + "4790000012", true);
  put("conv_4", R"({"user_id":"+4790000012"})", true);
  put("conv_5", R"({"user_id":"+4790000012"})", false);
  auto told = event("conv_6");
  told.body = "+4790000012";
  ASSERT_TRUE(db.keep(told));
  ASSERT_TRUE(db.settle(told.of, {progress::told, start + 1min, {"CA1"}}));
  using conversation = model::conversation_id;
  const auto first = db.waiting_with("+4790000012", {}, 0).value();
  EXPECT_THAT(first.conversations, ElementsAre(conversation{"conv_1"}, conversation{"conv_3"}));
  EXPECT_NE(first.last, 0);
  const auto rest = db.waiting_with("+4790000012", {}, first.last).value();
  EXPECT_THAT(rest.conversations, ElementsAre(conversation{"conv_4"})) << "conv_6 goes with its call";
  EXPECT_EQ(rest.not_looked_for, 1u);
  EXPECT_EQ(rest.last, 0);
}

TEST_F(CallbackDatabase, KeepsNothingThatComesOfWhatWasDeleted) {
  auto waits = event("conv_1");
  waits.call = {"CA1"};
  {
    auto db = open();
    ASSERT_EQ(db.keep(waits).value(), kept::yes);
    EXPECT_THAT(db.forget({{"CA1"}}, {{"conv_2"}}, start).value(), testing::IsEmpty());
    EXPECT_EQ(db.count().value().waiting, 0) << "it named the call";
  }
  auto db = open();
  EXPECT_EQ(db.keep(waits).value(), kept::forgotten);
  EXPECT_EQ(db.keep(event("conv_1", "post_call_audio")).value(), kept::forgotten) << "whose conversation that was";
  EXPECT_EQ(db.keep(event("conv_2")).value(), kept::forgotten) << "the record named it";
  auto unheard = event("conv_3");
  unheard.call = {"CA1"};
  EXPECT_EQ(db.keep(unheard).value(), kept::forgotten) << "a conversation that nobody knew of";
  EXPECT_EQ(db.keep(event("conv_4")).value(), kept::yes) << "another's";
  ASSERT_TRUE(db.prune(start + callback_database::forgotten_for));
  EXPECT_EQ(db.keep(event("conv_2")).value(), kept::forgotten);
  ASSERT_TRUE(db.prune(start + callback_database::forgotten_for + 1ms));
  EXPECT_EQ(db.keep(event("conv_2")).value(), kept::yes);
}

TEST_F(CallbackDatabase, EmptiesWhatIsDoneWithAndKnowsItStill) {
  auto db = open();
  auto audio = event("conv_1", "post_call_audio"), nobodys = event("conv_2", "post_call_audio");
  audio.audio_file = "1.mp3";
  nobodys.audio_file = "2.mp3";
  ASSERT_TRUE(db.keep(audio));
  ASSERT_TRUE(db.keep(nobodys));
  ASSERT_TRUE(db.settle(audio.of, {progress::told, start + 1min, {"CA1"}}));
  const auto body = [&](const auto& of) {
    return db.connection()
        .read_number("SELECT length(body) + body_bytes FROM callbacks WHERE conversation = '" + of.conversation + "'")
        .value();
  };
  EXPECT_GT(body(audio.of), 0) << "it is told once more";
  EXPECT_EQ(db.settle(audio.of, {progress::done, {}, {"CA1"}}).value(), "");
  EXPECT_EQ(body(audio.of), 0);
  EXPECT_EQ(db.settle(nobodys.of, {progress::nobodys}).value(), "2.mp3");
  EXPECT_EQ(body(nobodys.of), 0);
  EXPECT_THAT(db.audio_files().value(), ElementsAre("1.mp3"));
  EXPECT_EQ(db.keep(audio).value(), kept::known);
  EXPECT_EQ(db.keep(nobodys).value(), kept::known);
}

TEST_F(CallbackDatabase, GivesUpWhatNobodyCouldBeToldOf) {
  auto db = open();
  auto audio = event("conv_1", "post_call_audio");
  audio.audio_file = "1.mp3";
  ASSERT_TRUE(db.keep(audio));
  EXPECT_THAT(db.prune(start + callback_database::waits_for).value(), ElementsAre());
  EXPECT_THAT(db.prune(start + callback_database::waits_for + 1ms).value(), ElementsAre("1.mp3"));
  EXPECT_FALSE(db.next_time().value());
  EXPECT_EQ(db.count().value().nobodys, 1);
}

TEST_F(CallbackDatabase, KeepsACallsAudioUntilItsRecordIsGone) {
  auto db = open();
  for (const char* const sid : {"CA1", "CA2"}) {
    auto audio = event(sid, "post_call_audio");
    audio.audio_file = std::string{sid} + ".mp3";
    ASSERT_TRUE(db.keep(audio));
    ASSERT_TRUE(db.settle(audio.of, {progress::done, {}, {sid}}));
  }
  EXPECT_THAT(db.prune(start + 3 * callback_database::kept_for).value(), ElementsAre());
  EXPECT_THAT(db.audio_files().value(), ElementsAre("CA1.mp3", "CA2.mp3"));
  const auto later = start + 1ms;
  EXPECT_THAT(db.calls_with_audio({}, start, 5).value(), ElementsAre()) << "not yet";
  EXPECT_THAT(db.calls_with_audio({}, later, 1).value(), ElementsAre(model::call_sid{"CA1"}));
  EXPECT_THAT(db.calls_with_audio({"CA1"}, later, 5).value(), ElementsAre(model::call_sid{"CA2"}));
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
