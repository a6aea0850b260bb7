// A call survives its failures: each row of docs/failures.md caused for real, between the real binary and strict peers.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <thread>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/broken_agent.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"
#include "tests/sanitized.hpp"
#include "tools/sim/twilio/caller_faults.hpp"
#include "tools/sim/wire/frames.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

double tone_share(std::span<const std::uint8_t> ulaw) {  // Goertzel at 425 Hz, against the whole energy
  const double k = 2 * std::cos(2 * std::numbers::pi * 425 / 8000);
  double s1 = 0, s2 = 0, energy = 0;
  for (const auto byte : ulaw) {
    const int u = ~byte & 0xFF;
    const int magnitude = (((u & 0x0F) << 3) + 0x84) << ((u & 0x70) >> 4);
    const double x = (u & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84;
    const double s = x + k * s1 - s2;
    s2 = s1;
    s1 = s;
    energy += x * x;
  }
  if (energy < 1) return 0;
  return 2 * (s1 * s1 + s2 * s2 - k * s1 * s2) / (energy * static_cast<double>(ulaw.size()));
}

TEST(AgentGap, IsFilledWithAHoldToneFromOneSecondOn) {
  world w([](const std::string&, std::uint64_t number) {
    auto agent = quiet_agent();
    if (number == 1) {
      agent.failure = breaks(sim::agent_failure::manner::drop, 500ms);
    } else {
      agent.signed_url.delay = 1800ms;
      agent.metadata_delay = 1500ms;
    }
    return std::optional{agent};
  });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 6s;
  silent says(400);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  std::size_t tone = 0;
  for (std::size_t at = 0; at + 160 <= hears.ear.size(); at += 160)
    tone += tone_share(std::span{hears.ear}.subspan(at, 160)) > 0.7;
  EXPECT_GE(tone, 25u) << "half a second of each, of the two seconds and a bit";
  EXPECT_LE(tone, 120u);
  EXPECT_TRUE(has(w.events(report.call_sid), "hold_tone"));
}

TEST(CallerLeg, ThatDropsGetsANewStreamAndTheSameConversation) {
  for (const auto how : {sim::drop_manner::fin, sim::drop_manner::reset}) {
    world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
    w.start_gateway();
    auto options = w.caller();
    options.hang_up_after = 4s;
    options.faults.drops = {{1s, how, 100ms}, {2s, how, 100ms}};
    identified_frames says(9, 150);
    listener hears;
    const auto report = w.call(options, says, hears);
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_EQ(report.streams.size(), 3u);
    const auto record = w.record(report.call_sid);
    EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
    EXPECT_EQ(count_of(record, "conversationId"), 1u) << record;
    EXPECT_EQ(count_of(record, "streamSid"), 3u) << record;
  }
}

TEST(CallerLeg, ThatFallsSilentEndsTheCallAfterTenSecondsAndTheConversationWithIt) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway();
  auto options = w.caller();
  options.faults.drops = {{500ms, sim::drop_manner::silent, 0ms}};
  const auto report = w.call(options);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_TRUE(has(w.record(report.call_sid), R"("endReason":"stream_idle")")) << w.record(report.call_sid);
  EXPECT_EQ(report.spoken.size(), 1u) << "who is on the line still hears a sentence";
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s));
}

TEST(CallerLeg, ThatARedirectTookAwayComesBackToANewConversation) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 3s;
  options.faults.redirects = {{1s, 300ms}};
  identified_frames says(9, 150);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_EQ(report.streams.size(), 2u);
  EXPECT_EQ(report.streams[1].ended_by, "caller");
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_EQ(count_of(record, "streamSid"), 2u) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 2u) << record;
  EXPECT_TRUE(has(w.events(report.call_sid), "the caller is back on the line"));
}

TEST(CallerLeg, ThatHangsUpEndsTheConversationWithinASecond) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 1s;
  std::chrono::steady_clock::time_point hung_up;
  options.on_hung_up = [&](const std::string&) { hung_up = std::chrono::steady_clock::now(); };
  (void)w.call(options);
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 5s));
  EXPECT_LT(std::chrono::steady_clock::now() - hung_up, 2s) << "a second, and what this machine needs";
}

