#include "model/call/course.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const call_record::time ten_o_clock = *parse_iso_time("2026-11-22T10:00:00.250Z");

timeline_event event(call_moment what, std::string detail = "") {
  return {{"CA1"}, ten_o_clock, what, std::move(detail)};
}

call_record a_record(end_reason reason) {
  call_record r;
  r.call.value = "CA1";
  r.started = ten_o_clock;
  r.ended = r.started + 60s;
  r.reason = reason;
  r.state = call_state::ended;
  return r;
}

call_record refused(end_reason reason, std::string fallback = {}) {
  auto r = a_record(reason);
  r.fallback = std::move(fallback);
  return r;
}

call_record placed(end_reason reason) {
  auto r = a_record(reason);
  r.direction = "outbound-api";
  return r;
}

carrier_progress said(twilio::call_status status, std::optional<std::uint32_t> seconds) {
  carrier_progress progress;
  progress.status = status;
  progress.seconds = seconds;
  return progress;
}

TEST(CallCourse, OfACallWithAnAgentGoesFromTheWebhookToWhatTwilioSays) {
  auto r = a_record(end_reason::transferred);
  r.answered = r.started + 420ms;
  r.conversations.push_back({{"conv_1"}, r.started + 900ms, {}, {}});
  r.restarts = 2;
  r.tool_calls = {{r.started, "book", "t1", true, false, 12}, {r.started, "sms", "t2", true, true, 12}};
  r.transfers = {{r.started, "+15550100003", "wants a person", call_record::transfer::outcome_type::not_answered},
                 {r.started, "+15550100003", "again", call_record::transfer::outcome_type::answered}};
  r.twilio = said(twilio::call_status::completed, 61);
  r.legs = {{{"CA2"}, "no-answer", 0, r.started, {}}, {{"CA3"}, "completed", 44, r.started, {}}};
  EXPECT_EQ(course_of({event(call_moment::webhook), event(call_moment::ended, "transferred")}, r),
            "Course: webhook, answered <Connect>; stream after 0.4 s; agent ready after 0.9 s; 2 restarts; 2 tool "
            "calls, 1 of them failed; transfer not_answered; transfer answered; Twilio says completed, 61 s; its leg "
            "CA2 no-answer, 0 s; its leg CA3 completed, 44 s.\n");
}

TEST(CallCourse, SaysOfAConversationThatWasNeverTheCallersThatTheAgentWasNotReady) {
  auto r = a_record(end_reason::agent_audio_unknown);
  r.answered = r.started + 420ms;
  r.conversations.push_back({{"conv_1"}, r.started + 700ms, r.started + 700ms, {}});
  EXPECT_THAT(course_of({event(call_moment::webhook)}, r), testing::HasSubstr("; agent never ready"));
  r.conversations.push_back({{"conv_2"}, r.started + 900ms, {}, {}});
  EXPECT_THAT(course_of({event(call_moment::webhook)}, r), testing::HasSubstr("; agent ready after 0.9 s"));
}

TEST(CallCourse, OfARefusedCallSaysWhatItsCallerGotInstead) {
  struct row {
    call_record record;
    const char* told;
  };
  auto message = refused(end_reason::closed, "voicemail");
  message.voicemail.push_back({"RE1", "https://x", 12, ten_o_clock});
  auto with_carrier = refused(end_reason::caller_blocked);
  with_carrier.twilio = said(twilio::call_status::completed, 3);
  const std::vector<row> rows{
      {message, "<Record>, 12 s of a message were left."},
      {refused(end_reason::closed, "voicemail"), "<Record>, no message has come."},
      {refused(end_reason::sent_on, "transferred"), "<Dial>, which was answered."},
      {refused(end_reason::sent_on, "transfer"), "<Dial>, which nobody has answered."},
      {refused(end_reason::node_full, "sentence"), "<Say> and <Hangup>, the sentence \"busy\"."},
      {with_carrier, "<Say> and <Hangup>, the sentence \"blocked\"; Twilio says completed, 3 s."},
      {refused(end_reason::unknown_number), "<Say> and <Hangup>, the sentence \"notInService\"."},
      {refused(end_reason::caller_gave_up), "to wait and ask again, until he hung up."},
      {refused(end_reason::outbound_not_served), "<Hangup>."},
  };
  for (const auto& [record, told] : rows) {
    const auto expected = std::string{"Course: webhook, refused, answered "} + told + '\n';
    const auto reason = std::string{to_string(*record.reason)};
    EXPECT_EQ(course_of({event(call_moment::webhook), event(call_moment::refused, reason)}, record), expected);
    EXPECT_EQ(course_of({}, record), expected) << "its timeline is gone";
  }
}

