#include <gtest/gtest.h>

#include "model/call/record.hpp"

namespace tonris::model {
namespace {

using std::chrono::milliseconds;

call_record a_record() {
  call_record r;
  r.call.value = "CA1";
  r.from = "+15550100001";
  r.to = "+15550100002";
  r.agent.value = "agent_abc";
  r.started = call_record::time{milliseconds{1'000'000}};
  return r;
}

struct row {
  std::string name;
  void (*change)(call_record& r);
  std::string line;
};
class CallRecordWords : public testing::TestWithParam<row> {};
TEST_P(CallRecordWords, HaveTheLine) {
  auto record = a_record();
  GetParam().change(record);
  const auto words = in_plain_words(record);
  EXPECT_NE(words.find("\n  " + GetParam().line + "\n"), std::string::npos) << words;
  EXPECT_EQ(words.find("+1555"), std::string::npos) << "no phone number: " << words;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, CallRecordWords,
    testing::Values(
        row{"Live", [](call_record& r) { r.state = call_state::talking; }, "ended         not yet: talking"},
        row{"WithoutAReason", [](call_record& r) { r.ended = r.started; }, "ended         nobody wrote down a reason"},
        row{"Ended", [](call_record& r) { r.reason = end_reason::caller_hung_up; },
            "ended         caller_hung_up, caused by caller"},
        row{"EndedWithADetail",
            [](call_record& r) {
              r.reason = end_reason::agent_refused;
              r.end_detail = "1008\nOverride\x1b[31m";
            },
            "ended         agent_refused, caused by vendor: 1008 Override [31m"},
        row{"Troubled",
            [](call_record& r) {
              r.reason = end_reason::caller_hung_up;
              r.troubled = call_trouble{end_reason::slow_agent, milliseconds{42'040}};
            },
            "troubled      slow_agent: nothing heard for the last 42.0 s"},
        row{"OnABadLine",
            [](call_record& r) {
              r.reason = end_reason::caller_hung_up;
              r.troubled = call_trouble{end_reason::caller_cut_off, milliseconds{2'000}};
            },
            "troubled      caller_cut_off"},
        row{"HowTheCallersAudioCame",
            [](call_record& r) {
              r.media.from_caller = {.gaps = 1,
                                     .gap_ms = 1'200,
                                     .longest_gap_ms = 1'200,
                                     .longest_pause_ms = 1'310,
                                     .late = 7,
                                     .lost = 3,
                                     .jitter_us = 900,
                                     .worst_jitter_us = 24'100};
            },
            "from caller   1 gap of 1.2 s in all, longest pause 1.3 s, 7 late, 3 lost, jitter 24 ms at worst"},
        row{"HowTheAgentsAudioCame",
            [](call_record& r) {
              r.media.to_caller = {.chunks = 120,
                                   .audio_ms = 56'000,
                                   .pauses = 2,
                                   .longest_pause_ms = 410,
                                   .marks = 280,
                                   .mean_lag_ms = 40,
                                   .worst_lag_ms = 310};
            },
            "to caller     120 chunks of 56.0 s in all, 2 pauses, heard 310 ms late at worst"},
        row{"NeverAnswered", [](call_record& r) { r.ended = r.started + milliseconds{500}; },
            "length        the caller's stream never started"},
        row{"NotOver", [](call_record& r) { r.answered = r.started; }, "length        not over"},
        row{"Length",
            [](call_record& r) {
              r.answered = r.started + milliseconds{500};
              r.ended = r.started + milliseconds{3250};
            },
            "length        2.8 s, from the stream's start"},
        row{"Agent", [](call_record& r) { r.restarts = 1; }, "agent         agent_abc, 1 restart, 0 interruptions"},
        row{"LongTranscript", [](call_record& r) { r.lines_left_out = 12; },
            "transcript    the newest lines: 12 older ones were left out"},
        row{"NoAgent", [](call_record& r) { r.agent = {}; }, "agent         none, 0 restarts, 0 interruptions"},
        row{"Audio", [](call_record& r) { r.media = {1, 0, 7, 0, 0, {}}; },
            "audio         1 frame from the caller, 0 to the caller, 7 dropped"},
        row{"OpenConversation",
            [](call_record& r) {
              r.conversations = {{{"conv_1"}, r.started, {}, {}}};
            },
            "conversation  conv_1, open"},
        row{"ClosedConversation",
            [](call_record& r) {
              r.conversations = {{{"conv_1"}, r.started, r.started, 1000}};
            },
            "conversation  conv_1, closed with 1000"},
        row{"NoFallback", [](call_record& r) { r.reason = end_reason::agent_lost; },
            "fallback      none: Twilio never asked what comes next"},
        row{"Fallback",
            [](call_record& r) {
              r.reason = end_reason::agent_lost;
              r.fallback = "sentence";
            },
            "fallback      sentence"},
        row{"Voicemail",
            [](call_record& r) {
              r.voicemail = {{"RE1", "https://api.twilio.com/RE1", 12, r.started}};
            },
            "voicemail     RE1, 12 s"}),
    [](const auto& of) { return of.param.name; });

TEST(CallRecordWordsOfAnOrdinaryCall, SayNothingOfAFallbackNorWhatWasSaid) {
  auto record = a_record();
  record.reason = end_reason::caller_hung_up;
  record.transcript = {{false, "a secret", record.started, "a secret", 1}};
  const auto words = in_plain_words(record);
  EXPECT_EQ(words.find("fallback"), std::string::npos) << words;
  EXPECT_EQ(words.find("secret"), std::string::npos) << words;
}

}  // namespace
}  // namespace tonris::model
