#include "model/call/story.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tonris::model {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const call_record::time ten_o_clock = *parse_iso_time("2026-11-22T10:00:00.250Z");

timeline_event event(std::int64_t ms, call_moment what, std::string detail = "") {
  return {{"CA1"}, ten_o_clock + std::chrono::milliseconds{ms}, what, std::move(detail)};
}

call_record a_record(std::optional<end_reason> reason) {
  call_record r;
  r.call.value = "CA1";
  r.tenant.value = "salon-1";
  r.from = "+15550100001";
  r.to = "+15550100002";
  r.agent.value = "agent_abc";
  r.started = r.answered.emplace(ten_o_clock);
  r.reason = reason;
  if (reason) r.ended = r.started + std::chrono::seconds{60};
  return r;
}

TEST(CallStory, BeginsWithWhenWhoseAndBetweenWhom) {
  const auto record = a_record(end_reason::caller_hung_up);
  const auto story = call_story({event(0, call_moment::webhook, "tenant salon-1")}, &record);
  EXPECT_THAT(story,
              StartsWith("Call CA1, 2026-11-22 10:00:00 UTC, from +1555... to +15550100002, tenant salon-1, agent "
                         "agent_abc\n  0.00 s  Twilio asked"));
  EXPECT_THAT(story, Not(HasSubstr("+15550100001")));
}

TEST(CallStory, SaysWhoNobodyWas) {
  auto record = a_record(end_reason::unknown_number);
  record.tenant = {};
  record.agent = {};
  EXPECT_THAT(call_story({}, &record), HasSubstr("to +15550100002, tenant none, agent none\n"));
}

TEST(CallStory, EndsWithWhatToDo) {
  const auto record = a_record(end_reason::agent_auth_failed);
  EXPECT_THAT(call_story({}, &record), EndsWith("\nWhat to do: check ELEVENLABS_API_KEY, and that "
                                                "ELEVENLABS_API_BASE_URL is the region it was made in.\n"));
}

