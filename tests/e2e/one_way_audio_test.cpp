// One side hears nothing, or is not heard: healed once, then ended, and only where it is so. All calls run side by
// side, since the rules are patient.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/recorded_speech.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

sim::agent_behaviour agent_of(const std::string& name) {
  using sound = sim::agent_behaviour::sound;
  auto agent = quiet_agent();
  agent.barge_in_after = 1h;
  agent.settings_delay = 300ms;  // as far away as the vendor: the first conversation is faster
  if (name == "agent_deaf") agent.deaf = true;
  if (name == "agent_answers" || name == "agent_rehearsed") {
    sim::agent_turn turn;
    turn.hear = "A question";
    turn.say = {"An answer", "answer"};
    agent.turns.assign(100, turn);
  }
  if (name == "agent_silent" || name == "agent_missing" || name == "agent_quiet")
    agent.greeting = sim::utterance{"Hello", "hello"};
  if (name == "agent_silent") agent.voice = sound::silent;
  if (name == "agent_missing") agent.voice = sound::missing;
  return agent;
}

struct one_call {
  one_call(world& w, std::string who, const std::string& to, std::chrono::seconds hangs_up, sim::caller_faults faults,
           std::vector<std::uint8_t> speech)
      : name(std::move(who)), says(std::move(speech), 1s) {
    auto options = w.caller();
    options.to = to;
    options.hang_up_after = hangs_up;
    options.faults = std::move(faults);
    placed = w.place(options, says, hears);
  }
  const sim::caller_report& report() {
    if (placed.valid()) got = placed.get();
    return got;
  }
  /// Anything, at the caller's ear, in these seconds of his stream.
  [[nodiscard]] bool hears_between(std::size_t from, std::size_t until) const {
    const auto& ear = hears.ear;
    const auto at = [&](std::size_t second) {
      return ear.begin() + static_cast<std::ptrdiff_t>(std::min(ear.size(), second * 8000));
    };
    return std::any_of(at(from), at(until), [](std::uint8_t sample) { return sample != sim::silence; });
  }
  std::string name;
  sim::recorded_source says;
  listener hears;
  std::future<sim::caller_report> placed;
  sim::caller_report got;
};

TEST(OneWayAudio, IsHealedOnceThenEndedAndAQuietCallIsLeftAlone) {
  world w([](const std::string& agent, std::uint64_t) { return std::optional{agent_of(agent)}; });
  w.start_gateway(
      "[" + tenant("deaf", "+15550100003", "agent_deaf") + "," + tenant("silent", "+15550100004", "agent_silent") +
      "," + tenant("missing", "+15550100005", "agent_missing") + "," + tenant("quiet", "+15550100006", "agent_quiet") +
      "," + tenant("answers", "+15550100007", "agent_answers") + "," +
      tenant("rehearsed", "+15550100008", "agent_rehearsed",
             R"("rehearsal":{"failure":"agentSilent","afterSeconds":8,"callers":["+15550100001"]})") +
      "]");
  const auto speech = recorded_speech(90s);
  sim::caller_faults deaf, deaf_once;
  deaf.deaf_from = deaf_once.deaf_from = 0ms;
  deaf_once.next_stream_hears = true;
  const auto longest = 100s, quiet_for = 72s;
  one_call unheard(w, "the agent is deaf", "+15550100003", longest, {}, speech);
  one_call silent_agent(w, "the agent's audio is silence", "+15550100004", longest, {}, {});
  one_call missing_audio(w, "the agent's audio does not come", "+15550100005", longest, {}, {});
  one_call quiet(w, "nobody says much", "+15550100006", quiet_for, {}, {});
  one_call healthy(w, "both talk", "+15550100007", quiet_for, {}, speech);
  one_call deaf_caller(w, "the caller is deaf", "+15550100007", longest, deaf, speech);
  one_call healed_caller(w, "the caller's first stream is deaf", "+15550100007", 50s, deaf_once, speech);

  one_call rehearsed(w, "the agent is silenced, and heard again", "+15550100008", quiet_for, {}, speech);

  const auto expect_end = [&](one_call& call, const std::string& reason, unsigned restarts, std::size_t streams) {
    SCOPED_TRACE(call.name);
    const auto& report = call.report();
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    const auto record = w.record(report.call_sid);
    EXPECT_TRUE(has(record, R"("endReason":")" + reason + "\"")) << record;
    EXPECT_TRUE(has(record, R"("restarts":)" + std::to_string(restarts) + ",")) << record;
    EXPECT_EQ(report.streams.size(), streams);
    EXPECT_EQ(report.spoken.size(), reason == "caller_hung_up" ? 0u : 1u) << "the fallback's sentence";
  };
  expect_end(silent_agent, "agent_not_audible", 1, 1);
  expect_end(missing_audio, "agent_not_audible", 1, 1);
  expect_end(deaf_caller, "caller_not_hearing", 0, 2);
  expect_end(healed_caller, "caller_hung_up", 0, 2);
  expect_end(unheard, "agent_not_hearing", 1, 1);
  expect_end(quiet, "caller_hung_up", 0, 1);
  expect_end(healthy, "caller_hung_up", 0, 1);
  expect_end(rehearsed, "caller_hung_up", 1, 1);
  EXPECT_GT(unheard.report().ended_ms, 60'000) << "nobody is called unheard in his first 30 s, of either conversation";
  EXPECT_GT(healed_caller.hears.audible_frames, 0u);
  EXPECT_EQ(deaf_caller.hears.audible_frames, 0u);
  // He asks from 1 s and from 36.6 s on, and is answered within a second.
  EXPECT_TRUE(rehearsed.hears_between(3, 7));
  EXPECT_FALSE(rehearsed.hears_between(8, 21)) << "its texts come, its socket is good";
  EXPECT_TRUE(rehearsed.hears_between(37, 60)) << "a new conversation is heard again";
  const auto told = shell("ADMIN_TOKEN=" + admin_token + " " + test::programs() + "/tonrisctl why " +
                          rehearsed.report().call_sid + " --gateway " + w.gateway().origin())
                        .said;
  EXPECT_TRUE(has(told,
                  "the agent was connected anew once (agent_not_audible: the agent answers, and nothing of it was "
                  "heard for 1"))
      << told;
  EXPECT_TRUE(has(told, "A failure was brought about on purpose: agentSilent, which")) << told;
  EXPECT_FALSE(has(told, "gave up")) << told;
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s));
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
}

}  // namespace
}  // namespace tonris::e2e
