// The agent is opened while the phone rings (settings.warmStart), and a caller's stream finds its call's agent
// whichever loop it was dealt to.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t greeting_id = 7;
constexpr std::uint64_t greeting_frames = 100;

/// A vendor who takes 0.2 s for an address and 0.4 s for a conversation, and whose agent greets.
std::optional<sim::agent_behaviour> greeter(const std::string&, std::uint64_t) {
  auto agent = quiet_agent();
  agent.greeting = sim::utterance{"Good morning.", "greeting"};
  agent.signed_url.delay = 200ms;
  agent.metadata_delay = 400ms;
  return agent;
}

struct placed_call {
  silent says;
  listener hears;
  std::shared_ptr<sim::twilio_caller> caller;
  std::future<sim::caller_report> report;
};

std::deque<placed_call> place(world& w, std::size_t count, const sim::caller_options& options) {
  std::deque<placed_call> all(count);
  for (auto& one : all) one.report = w.place(options, one.says, one.hears, &one.caller);
  return all;
}

/// From the stream's start to the first audio of the agent's.
double silence_of(const sim::caller_report& report) {
  return report.streams.at(0).first_audio_ms - report.streams.at(0).opened_ms;
}

double longest_silence(world& w, std::size_t calls) {
  auto options = w.caller();
  options.hang_up_after = 3s;
  options.start_after = 100ms;
  double longest = 0;
  for (auto& one : place(w, calls, options)) {
    const auto report = one.report.get();
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_EQ(frames_found(greeting_id, greeting_frames, one.hears.came), greeting_frames)
        << "the greeting, from its beginning";
    const auto record = w.record(report.call_sid);
    EXPECT_TRUE(has(record, R"("restarts":0,)")) << record;
    EXPECT_EQ(w.conversations(report.call_sid).size(), 1u);
    longest = std::max(longest, silence_of(report));
  }
  return longest;
}

TEST(WarmStart, CallersHearTheWholeGreetingAtOnceOnWhicheverLoopTheirStreamsCome) {
  world w(greeter);
  w.sounds = [](const std::string&, const auto&) { return identified_audio(greeting_id, greeting_frames); };
  w.start_gateway("[" + tenant("cold", "+15550100002", "agent_demo") + "]", {{"IO_LOOPS", "2"}});
  const auto cold = longest_silence(w, 3);
  EXPECT_GT(cold, 350) << "the agent is opened when the stream is there";
  w.start_gateway("[" + tenant("warm", "+15550100002", "agent_demo", R"("warmStart":true)") + "]", {{"IO_LOOPS", "2"}});
  const auto warm = longest_silence(w, 10);
  EXPECT_LT(warm, cold - 200);
  EXPECT_EQ(violations_of(w.vendor_violations()), "");
}

TEST(WarmStart, ARefusalIsTheAnswerToTheWebhookItself) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.failure.when = sim::agent_failure::point::before_metadata;
    agent.failure.code = 1008;
    return std::optional{agent};
  });
  w.start_gateway(one_tenant(R"("warmStart":true,"fallback":{"transferTo":"+15550109999"})"));
  auto options = w.caller();
  options.twiml.dial_outcome = "completed";
  options.at_most = 20s;
  const auto report = w.call(options);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_TRUE(report.streams.empty()) << "nobody listens to silence first";
  ASSERT_EQ(report.dials.size(), 1u);
  EXPECT_EQ(report.dials[0].numbers, std::vector<std::string>{"+15550109999"});
}

TEST(WarmStart, ACallerWhoGivesUpWhileItRingsLeavesNoConversationBehind) {
  world w(greeter);
  w.start_gateway(one_tenant(R"("warmStart":true)"));
  const std::string sid = "CA0000000000000000000000000000beef";
  bool answered = false;
  w.post_webhook(sid, [&](const auto&) { answered = true; });
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 5s));
  ASSERT_TRUE(w.wait_until([&] { return answered; }, 5s));
  bool told = false;
  w.post_webhook(
      sid, [&](const auto&) { told = true; }, "/api/webhooks/twilio/status", "no-answer");
  ASSERT_TRUE(w.wait_until([&] { return told && w.vendor().live().empty(); }, 5s));
  EXPECT_TRUE(has(w.record(sid), R"("endReason":"caller_hung_up")"));
}

TEST(MovedStream, ANewStreamFindsItsCallsConversationOnWhicheverLoopItComes) {
  world w(greeter);
  w.sounds = [](const std::string&, const auto&) { return identified_audio(greeting_id, greeting_frames); };
  w.start_gateway(one_tenant(), {{"IO_LOOPS", "2"}});
  auto options = w.caller();
  options.hang_up_after = 6s;
  options.faults.drops = {{2s, sim::drop_manner::fin, 20ms}};
  for (auto& one : place(w, 8, options)) {
    const auto report = one.report.get();
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_EQ(report.streams.size(), 2u);
    EXPECT_EQ(w.conversations(report.call_sid).size(), 1u) << "one that went on";
  }
}

}  // namespace
}  // namespace tonris::e2e
