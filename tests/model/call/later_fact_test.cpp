#include "model/call/later_fact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tonris::model {
namespace {

using report = call_record::vendor_report;
using tool_call = call_record::tool_call;
using message = call_record::voicemail_message;

TEST(LaterFact, OfAVoicemailIsKeptOnceHoweverOftenItIsReported) {
  call_record record;
  EXPECT_TRUE(add_fact(record, message{"RE1", "https://recordings.example/RE1", 7, {}}));
  EXPECT_FALSE(add_fact(record, message{"RE1", "https://recordings.example/RE1", 7, {}}));
  EXPECT_TRUE(add_fact(record, message{"RE2", "https://recordings.example/RE2", 3, {}}));
  ASSERT_EQ(record.voicemail.size(), 2u);
  EXPECT_EQ(record.voicemail[0].recording, "RE1");
  EXPECT_EQ(record.voicemail[1].recording, "RE2");
}

TEST(LaterFact, OfARecordingGoesForwardAndKeepsWhatIsKnown) {
  using recording = call_record::recording;
  const std::string url = "https://api.twilio.com/RE1";
  call_record record;
  const struct {
    recording told;
    bool changes;
    recording then;
  } steps[] = {
      {{"RE1", "in-progress", "", 0, "answer", {}}, true, {"RE1", "in-progress", "", 0, "answer", {}}},
      {{"RE1", "in-progress", "", 0, "callback", {}}, false, {"RE1", "in-progress", "", 0, "answer", {}}},
      {{"RE1", "paused", "", 0, "answer", {}}, true, {"RE1", "paused", "", 0, "answer", {}}},
      {{"RE1", "completed", url, 9, "callback", {}}, true, {"RE1", "completed", url, 9, "callback", {}}},
      {{"RE1", "in-progress", "", 0, "callback", {}}, false, {"RE1", "completed", url, 9, "callback", {}}},
      {{"RE1", "deleted", "", 0, "answer", {}}, true, {"RE1", "deleted", url, 9, "answer", {}}},
      {{"RE1", "completed", url, 9, "callback", {}}, false, {"RE1", "deleted", url, 9, "answer", {}}},
  };
  for (const auto& step : steps) {
    EXPECT_EQ(add_fact(record, step.told), step.changes) << step.told.status;
    ASSERT_EQ(record.recordings.size(), 1u);
    EXPECT_EQ(record.recordings[0], step.then) << step.told.status;
  }
}

TEST(LaterFact, OfAVoicemailThatIsDeletedIsSaidOnce) {
  call_record record;
  ASSERT_TRUE(add_fact(record, message{"RE1", "https://recordings.example/RE1", 7, {}}));
  auto gone = record.voicemail[0];
  gone.deleted = true;
  gone.deleted_at = call_record::time{std::chrono::hours{100}};
  EXPECT_TRUE(add_fact(record, gone));
  EXPECT_FALSE(add_fact(record, gone));
  EXPECT_FALSE(add_fact(record, message{"RE1", "https://recordings.example/RE1", 7, {}}));
  EXPECT_TRUE(record.voicemail[0].deleted);
  EXPECT_EQ(record.voicemail[0].deleted_at, gone.deleted_at);
}

/// The transcript's report, and that of its audio.
std::pair<report, report> two_parts() {
  report told;
  told.conversation = {"conv_1"};
  told.seconds = 62;
  told.credits = 410;
  told.successful = "success";
  told.summary = "A haircut.";
  told.analysis = R"({"criteria":[]})";
  report audio;
  audio.conversation = {"conv_1"};
  audio.audio_bytes = 4711;
  return {told, audio};
}

TEST(LaterFact, OfAConversationIsTheSameWhicheverPartComesFirst) {
  const auto [told, audio] = two_parts();
  call_record one, other;
  for (const auto& fact : {told, audio}) EXPECT_TRUE(add_fact(one, fact));
  for (const auto& fact : {audio, told}) EXPECT_TRUE(add_fact(other, fact));
  EXPECT_EQ(one, other);
  ASSERT_EQ(one.reports.size(), 1u);
  EXPECT_EQ(one.reports[0].audio_bytes, 4711u);
  EXPECT_EQ(one.reports[0].seconds, 62u);
}

/// What is said of a conversation is as old as its first words; its audio has a time of its own.
TEST(LaterFact, OfAConversationIsAsOldAsItsWordsAndItsAudioAsItCame) {
  using std::chrono::minutes;
  const call_record::time noon{std::chrono::hours{12}};
  auto [words, audio] = two_parts();
  words.at = noon + minutes{3};
  words.source = "poll";
  audio.at = noon + minutes{1};
  audio.audio_at = audio.at;
  audio.source = "callback";
  auto again = words;
  again.at = noon + minutes{9};
  again.source = "callback";
  std::vector<report> parts{words, audio, again};
  const auto earlier = [](const report& a, const report& b) { return a.at < b.at; };
  std::sort(parts.begin(), parts.end(), earlier);
  do {
    call_record record;
    for (const auto& one : parts) (void)add_fact(record, one);
    ASSERT_EQ(record.reports.size(), 1u);
    EXPECT_EQ(record.reports[0].at, words.at);
    EXPECT_EQ(record.reports[0].source, "poll") << "who told them then";
    EXPECT_EQ(record.reports[0].audio_at, audio.at);
    EXPECT_EQ(record.reports[0].audio_bytes, 4711u);
  } while (std::next_permutation(parts.begin(), parts.end(), earlier));
}

/// Told by a callback to one node and by a poll at another, in whatever order they hear of each other.
TEST(LaterFact, OfAConversationHasTheTimeAndTheSourceOfOneTelling) {
  using std::chrono::minutes;
  const call_record::time noon{std::chrono::hours{12}};
  const auto part = [&](int minute, const char* source, std::optional<std::uint32_t> seconds,
                        std::optional<std::uint64_t> credits, const char* summary) {
    report told;
    told.conversation = {"conv_1"};
    told.at = noon + minutes{minute};
    told.source = source;
    told.seconds = seconds;
    told.credits = credits;
    told.summary = summary;
    return told;
  };
  const struct {
    const char* why;
    std::vector<report> told;
    int minute;
    const char* source;
  } rows[] = {
      {"both say the same",
       {part(1, "callback", 62, 410, "A cut."), part(5, "poll", 62, 410, "A cut.")},
       1,
       "callback"},
      {"the poll was first", {part(1, "poll", 62, 410, "A cut."), part(5, "callback", 62, 410, "A cut.")}, 1, "poll"},
      {"the poll has the charge",
       {part(1, "callback", 62, {}, "A cut."), part(5, "poll", 62, 410, "A cut.")},
       5,
       "poll"},
      {"the later one says less", {part(1, "callback", 62, 410, "A cut."), part(5, "poll", 62, {}, "")}, 1, "callback"},
      {"each says something", {part(1, "callback", {}, {}, "A cut."), part(5, "poll", 62, 410, "")}, 5, "poll"},
      {"one did not say who it is",
       {part(1, "", 62, 410, "A cut."), part(1, "callback", 62, 410, "A cut.")},
       1,
       "callback"},
      {"the audio was first", {part(1, "callback", {}, {}, ""), part(5, "poll", 62, 410, "A cut.")}, 5, "poll"},
  };
  const std::vector<std::vector<std::size_t>> orders{{0, 1}, {1, 0}, {0, 1, 0, 1}, {1, 0, 1, 0}};
  for (const auto& row : rows) {
    for (const auto& order : orders) {
      call_record record;
      record.call = {"CA1"};
      for (const auto which : order) (void)add_fact(record, row.told[which]);
      ASSERT_EQ(record.reports.size(), 1u);
      EXPECT_EQ(record.reports[0].at, noon + minutes{row.minute}) << row.why << ", first the " << order[0];
      EXPECT_EQ(record.reports[0].source, row.source) << row.why << ", first the " << order[0];
      for (const auto& again : row.told) EXPECT_FALSE(add_fact(record, again)) << row.why;
      const auto stored = parse_call_record(to_json(record));  // as after a restart, and at another node
      ASSERT_TRUE(stored);
      auto next = *stored;
      for (const auto& again : row.told) EXPECT_FALSE(add_fact(next, again)) << row.why;
    }
  }
}

TEST(LaterFact, ToldAgainChangesNothing) {
  const auto [told, audio] = two_parts();
  call_record record;
  for (const auto& fact : {told, audio}) (void)add_fact(record, fact);
  const auto before = record;
  for (const auto& fact : {audio, told}) EXPECT_FALSE(add_fact(record, fact));
  EXPECT_EQ(record, before);
}

TEST(LaterFact, OfAConversationIsNothingToACallThatHadNeitherItNorItsAgent) {
  auto told = two_parts().first;
  told.agent = {"agent_of_another"};
  call_record record;
  record.agent = {"agent_1"};
  EXPECT_FALSE(add_fact(record, told));
  record.conversations.push_back({{"conv_1"}, {}, {}, {}});
  EXPECT_TRUE(add_fact(record, told)) << "the call has gone on with the next agent";
  record = {};
  record.agent = told.agent;
  EXPECT_TRUE(add_fact(record, told)) << "its beginning was never heard of";
}

TEST(LaterFact, OfAToolCallIsKeptOnceById) {
  call_record record;
  EXPECT_TRUE(add_fact(record, tool_call{{}, "get_services", "t1", false, false, 12}));
  EXPECT_FALSE(add_fact(record, tool_call{{}, "get_services", "t1", false, false, 14})) << "asked again";
  EXPECT_TRUE(add_fact(record, tool_call{{}, "get_services", "t1", true, false, 12})) << "another's id";
  EXPECT_TRUE(add_fact(record, tool_call{{}, "get_services", "", false, false, 12}));
  EXPECT_TRUE(add_fact(record, tool_call{{}, "get_services", "", false, false, 13}));
  EXPECT_EQ(record.tool_calls.size(), 4u);
}

TEST(LaterFact, OfANoteIsKeptOnceByItsRequestAndWords) {
  call_record record;
  EXPECT_TRUE(add_fact(record, call_record::note{{}, "Called back.", "operator", "op-1"}));
  EXPECT_FALSE(add_fact(
      record, call_record::note{call_record::time{std::chrono::seconds{9}}, "Called back.", "operator", "op-1"}));
  EXPECT_TRUE(add_fact(record, call_record::note{{}, "Paid.", "operator", "op-1"})) << "no note is lost";
  EXPECT_TRUE(add_fact(record, call_record::note{{}, "Called back.", "operator", "op-2"}));
  EXPECT_EQ(record.notes.size(), 3u);
}

TEST(LaterFact, IsKeptWithinBounds) {
  call_record record;
  for (std::size_t i = 0; i < max_notes + 5; ++i)
    EXPECT_EQ(add_fact(record, call_record::note{{}, std::to_string(i)}), i < max_notes);
  for (std::size_t i = 0; i < max_reports + 5; ++i) {
    report of;
    of.conversation.value = std::to_string(i);
    EXPECT_EQ(add_fact(record, of), i < max_reports);
  }
}

}  // namespace
}  // namespace tonris::model