TEST(CallCourse, OfAPlacedCallThatNobodyTookHasNoWebhook) {
  for (const auto reason : {end_reason::callee_busy, end_reason::callee_no_answer, end_reason::callee_unreachable,
                            end_reason::call_canceled}) {
    auto r = placed(reason);
    r.twilio = said(twilio::call_status::no_answer, 0);
    const std::string expected =
        "Course: placed by us; nobody took it, so that Twilio asked for no TwiML; Twilio says no-answer, 0 s.\n";
    EXPECT_EQ(course_of({event(call_moment::ended, std::string{to_string(reason)})}, r), expected);
    EXPECT_EQ(course_of({}, r), expected);
  }
}

TEST(CallCourse, OfAPlacedCallThatSomebodyTookIsAsAnyOther) {
  auto r = placed(end_reason::stream_never_came);
  EXPECT_EQ(course_of({event(call_moment::webhook), event(call_moment::ended, "stream_never_came")}, r),
            "Course: placed by us; webhook, answered <Connect>; stream never came; agent never ready.\n");
  r.reason = end_reason::node_full;
  r.fallback = "sentence";
  EXPECT_EQ(course_of({event(call_moment::webhook), event(call_moment::refused, "node_full")}, r),
            "Course: placed by us; webhook, refused, answered <Say> and <Hangup>, the sentence \"busy\".\n");
}

TEST(CallCourse, OfAPlacedCallThatRingsSaysNothingElseYet) {
  auto r = placed(end_reason::callee_busy);
  r.reason.reset();
  r.ended.reset();
  r.state = call_state::ringing;
  EXPECT_EQ(course_of({}, r), "Course: placed by us; ringing since 10:00:00 UTC, nothing else yet.\n");
  r.twilio = said(twilio::call_status::ringing, {});
  EXPECT_EQ(course_of({}, r),
            "Course: placed by us; ringing since 10:00:00 UTC, nothing else yet; Twilio says ringing.\n");
  EXPECT_EQ(course_of({event(call_moment::webhook)}, r),
            "Course: placed by us; webhook, answered <Connect>; stream never came; agent never ready; Twilio says "
            "ringing.\n")
      << "it was answered";
  r.direction = "inbound";
  EXPECT_THAT(course_of({}, r), testing::StartsWith("Course: webhook, answered <Connect>"));
}

TEST(CallCourse, EndsWithWhatCameInsteadOfTheAgent) {
  auto r = a_record(end_reason::agent_unreachable);
  r.answered = r.started + 300ms;
  r.fallback = "voicemail";
  r.voicemail.push_back({"RE1", "https://x", 7, ten_o_clock});
  EXPECT_EQ(
      course_of({event(call_moment::webhook), event(call_moment::ended, "agent_unreachable")}, r),
      "Course: webhook, answered <Connect>; stream after 0.3 s; agent never ready; then <Record>, 7 s of a message "
      "were left.\n");
}

TEST(CallCourse, NamesTheLastLegsOnlyAndNothingThatDrivesATerminal) {
  auto r = a_record(end_reason::transferred);
  r.metered_seconds = 9;
  for (int i = 1; i <= 5; ++i) r.legs.push_back({{"CA" + std::to_string(i)}, "", 0, r.started, {}});
  r.legs.back().status = "\x1b[2J\n";
  const auto told = course_of({}, r);
  EXPECT_THAT(told, testing::Not(testing::HasSubstr("CA2 ")));
  EXPECT_THAT(told, testing::HasSubstr("; its leg CA3 without a status yet; its leg CA4 "));
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1);
  EXPECT_THAT(told, testing::Not(testing::HasSubstr("\x1b")));
}

}  // namespace
}  // namespace tonris::model