TEST(CallStory, JudgesAnOrdinaryEndByTheWholeCall) {
  auto record = a_record(end_reason::caller_hung_up);
  record.restarts = 5;
  record.troubled = call_trouble{end_reason::slow_agent, std::chrono::milliseconds{41'600}};
  const auto story = call_story({event(60'000, call_moment::ended, "caller_hung_up")}, &record);
  EXPECT_THAT(story, HasSubstr("\nWhy it ended: The caller gave up: he heard nothing for 42 s, 5 restarts, slow_agent. "
                               "ElevenLabs did not take the caller's audio fast enough. It was caused by the vendor "
                               "(ElevenLabs) (slow_agent).\n"));
  EXPECT_THAT(story, EndsWith("What to do: check the network to ElevenLabs and its status page.\n"));
}

TEST(CallStory, TellsWhoEndedATroubledCallInHisPlace) {
  auto record = a_record(end_reason::max_duration);
  record.restarts = 1;
  record.troubled = call_trouble{end_reason::agent_lost, std::chrono::seconds{9}};
  EXPECT_THAT(call_story({}, &record), HasSubstr("longest time the tenant allows. Its caller heard nothing for 9 s, 1 "
                                                 "restart, agent_lost. "));
}

TEST(CallStory, SaysThatAStreamCameBackWhereItDid) {
  using std::chrono::milliseconds;
  auto record = a_record(end_reason::caller_hung_up);
  record.troubled = call_trouble{end_reason::stream_lost, std::chrono::seconds{7}};
  record.streams = {{{"MZ1"}, record.started, record.started + milliseconds{52'100}}};
  constexpr auto* for_good = "The caller's media stream broke and did not come back. It was caused by the network";
  EXPECT_THAT(call_summary({}, record), HasSubstr(for_good));
  record.streams.push_back({{"MZ2"}, record.started + milliseconds{53'000}, record.ended});
  EXPECT_THAT(call_summary({}, record),
              HasSubstr("The caller gave up: he heard nothing for 7 s, stream_lost. The caller's media stream broke "
                        "and came back after 0.9 s. It was caused by the network (stream_lost).\n"));
  record.streams.back().ended = *record.ended - std::chrono::seconds{3};
  EXPECT_THAT(call_summary({}, record), HasSubstr(for_good)) << "the second one broke as well";
  record.streams.back().ended = record.ended;
  record.troubled->reason = end_reason::slow_caller;
  EXPECT_THAT(call_summary({}, record), HasSubstr("slow_caller. Twilio did not take the agent's audio fast enough. "));
}

TEST(CallStory, SaysInShortWhatStandsBehindTheReason) {
  auto record = a_record(end_reason::callee_no_answer);
  record.end_detail = "SIP 487\n";
  EXPECT_THAT(call_summary({}, record), HasSubstr("It was caused by the caller (callee_no_answer: SIP 487 ).\n"));
}

TEST(CallStory, OfAPlacedCallSpeaksOfThePersonCalled) {
  auto record = a_record(end_reason::caller_hung_up);
  record.direction = "outbound-api";
  const std::vector events{event(0, call_moment::webhook), event(2000, call_moment::new_stream),
                           event(5000, call_moment::stream_ended, "the person called hung up"),
                           event(5000, call_moment::ended, "caller_hung_up")};
  for (const auto& told : {call_story(events, &record), call_summary(events, record)}) {
    EXPECT_THAT(told, HasSubstr("Why it ended: The person called hung up. It was caused by the person called "
                                "(caller_hung_up).\nBefore that the called person's stream broke once.\n"));
    EXPECT_THAT(told, Not(HasSubstr("the caller")));
  }
  EXPECT_THAT(call_summary(events, record), HasSubstr(": new_stream\n")) << "that he hung up is nothing of note";
  record.troubled = call_trouble{end_reason::agent_lost, std::chrono::seconds{9}};
  EXPECT_THAT(call_summary({}, record), HasSubstr("Why it ended: The person called gave up: he heard nothing for 9 s"));
  record.reason = end_reason::max_duration;
  EXPECT_THAT(call_summary({}, record), HasSubstr("the tenant allows. The person called heard nothing for 9 s"));
  record.troubled.reset();
  record.reason = end_reason::callee_busy;
  EXPECT_THAT(call_summary({}, record), HasSubstr("It was caused by the person called (callee_busy).\n"));
}

TEST(CallStory, QuotesTheLegsToTwilioAsWell) {
  auto record = a_record(end_reason::transferred);
  record.streams.push_back({{"MZ1"}, record.started, {}});
  record.legs = {{{"CA2"}, "no-answer", 0, record.started, {}}};
  EXPECT_THAT(call_summary({}, record), HasSubstr("\nFor Twilio: CA1, MZ1, CA2\n"));
}

TEST(CallStory, LeavesAnOrdinaryEndOrdinary) {
  const auto record = a_record(end_reason::caller_hung_up);
  const auto story = call_story({}, &record);
  EXPECT_THAT(
      story, HasSubstr("Why it ended: The caller hung up. It was caused by the caller (caller_hung_up).\nIn short:\n"));
  EXPECT_THAT(story, EndsWith("What to do: nothing, this is an ordinary end.\n"));
}

TEST(CallStory, NamesAFailureThatWasBroughtAboutOnPurpose) {
  const auto record = a_record(end_reason::agent_timeout);
  const std::vector events{event(0, call_moment::rehearsal, "slowVendor: planned"),
                           event(2000, call_moment::rehearsal, "slowVendor: now"),
                           event(3000, call_moment::ended, "agent_timeout")};
  for (const auto& told : {call_story(events, &record), call_summary(events, record)}) {
    EXPECT_THAT(told, HasSubstr("\nA failure was brought about on purpose: slowVendor, which the tenant's "
                                "settings.rehearsal wants.\n"));
    EXPECT_THAT(told, HasSubstr("\nWhat to do: nothing where that was wanted, else take settings.rehearsal"));
    EXPECT_THAT(told, Not(HasSubstr("status page"))) << "ElevenLabs has done nothing";
  }
  EXPECT_THAT(call_story({event(0, call_moment::rehearsal, "slowVendor: refused: the caller is not listed")}, &record),
              Not(HasSubstr("on purpose")));
}

TEST(CallStory, SaysWhatBrokeBeforeAnEndThatLooksOrdinary) {
  auto record = a_record(end_reason::caller_hung_up);
  record.restarts = 1;
  const std::vector events{event(1000, call_moment::agent_restart, "agent_lost"), event(2000, call_moment::new_stream),
                           event(3000, call_moment::new_stream), event(5000, call_moment::agent_ended, "closed by us"),
                           event(5000, call_moment::ended, "caller_hung_up")};
  const std::string words = "\nBefore that the agent was connected anew once, and the caller's stream broke 2 times.\n";
  EXPECT_THAT(call_story(events, &record), HasSubstr(words));
  const auto summary = call_summary(events, record);
  EXPECT_THAT(summary, HasSubstr(words));
  EXPECT_THAT(summary, HasSubstr("; 1 restart."));
  EXPECT_THAT(summary, HasSubstr(": new_stream\n")) << "last of note is what broke, not our own tidying up";
  EXPECT_LE(std::count(summary.begin(), summary.end(), '\n'), 10);
}

TEST(CallStory, SaysWhyTheAgentWasConnectedAnew) {
  const auto record = a_record(end_reason::caller_hung_up);
  const std::string inaudible = "agent_not_audible: the agent answers, and nothing of it was heard for 13 s";
  std::vector events{event(0, call_moment::rehearsal, "agentSilent: planned"),
                     event(9000, call_moment::rehearsal, "agentSilent: now"),
                     event(22'000, call_moment::agent_ended, inaudible),
                     event(22'000, call_moment::agent_restart, "number 1, in 57 ms"),
                     event(22'300, call_moment::agent_ready),
                     event(60'000, call_moment::agent_ended, "closed by us"),
                     event(60'000, call_moment::ended, "caller_hung_up")};
  const auto once = call_summary(events, record);
  EXPECT_THAT(once, HasSubstr("\nBefore that the agent was connected anew once (" + inaudible + ").\n"));
  EXPECT_THAT(once, HasSubstr("\nA failure was brought about on purpose: agentSilent, which"));
  events.insert(events.end() - 2, {event(30'000, call_moment::agent_ended, "agent_lost: reset\x1b[2J"),
                                   event(30'000, call_moment::agent_restart, "number 2, in 90 ms"),
                                   event(30'300, call_moment::agent_ready)});
  EXPECT_THAT(
      call_summary(events, record),
      HasSubstr("\nBefore that the agent was connected anew 2 times (the last time: agent_lost: reset [2J).\n"));
}

TEST(CallStory, NamesTheAgentThatIsGoneAtElevenLabsAndWhatToDo) {
  const auto record = a_record(end_reason::caller_hung_up);
  const std::string why = "agent_not_found: signed URL: HTTP 404";
  std::vector events{
      event(0, call_moment::webhook, "tenant salon-1, agent agent_gone"),
      event(40, call_moment::signed_url, why),
      event(40, call_moment::agent_restart, "with the next agent, agent_b, instead of agent_gone: " + why),
      event(900, call_moment::agent_ready),
      event(60'000, call_moment::agent_ended, "closed by us"),
      event(60'000, call_moment::ended, "caller_hung_up")};
  for (const auto& told : {call_story(events, &record), call_summary(events, record)}) {
    EXPECT_THAT(told, HasSubstr("\nBefore that the call went on with agent agent_b instead of agent_gone, which "
                                "ElevenLabs does not know (agent_not_found: signed URL: HTTP 404).\n"));
    EXPECT_THAT(told, HasSubstr("\nWhat to do: compare the agent's id in the tenant's settings with ElevenLabs' list "
                                "of agents, in the same region (tonrisctl agent check, tonrisctl doctor).\n"));
    EXPECT_THAT(told, Not(HasSubstr("\nBefore that the agent was connected anew")));
  }
  events.insert(events.end() - 2, {event(30'000, call_moment::agent_ended, "agent_lost: reset"),
                                   event(30'000, call_moment::agent_restart, "number 2, in 90 ms"),
                                   event(30'300, call_moment::agent_ready)});
  const auto also_lost = call_summary(events, record);
  EXPECT_THAT(also_lost, HasSubstr("\nBefore that the agent was connected anew once (agent_lost: reset), and the call "
                                   "went on with agent agent_b instead of agent_gone, "));
  EXPECT_THAT(also_lost, HasSubstr("\nWhat to do: compare the agent's id ")) << "it is gone still";
}

TEST(CallStory, AdvisesOnWhatTheNextCallMeetsAsWell) {
  struct row {
    end_reason reason, ended;
    bool by_change, advises;
  };
  constexpr auto hung_up = end_reason::caller_hung_up;
  for (const auto& [reason, ended, by_change, advises] :
       std::vector<row>{{end_reason::agent_not_found, hung_up, true, true},
                        {end_reason::agent_out_of_credit, hung_up, true, true},
                        {end_reason::agent_refused, end_reason::agent_ended, true, true},
                        {end_reason::agent_audio_unknown, hung_up, true, true},
                        {end_reason::agent_auth_failed, hung_up, false, true},
                        {end_reason::agent_busy, end_reason::transferred, false, true},
                        {end_reason::agent_lost, hung_up, false, false},
                        {end_reason::agent_unreachable, hung_up, true, false},
                        {end_reason::agent_not_found, end_reason::stream_lost, true, false}}) {
    const auto record = a_record(ended);
    const auto why = std::string{to_string(reason)} + ": why";
    const auto anew = by_change ? "with the next agent, b, instead of a: " + why : std::string{"number 1, in 57 ms"};
    const std::vector events{event(10, call_moment::agent_ended, why), event(10, call_moment::agent_restart, anew),
                             event(900, call_moment::agent_ready),
                             event(60'000, call_moment::ended, std::string{to_string(ended)})};
    EXPECT_THAT(call_summary(events, record),
                HasSubstr("\nWhat to do: " + std::string{advice(advises ? reason : ended)} + "\n"))
        << why;
  }
}

TEST(CallStory, TellsOfAChangeOfAgentsThatAnOlderVersionHasNoted) {
  const auto record = a_record(end_reason::caller_hung_up);
  const std::vector events{event(40, call_moment::agent_restart, "with the next agent, agent_b: agent_timeout: late"),
                           event(60'000, call_moment::ended, "caller_hung_up")};
  EXPECT_THAT(call_summary(events, record), HasSubstr("\nBefore that the call went on with agent agent_b instead of "
                                                      "another, which did not serve (agent_timeout: late).\n"));
}

TEST(CallStory, TellsOfNoReasonThatBelongsToAnEarlierConversation) {
  const auto record = a_record(end_reason::caller_hung_up);
  const std::vector events{event(1000, call_moment::agent_ended, "agent_lost: reset"),
                           event(1000, call_moment::agent_restart, "number 1"),
                           event(1300, call_moment::agent_ready),
                           event(5000, call_moment::crashed, "the agent leg"),
                           event(5000, call_moment::agent_restart, "number 2"),
                           event(9000, call_moment::ended, "caller_hung_up")};
  EXPECT_THAT(call_summary(events, record), HasSubstr(" and the agent was connected anew 2 times.\n"));
}

TEST(CallStory, SaysWhatCrashedBeforeAnEndThatLooksOrdinary) {
  const auto record = a_record(end_reason::caller_hung_up);
  const std::vector events{event(1000, call_moment::crashed, "tonris.call"),
                           event(1001, call_moment::resumed),
                           event(1500, call_moment::agent_restart, "internal_error"),
                           event(2000, call_moment::new_stream),
                           event(5000, call_moment::stream_ended, "the caller hung up"),
                           event(5000, call_moment::ended, "caller_hung_up")};
  const auto summary = call_summary(events, record);
  EXPECT_THAT(summary,
              HasSubstr("\nBefore that a part of the call crashed once, the agent was connected anew once, and "
                        "the caller's stream broke once.\n"));
  EXPECT_THAT(summary, HasSubstr(": new_stream\n")) << "that the caller hung up is nothing of note";
  EXPECT_THAT(call_summary({event(1000, call_moment::crashed, "tonris.call")}, record), Not(HasSubstr("Before that")))
      << "it goes on";
}

TEST(CallStory, SaysWhatWasWrongWithTheAudioAndWhoseThatIs) {
  auto record = a_record(end_reason::caller_hung_up);
  for (const auto& told : {call_story({}, &record), call_summary({}, record)})
    EXPECT_THAT(told, Not(HasSubstr("Audio:"))) << "nothing was";
  record.troubled = call_trouble{end_reason::caller_cut_off, std::chrono::seconds{2}};
  record.media.from_caller = {.gaps = 14, .gap_ms = 4'200, .cut_ms = 3'900, .longest_gap_ms = 1'200};
  for (const auto& told : {call_story({}, &record), call_summary({}, record)}) {
    EXPECT_THAT(told, HasSubstr("The caller gave up: he was on a bad line, caller_cut_off. Parts of what the caller "
                                "said never came. It was caused by the network"));
    EXPECT_THAT(told,
                HasSubstr("\nAudio: The caller's audio had 14 gaps, 4.2 s in all, the longest 1.2 s: his carrier"));
    EXPECT_THAT(told, HasSubstr("What to do: if it comes often, ask Twilio with the stream's SID"));
  }
}

TEST(CallStory, SaysThatTheCallerHeardNothingOfAnAgentThatWasThere) {
  using std::chrono::milliseconds;
  struct row {
    std::int64_t from, to;
    std::uint64_t heard_ms;
    bool told;
  };
  for (const auto& [from, to, heard_ms, told] : std::vector<row>{{1'000, 13'000, 0, true},
                                                                 {1'000, 13'000, 20, false},
                                                                 {1'000, 5'900, 0, false},
                                                                 {1'000, 6'000, 0, true},
                                                                 {-9'000, 4'900, 0, false}}) {
    auto record = a_record(end_reason::agent_ended);
    record.media.heard_ms = heard_ms;
    record.conversations = {{{"conv_1"}, record.started + milliseconds{from}, record.started + milliseconds{to}, {}}};
    for (const auto& story : {call_story({}, &record), call_summary({}, record)})
      EXPECT_EQ(story.find("\nAudio: The caller heard nothing of the agent.\n") != std::string::npos, told)
          << from << ' ' << to << ' ' << heard_ms;
  }
  auto record = a_record(end_reason::caller_hung_up);
  record.conversations = {{{"conv_1"}, record.started, {}, {}}};
  EXPECT_THAT(call_summary({}, record), HasSubstr("\nAudio: The caller heard nothing of the agent.\n"));
  record.direction = "outbound-api";
  record.media.from_caller = {.gaps = 14, .gap_ms = 4'200, .longest_gap_ms = 1'200};
  EXPECT_THAT(call_summary({}, record),
              HasSubstr("\nAudio: The person called heard nothing of the agent. The called person's audio had 14 "));
  record.ended.reset();
  EXPECT_THAT(call_summary({}, record), Not(HasSubstr("heard nothing"))) << "it goes on";
  record.ended = record.started;
  record.answered.reset();
  EXPECT_THAT(call_summary({}, record), Not(HasSubstr("heard nothing"))) << "he was never on the line";
}

TEST(CallStory, OfACallToWhichEverythingHappenedHasTenLines) {
  auto record = a_record(end_reason::caller_hung_up);
  record.media.from_caller = {.gaps = 14, .gap_ms = 4'200, .longest_gap_ms = 1'200, .late = 80, .lost = 3};
  record.media.to_caller = {
      .pauses = 3, .longest_pause_ms = 900, .marks = 90, .mean_lag_ms = 900, .worst_lag_ms = 2'300};
  record.conversations.push_back({{"conv_1"}, record.started, {}, {}});
  const std::vector events{event(0, call_moment::rehearsal, "slowVendor: now"),
                           event(1000, call_moment::agent_restart, "agent_lost"), event(2000, call_moment::new_stream),
                           event(5000, call_moment::ended, "caller_hung_up")};
  const auto summary = call_summary(events, record);
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), 10) << summary;
}

TEST(CallStory, GoesByTheTimelineWhereThereIsNoRecord) {
  EXPECT_EQ(call_story({event(0, call_moment::webhook), event(0, call_moment::refused, "node_full")}, nullptr),
            "  0.00 s  Twilio asked what to do with the call\n"
            "  0.00 s  the call was refused: node_full\n"
            "Why it was refused: This node already had as many calls as it may take (MAX_CALLS). It was caused by this "
            "gateway (node_full).\n"
            "What to do: raise MAX_CALLS if the machine has room for more calls.\n");
}

TEST(CallStory, SaysSoWhenTheEndIsNotThere) {
  EXPECT_EQ(call_story({}, nullptr), "Nothing is known of this call.\n");
  EXPECT_THAT(call_story({event(0, call_moment::webhook)}, nullptr),
              EndsWith("It has not ended yet, as far as is known.\n"));
  EXPECT_THAT(call_story({event(0, call_moment::ended, "because")}, nullptr),
              EndsWith("Why it ended: nobody wrote down a reason.\n"));
  const auto live = a_record({});
  EXPECT_THAT(call_story({}, &live), HasSubstr("\nIt has not ended yet, as far as is known.\nIn short:\n"));
}

TEST(CallStory, CannotBeMadeToDriveATerminal) {
  auto record = a_record({});
  record.to = "\x1b[2J\n";
  EXPECT_THAT(call_story({}, &record), HasSubstr(" to  [2J , tenant"));
}

}  // namespace
}  // namespace tonris::model