TEST(Fallback, TransfersThenTakesAMessageAndKeepsItWithTheCall) {
  auto failing = breaks(sim::agent_failure::manner::close, 300ms, 1008);
  failing.reason = "Override is not allowed";
  world w([&](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.failure = failing;
    return std::optional{agent};
  });
  w.start_gateway(one_tenant(R"("fallback":{"say":"One moment.","transferTo":"+15550109999","voicemail":true})"));
  auto options = w.caller();
  options.twiml.dial_outcome = "no-answer";
  const auto report = w.call(options);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_EQ(report.dials.size(), 1u);
  EXPECT_EQ(report.dials[0].numbers, std::vector<std::string>{"+15550109999"});
  EXPECT_EQ(report.dials[0].caller_id, "+15550100002");
  EXPECT_EQ(report.messages_kept, 1u);
  ASSERT_EQ(report.recording_sids.size(), 1u);
  const auto record = w.record(report.call_sid, report.recording_sids[0]);
  EXPECT_TRUE(has(record, R"("endReason":"agent_refused")")) << record;
  EXPECT_TRUE(has(record, report.recording_sids[0])) << record;
}

/// Its callers leave messages.
std::optional<sim::agent_behaviour> refusing_agent(const std::string&, std::uint64_t) {
  auto agent = quiet_agent();
  agent.failure = breaks(sim::agent_failure::manner::close, 300ms, 1008);
  return agent;
}

/// Twilio's report of a message: what it is answered.
unsigned tells_of_message(world& w, const std::string& call_sid, const std::string& recording) {
  std::promise<unsigned> answered;
  w.post_webhook(call_sid, [&](const sim::webhook_poster::answer& got) { answered.set_value(got.status); },
                 "/api/webhooks/twilio/recording-status", "completed",
                 {{"RecordingSid", recording},
                  {"RecordingUrl", "https://recordings.example/" + recording},
                  {"RecordingStatus", "completed"},
                  {"RecordingDuration", "7"}});
  return answered.get_future().get();
}

TEST(Fallback, KeepsAMessageThatIsReportedAfterTheNodeHasStartedAgain) {
  world w(refusing_agent);
  w.start_gateway(one_tenant(R"("fallback":{"voicemail":true})"));
  const auto report = w.call(w.caller());
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  const std::string late = "RE000000000000000000000000000000ff";
  EXPECT_EQ(w.gateway().stop(), 0);
  w.gateway().start_again();
  for (int times = 0; times < 2; ++times)  // Twilio may report it twice
    EXPECT_EQ(tells_of_message(w, report.call_sid, late), 204u);
  const auto record = w.record(report.call_sid, late);
  EXPECT_TRUE(has(record, R"("endReason":"agent_refused")")) << record;
  EXPECT_EQ(count_of(record, R"("recordingSid":")" + late), 1u) << record;
  EXPECT_EQ(count_of(record, "recordingSid"), 1 + report.recording_sids.size()) << record;
}

/// Twilio tells of it once: who has answered has it, whatever happens next.
TEST(Fallback, KeepsEachMessageThatTwilioWasAnsweredForThoughTheNodeIsKilledAtOnce) {
  world w(refusing_agent);
  w.start_gateway(one_tenant(R"("fallback":{"voicemail":true})"));
  const auto report = w.call(w.caller());
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  for (const char last : {'a', 'b', 'c'}) {  // to its supervisor, then to the store of its next lives
    const std::string message = "RE0000000000000000000000000000000" + std::string{last};
    EXPECT_EQ(tells_of_message(w, report.call_sid, message), 204u);
    w.gateway().kill();
    w.gateway().start_again();
    const auto record = w.record(report.call_sid, message);
    EXPECT_EQ(count_of(record, R"("recordingSid":")" + message), 1u) << record;
  }
}

TEST(Node, GivesTheFallbackAtTheWebhookWhenItIsFull) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway(one_tenant(R"("fallback":{"transferTo":"+15550109999"})"), {{"MAX_CALLS", "1"}});
  auto first = w.caller();
  first.hang_up_after = 3s;
  silent says(200);
  listener hears;
  auto running = w.place(first, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 10s));
  auto second = w.caller();
  second.twiml.dial_outcome = "completed";
  const auto refused = w.call(second);
  EXPECT_TRUE(refused.violations.empty()) << violations_of(refused.violations.all());
  ASSERT_EQ(refused.dials.size(), 1u);
  EXPECT_TRUE(has(w.record(refused.call_sid), R"("endReason":"node_full")"));
  EXPECT_TRUE(has(w.record(refused.call_sid, R"("fallback":)"), R"("fallback":"transferred")"));
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_calls_refused_total{by="gateway",reason="node_full"})", 1));
  EXPECT_TRUE(running.get().violations.empty());
}

