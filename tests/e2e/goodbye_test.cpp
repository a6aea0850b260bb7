// The agent says goodbye, or ends the conversation otherwise: its last words are heard out, and what came of the call
// is told by what happened then. Calls run side by side, each to a tenant and an agent of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "tests/e2e/broken_agent.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tools/sim/elevenlabs/agent_messages.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using manner = sim::agent_failure::manner;
using point = sim::agent_failure::point;

constexpr std::uint32_t words_id = 9;

std::string number_of(std::size_t row) {
  return "+1555010020" + std::to_string(row);
}

/// One tenant a row, whose fallback would be dialled.
std::string tenants_of(std::size_t rows) {
  std::string all;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto name = std::to_string(i);
    all += (i == 0 ? "[" : ",") +
           tenant("row" + name, number_of(i), "agent_" + name, R"("fallback":{"transferTo":"+15550109999"})");
  }
  return all + "]";
}

std::size_t row_of(const std::string& agent) {
  return std::stoul(agent.substr(agent.find('_') + 1));
}

sim::agent_behaviour says_goodbye() {
  auto agent = quiet_agent();
  agent.turns.push_back({"That was all.", {"Goodbye.", "goodbye"}, false, true, {}});
  agent.think = 100ms;
  return agent;
}

/// A caller who says a second of something, and leaves after so long if nobody ends the call.
struct one_call {
  one_call(world& w, std::size_t row, std::chrono::milliseconds hangs_up = 40s) {
    auto options = w.caller();
    options.to = number_of(row);
    options.hang_up_after = hangs_up;
    options.twiml.dial_outcome = "completed";
    report = w.place(options, says, hears, &caller);
  }
  identified_frames says{1, 50};
  listener hears;
  std::shared_ptr<sim::twilio_caller> caller;
  std::future<sim::caller_report> report;
};

/// The agent ended it: one conversation, a hang-up, nothing of a fallback.
void expect_agent_ended(world& w, one_call& call) {
  const auto report = call.report.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"agent_ended")")) << record;
  EXPECT_TRUE(has(record, R"("restarts":0,)")) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 1u) << record;
  EXPECT_EQ(w.conversations(report.call_sid).size(), 1u) << "a second one would be billed";
  EXPECT_EQ(report.dials.size(), 0u);
  EXPECT_EQ(report.spoken.size(), 0u);
  ASSERT_FALSE(report.verbs.empty());
  EXPECT_EQ(report.verbs.back(), "Hangup");
}

