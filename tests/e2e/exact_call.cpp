#include "tests/e2e/exact_call.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tonris::e2e {

namespace {

constexpr std::uint64_t frames_of_agent = 100;

std::vector<std::uint8_t> agents_audio(std::uint32_t id) {
  return identified_audio(id + 1'000'000, frames_of_agent);
}

}  // namespace

sim::agent_behaviour exact_agent() {
  auto agent = quiet_agent();
  agent.greeting = sim::utterance{"id", "id"};
  agent.barge_in_after = std::chrono::hours{1};
  return agent;
}

void say_ids(world& w) {
  w.sounds = [](const std::string&, const sim::conversation_facts& who) {
    return agents_audio(id_of(who.variables.at("call_sid")));
  };
}

sim::caller_options options_of(world& w, const exact_call& call) {
  auto options = w.caller();
  options.call_sid = sid_of(call.id);
  return options;
}

void expect_exact(world& w, exact_call& call) {
  const auto report = call.report.get();
  EXPECT_TRUE(report.violations.empty()) << call.id << ": " << violations_of(report.violations.all());
  EXPECT_EQ(call.hears.came, agents_audio(call.id)) << "agent to caller " << call.id;
  const auto heard = w.heard_by_agent(report.call_sid);
  const auto said = identified_audio(call.id, call.said);
  ASSERT_GE(heard.size(), said.size()) << call.id;
  EXPECT_TRUE(std::equal(said.begin(), said.end(), heard.begin())) << "caller to agent " << call.id;
}

void place_first_call(world& w) {
  exact_call call(0);
  auto options = options_of(w, call);
  options.hang_up_after = std::chrono::seconds{4};
  call.report = w.place(options, call.says, call.hears);
  expect_exact(w, call);
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 0));
}

}  // namespace tonris::e2e