TEST(Node, ThatIsKilledTakesItsCallsUpAgainWhenItIsBack) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway(one_tenant(), {}, {.whose = door::handed});
  auto options = w.caller();
  options.hang_up_after = 6s;
  options.gateway_may_die = true;
  identified_frames says(3, 250);
  listener hears;
  auto call = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 10s));
  std::this_thread::sleep_for(1s);  // it talks, and the store has it
  w.gateway().kill();
  w.gateway().start_again();
  const auto report = call.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 2u);
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_EQ(count_of(record, "streamSid"), 2u) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 2u) << record;
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_calls_resumed_total{after="store"})", 1));
}

/// One node without a socket that stays: its manager starts it again as soon as its process is gone, and what Twilio
/// asks where nobody listens it asks again at once, as often as the address wants, and no more.
TEST(Node, ThatStopsAndStartsAgainLosesNoCall) {
  if (sanitized) GTEST_SKIP() << "a sanitized process takes seconds to start, and Twilio does not wait for it";
  constexpr std::uint32_t live_calls = 8, late_calls = 20;
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway(one_tenant(), {{"DRAIN_TIMEOUT", "3"}});
  std::vector<std::future<sim::caller_report>> live, late;
  silent says(4000);
  listener hears;
  const auto place = [&](std::chrono::milliseconds hang_up_after) {
    auto options = w.caller();
    options.hang_up_after = hang_up_after;
    options.gateway_may_die = true;
    options.twiml.fast = false;  // the pauses before each further question are real
    return w.place(options, says, hears);
  };
  for (std::uint32_t i = 0; i < live_calls; ++i) live.push_back(place(14s));
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == live_calls; }, 10s));
  w.gateway().signal(SIGTERM);
  ASSERT_TRUE(w.gateway().log_says("Draining"));
  EXPECT_TRUE(has(http_get(w.gateway(), "/ready"), "503"));
  for (std::uint32_t i = 0; i < late_calls; ++i) {
    late.push_back(place(1s));
    std::this_thread::sleep_for(std::chrono::milliseconds{3000 / late_calls});
  }
  EXPECT_EQ(w.gateway().wait_for_end(), 0);
  w.gateway().start_again();
  for (auto& call : live) {
    const auto report = call.get();
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_EQ(report.streams.size(), 2u) << report.ended_why;
    EXPECT_TRUE(has(w.record(report.call_sid), R"("endReason":"caller_hung_up")")) << w.record(report.call_sid);
  }
  std::size_t taken = 0;
  for (auto& call : late) {
    const auto report = call.get();
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_EQ(report.final_status, "completed") << report.ended_why;
    EXPECT_EQ(report.streams.size() + report.spoken.size(), 1u) << "an agent, or the fallback: never silence";
    taken += report.streams.size();
  }
  EXPECT_GE(taken, late_calls / 4) << "whoever comes late enough meets the next life";
}

