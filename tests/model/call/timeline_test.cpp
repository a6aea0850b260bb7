#include "model/call/timeline.hpp"

#include <gtest/gtest.h>

#include <set>

#include "model/call/end_reason.hpp"
#include "model/call/timeline_words.hpp"

namespace tonris::model {
namespace {

const call_sid call{"CA00000000000000000000000000000001"};

timeline_event event(std::int64_t ms, call_moment what, std::string detail = "") {
  return {call, std::chrono::system_clock::time_point{std::chrono::milliseconds{1795341600000 + ms}}, what,
          std::move(detail)};
}

const std::vector<timeline_event> some_events{event(0, call_moment::webhook, "tenant salon-1"),
                                              event(12'410, call_moment::agent_ended, "agent_lost, reset by peer")};

TEST(CallMoment, ComesBackFromItsOwnName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < call_moment_count; ++i) {
    const auto moment = static_cast<call_moment>(i);
    EXPECT_TRUE(names.insert(to_string(moment)).second) << to_string(moment);
    EXPECT_EQ(parse_call_moment(to_string(moment)), moment);
  }
  EXPECT_EQ(to_string(call_moment::webhook), "webhook");
  EXPECT_EQ(to_string(call_moment::hold_tone), "hold_tone");
  EXPECT_EQ(to_string(call_moment::ended), "ended");
  EXPECT_FALSE(parse_call_moment("Webhook"));
  EXPECT_FALSE(parse_call_moment(""));
}

TEST(CallEventLog, IsAListInJsonAndComesBackFromIt) {
  EXPECT_EQ(to_json(some_events),
            R"([{"at":"2026-11-22T10:00:00.000Z","what":"webhook","detail":"tenant salon-1"},)"
            R"({"at":"2026-11-22T10:00:12.410Z","what":"agent_ended","detail":"agent_lost, reset by peer"}])");
  EXPECT_EQ(parse_events(call, to_json(some_events)), some_events);
  EXPECT_EQ(to_json(std::vector<timeline_event>{}), "[]");
  EXPECT_EQ(parse_events(call, "[]"), std::vector<timeline_event>{});
  const std::vector bare{event(0, call_moment::interrupted)};
  EXPECT_EQ(parse_events(call, to_json(bare)), bare);
}

TEST(CallEventLog, IsJsonWhateverBytesADetailHolds) {
  const std::vector bad{event(0, call_moment::caller_said, "a\xff\"\n" + std::string(1, '\0'))};
  const auto back = parse_events(call, to_json(bad));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->front().detail, "a\xef\xbf\xbd\"\n" + std::string(1, '\0'));
}

TEST(CallEventLog, KeepsFiveHundredBytesOfADetailAndCutsNoCharacterInTwo) {
  std::string detail(499, 'a');
  detail += "\xc3\xa9\xc3\xa9";
  const auto back = parse_events(call, to_json({event(0, call_moment::agent_said, detail)}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->front().detail, std::string(499, 'a'));
}

TEST(CallEventLog, OverlooksFieldsItDoesNotKnow) {
  EXPECT_TRUE(parse_events(call, R"([{"at":"2026-11-22T10:00:00.000Z","what":"webhook","more":[{}]}])"));
}

TEST(CallEventLog, RefusesWhatIsNoListOfEvents) {
  for (const auto* json :
       {"", "{}", "[1]", "[{}]", "[null]", R"([{"at":"2026-11-22T10:00:00.000Z"}])", R"([{"what":"webhook"}])",
        R"([{"at":"yesterday","what":"webhook"}])", R"([{"at":"2026-11-22T10:00:00.000Z","what":"teatime"}])",
        R"([{"at":"2026-11-22T10:00:00.000Z","what":"webhook","detail":7}])", "[]]", "[[[["})
    EXPECT_FALSE(parse_events(call, json)) << json;
  EXPECT_EQ(parse_events(call, std::string(100'000, '[')).error(), codec_errc::too_many);
}

TEST(CallTimeline, IsALineAnEvent) {
  EXPECT_EQ(in_plain_words({event(0, call_moment::webhook, "tenant salon-1"), event(310, call_moment::stream_opened),
                            event(900, call_moment::agent_ready, "conv_1, ulaw_8000 both ways"),
                            event(12'410, call_moment::agent_ended, "agent_lost, reset by peer"),
                            event(13'410, call_moment::hold_tone, "began"),
                            event(101'000, call_moment::ended, "agent_lost, by network")}),
            "   0.00 s  Twilio asked what to do with the call (tenant salon-1)\n"
            "  +0.31 s  the caller's stream connected\n"
            "  +0.90 s  the agent was ready (conv_1, ulaw_8000 both ways)\n"
            " +12.41 s  the agent's connection broke: agent_lost, reset by peer\n"
            " +13.41 s  the hold tone began\n"
            "+101.00 s  the call ended: agent_lost, by network\n");
}

TEST(CallTimeline, OfAPlacedCallSpeaksOfThePersonCalled) {
  const std::vector events{event(0, call_moment::stream_started, "MZ1"),
                           event(2'000, call_moment::caller_said, "I am the caller"),
                           event(5'000, call_moment::stream_ended, "the person called hung up")};
  EXPECT_EQ(in_plain_words(events, "outbound-api"),
            "  0.00 s  the called person's stream started (MZ1)\n"
            " +2.00 s  the person called spoke: I am the caller\n"
            " +5.00 s  the called person's stream ended: the person called hung up\n")
      << "and what somebody said stays as it was said";
  EXPECT_EQ(in_plain_words(events, "inbound"), in_plain_words(events));
}

TEST(CallTimeline, CountsFromTheEarliestEventWhateverTheirOrder) {
  EXPECT_EQ(
      in_plain_words({event(500, call_moment::ended, "caller_hung_up, by caller"), event(0, call_moment::webhook)}),
      "  0.00 s  Twilio asked what to do with the call\n"
      " +0.50 s  the call ended: caller_hung_up, by caller\n");
}

TEST(CallTimeline, KnowsTheEndItTells) {
  const auto refused = end_of({event(0, call_moment::webhook), event(0, call_moment::refused, "node_full")});
  EXPECT_TRUE(refused.known && refused.refused);
  EXPECT_EQ(refused.reason, end_reason::node_full);
  const auto late = end_of({event(500, call_moment::ended, "agent_lost, by network"), event(0, call_moment::webhook)});
  EXPECT_TRUE(late.known && !late.refused);
  EXPECT_EQ(late.reason, end_reason::agent_lost);
  EXPECT_EQ(end_of({event(0, call_moment::ended, "agent_lost: reset by peer")}).reason, end_reason::agent_lost);
  EXPECT_EQ(end_of({event(0, call_moment::refused, "closed")}).reason, end_reason::closed);
  EXPECT_FALSE(end_of({event(0, call_moment::ended, "because")}).reason);
  EXPECT_FALSE(end_of({event(0, call_moment::webhook)}).known);
  EXPECT_FALSE(end_of({}).known);
}

TEST(CallTimeline, TellsAnOrdinaryEndOfAConnectionFromABrokenOne) {
  const auto ordinary = in_plain_words(
      {event(0, call_moment::agent_ended, "agent_ended"), event(0, call_moment::stream_ended, "stopped")});
  EXPECT_NE(ordinary.find("the agent's connection ended: agent_ended"), std::string::npos) << ordinary;
  EXPECT_NE(ordinary.find("the caller's stream ended: stopped"), std::string::npos) << ordinary;
  const auto ours = in_plain_words(
      {event(0, call_moment::agent_ended, "closed by us"), event(0, call_moment::stream_ended, "closed by us")});
  EXPECT_EQ(ours,
            "  0.00 s  the agent's connection ended: closed by us\n"
            "  0.00 s  the caller's stream ended: closed by us\n")
      << "\"closed\" is a reason too";
  const auto broken = in_plain_words({event(0, call_moment::stream_ended, "stream_lost, 1006")});
  EXPECT_NE(broken.find("the caller's stream broke: stream_lost, 1006"), std::string::npos) << broken;
}

TEST(CallTimeline, HasWordsForEveryMoment) {
  for (std::size_t i = 0; i < call_moment_count; ++i) {
    const auto text = in_plain_words({event(0, static_cast<call_moment>(i), "x")});
    EXPECT_EQ(text.find("something happened"), std::string::npos) << text;
  }
}

TEST(CallTimeline, CannotBeMadeToDriveATerminal) {
  const auto text = in_plain_words({event(0, call_moment::caller_said, "a\x1b[2J\r\nb")});
  EXPECT_NE(text.find("the caller spoke: a [2J  b\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace tonris::model