TEST(Goodbye, IsHeardOutHoweverTheSocketThenEnds) {
  struct row {
    const char* name;
    manner how;
    std::uint16_t code;
  };
  const std::vector<row> ends{{"FIN", manner::drop, 1006},
                              {"RST", manner::reset, 1006},
                              {"1001", manner::close, 1001},
                              {"no code", manner::close, 1005},
                              {"1011", manner::close, 1011}};
  constexpr std::uint64_t words = 100;
  world w([&](const std::string& agent, std::uint64_t) {
    auto behaviour = says_goodbye();
    const auto& end = ends[row_of(agent)];
    behaviour.failure = breaks(end.how, 500ms, end.code);  // the words are on their way, and heard for 1.3 s more
    behaviour.failure.when = point::after_end_call;
    return std::optional{behaviour};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(words_id, words); };
  w.start_gateway(tenants_of(ends.size()));
  std::vector<std::unique_ptr<one_call>> calls;
  for (std::size_t i = 0; i < ends.size(); ++i) calls.push_back(std::make_unique<one_call>(w, i, 8s));
  for (std::size_t i = 0; i < ends.size(); ++i) {
    SCOPED_TRACE(ends[i].name);
    expect_agent_ended(w, *calls[i]);
    EXPECT_EQ(frames_found(words_id, words, calls[i]->hears.ear), words);
    const auto conversations = w.conversations(calls[i]->caller->call_sid());
    ASSERT_FALSE(conversations.empty());
    EXPECT_EQ(conversations[0].close_code, ends[i].code);
    EXPECT_EQ(conversations[0].ended_by, "agent");
  }
  expect_vendor_content(w);
}

/// Longer than the ten seconds that come to mind, in a burst before the close; or after the report of `end_call`, in
/// real time, for longer than an agent may be silent then.
TEST(Goodbye, OfManySecondsIsHeardToItsEnd) {
  enum row : std::size_t { burst, stream };
  constexpr std::uint64_t burst_words = 625, stream_words = 375;  // 12.5 and 7.5 s
  world w([](const std::string& agent, std::uint64_t) {
    auto behaviour = row_of(agent) == burst ? says_goodbye() : quiet_agent();
    behaviour.pace = row_of(agent) == burst ? 1000 : 1;
    behaviour.chunk_bytes = {1600};  // in whole frames, which are found again
    return std::optional{behaviour};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts& who) {
    return identified_audio(words_id, row_of(who.agent_id) == burst ? burst_words : stream_words);
  };
  w.start_gateway(tenants_of(2));
  one_call bursts(w, burst), streams(w, stream);
  std::shared_ptr<sim::conversation> talk;
  ASSERT_TRUE(w.wait_until(
      [&] {
        talk = w.vendor().of_call(streams.caller->call_sid());
        return talk && talk->record().metadata_ms >= 0;
      },
      10s));
  w.on_loop([&] {
    talk->send_raw(sim::say::end_call_request(1));
    talk->send_raw(sim::say::end_call_response(1));
    talk->say({"Goodbye.", "goodbye"}, false);  // and never closes
    talk.reset();
  });
  expect_agent_ended(w, bursts);
  EXPECT_EQ(frames_found(words_id, burst_words, bursts.hears.ear), burst_words);
  expect_agent_ended(w, streams);
  EXPECT_EQ(frames_found(words_id, stream_words, streams.hears.ear), stream_words);
  const auto conversations = w.conversations(streams.caller->call_sid());
  ASSERT_FALSE(conversations.empty());
  EXPECT_EQ(conversations[0].ended_by, "gateway") << "nobody else would";
  expect_vendor_content(w);
}

/// Of a quota error, a final one: the agent got over it, or lived on with it for longer than it counts.
TEST(ErrorFrame, ThatTheAgentGotOverDecidesNothing) {
  enum row : std::size_t { talks_on, talks_on_and_breaks, stays_quiet };
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway(tenants_of(3));
  std::vector<std::unique_ptr<one_call>> calls;
  for (const auto i : {talks_on, talks_on_and_breaks, stays_quiet})
    calls.push_back(std::make_unique<one_call>(w, i, i == talks_on_and_breaks ? 5s : 20s));
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == calls.size(); }, 10s));
  const auto talk_of = [&](row which) { return w.vendor().of_call(calls[which]->caller->call_sid()); };
  ASSERT_TRUE(w.wait_until(
      [&] {
        return std::ranges::all_of(w.vendor().live(), [](const auto& one) { return one->record().metadata_ms >= 0; });
      },
      10s));
  w.on_loop([&] {
    for (const auto i : {talks_on, talks_on_and_breaks, stays_quiet}) {
      talk_of(i)->send_raw(
          sim::say::error_nested(1002, "quota_exceeded", "This request exceeds your quota limit.", ""));
      if (i != stays_quiet) talk_of(i)->say({"Where were we?", "words"}, false);
    }
  });
  ASSERT_TRUE(w.wait_until(
      [&] { return !calls[talks_on]->hears.came.empty() && !calls[talks_on_and_breaks]->hears.came.empty(); }, 5s));
  w.on_loop([&] {
    talk_of(talks_on)->close(1000, {});
    talk_of(talks_on_and_breaks)->close(1011, {});
  });
  std::this_thread::sleep_for(2500ms);
  w.on_loop([&] { talk_of(stays_quiet)->close(1000, {}); });
  expect_healed(w, calls[talks_on_and_breaks]->report.get(), "agent_lost");
  expect_agent_ended(w, *calls[talks_on]);
  expect_agent_ended(w, *calls[stays_quiet]);
  expect_vendor_content(w);
}

}  // namespace
}  // namespace tonris::e2e