TEST(Node, ThatStopsAnswersWhatTwilioAsksAfterItsLastCall) {
  auto failing = breaks(sim::agent_failure::manner::close, 1500ms, 1008);
  world w([&](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.failure = failing;
    return std::optional{agent};
  });
  w.start_gateway(one_tenant(R"("fallback":{"transferTo":"+15550109999","voicemail":true})"),
                  {{"DRAIN_TIMEOUT", "20"}});
  auto options = w.caller();
  options.twiml.dial_outcome = "no-answer";
  silent says(500);
  listener hears;
  auto live = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 10s));
  w.gateway().signal(SIGTERM);
  const auto report = live.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.dials.size(), 1u) << "the transfer is offered though no call lives any more";
  EXPECT_EQ(report.messages_kept, 1u);
  EXPECT_EQ(w.gateway().wait_for_end(), 0);
}

TEST(Rehearsal, CrashesTheActorsOfARealCallWhichGoesOnByteForByte) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway(one_tenant(R"("rehearsal":{"failure":"callCrash","afterSeconds":1,"callers":["+15550100001"]})"));
  auto options = w.caller();
  options.hang_up_after = 4s;
  identified_frames says(5, 150);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 1u);
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_actor_crashes_total{actor="tonris.call"})", 1));
  const auto said = identified_audio(5, 150);
  const auto heard = w.heard_by_agent(report.call_sid);
  ASSERT_GE(heard.size(), said.size());
  EXPECT_TRUE(std::equal(said.begin(), said.end(), heard.begin())) << "no frame was lost over the crash";
  EXPECT_TRUE(has(w.record(report.call_sid), R"("endReason":"caller_hung_up")"));
}

/// What `tonrisctl why` says of a call, from the running gateway.
shell_end why(world& w, const std::string& call_sid, const std::string& more = {}) {
  return shell("ADMIN_TOKEN=" + admin_token + " " + test::programs() + "/tonrisctl why " + call_sid + more +
               " --gateway " + w.gateway().origin());
}

TEST(Rehearsal, SilencesAnAgentWhoseCallerGivesUpAndWhySaysSo) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.greeting = sim::utterance{"Hello", "hello"};
    agent.otherwise = sim::utterance{"An answer", "answer"};
    return std::optional{agent};
  });
  w.start_gateway(one_tenant(R"("rehearsal":{"failure":"agentSilent","afterSeconds":2,"callers":["+15550100001"]})"));
  auto options = w.caller();
  options.hang_up_after = 12500ms;
  sim::recorded_source says(identified_audio(5, 30), 5s);  // he is answered at 6.5 s
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_GT(hears.audible_frames, 20u) << "the greeting";
  EXPECT_LT(hears.audible_frames, 30u) << "and not the answer";
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_TRUE(has(record, R"("troubled":{"reason":"agent_not_audible")")) << record;
  EXPECT_TRUE(has(record, R"("text":"An answer")")) << "its text came: " << record;
  EXPECT_EQ(count_of(record, "conversationId"), 1u) << record;
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_rehearsals_total{result="done"})", 1));
  const auto [status, told] = why(w, report.call_sid);
  EXPECT_EQ(status, 0) << told;
  EXPECT_TRUE(has(told, "The caller gave up: he heard nothing for 1")) << told;
  EXPECT_TRUE(has(told, " s, agent_not_audible. The agent answered, but nothing of it could be heard.")) << told;
  EXPECT_TRUE(has(told, "A failure was brought about on purpose: agentSilent, which")) << told;
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
}

TEST(Why, IsToldInPlainWords) {
  world w([](const std::string&, std::uint64_t number) {
    return std::optional{first_fails(breaks(sim::agent_failure::manner::drop, 500ms), number)};
  });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 2s;
  const auto report = w.call(options);
  const auto [status, told] = why(w, report.call_sid);
  EXPECT_EQ(status, 0) << told;
  EXPECT_TRUE(has(told, "the agent was connected anew once (agent_lost: ")) << told;
  EXPECT_TRUE(has(told, "It was caused by the caller")) << told;
  EXPECT_FALSE(has(told, admin_token));
  const auto all = why(w, report.call_sid, " --timeline").said;
  EXPECT_TRUE(has(all, "agent_lost")) << all;
}

}  // namespace
}  // namespace tonris::e2e
