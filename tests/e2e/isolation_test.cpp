// No call is ever noticed by another: many at once, and healthy ones beside others that misbehave.
#include <gtest/gtest.h>

#include <thread>

#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t frames_of_speech = 100;

/// An agent that says frames with its caller's id, and never minds being talked over.
std::optional<sim::agent_behaviour> echoing(const std::string&, std::uint64_t) {
  auto agent = quiet_agent();
  agent.greeting = sim::utterance{"id", "id"};
  agent.barge_in_after = 1h;
  return agent;
}

std::uint32_t id_of(const std::string& call_sid) {
  return static_cast<std::uint32_t>(std::stoul(call_sid.substr(26), nullptr, 16));
}

std::string sid_of(std::uint32_t id) {
  char text[35];
  std::snprintf(text, sizeof text, "CA%032x", id);
  return text;
}

struct running {
  explicit running(std::uint32_t number) : id(number), says(number, frames_of_speech) {}
  std::uint32_t id;
  identified_frames says;
  listener hears;
  std::future<sim::caller_report> report;
};

void expect_exact(world& w, running& call) {
  const auto report = call.report.get();
  EXPECT_TRUE(report.violations.empty()) << call.id << ": " << violations_of(report.violations.all());
  EXPECT_EQ(call.hears.came, identified_audio(call.id + 100'000, frames_of_speech)) << "agent to caller " << call.id;
  const auto heard = w.heard_by_agent(report.call_sid);
  const auto said = identified_audio(call.id, frames_of_speech);
  ASSERT_GE(heard.size(), said.size()) << call.id;
  EXPECT_TRUE(std::equal(said.begin(), said.end(), heard.begin())) << "caller to agent " << call.id;
}

void say_ids(world& w) {
  w.sounds = [](const std::string&, const sim::conversation_facts& who) {
    return identified_audio(id_of(who.variables.at("call_sid")) + 100'000, frames_of_speech);
  };
}

TEST(Isolation, KeepsTwoHundredCallsApartToTheByte) {
  world w(echoing);
  say_ids(w);
  auto& gateway = w.start_gateway(one_tenant(), {{"LOG_LEVEL", "warn"}});
  const auto descriptors = gateway.open_descriptors();
  std::vector<std::unique_ptr<running>> calls;
  for (std::uint32_t id = 1; id <= 200; ++id) {
    auto& call = *calls.emplace_back(std::make_unique<running>(id));
    auto options = w.caller();
    options.call_sid = sid_of(id);
    options.hang_up_after = 6s;
    call.report = w.place(options, call.says, call.hears);
  }
  for (auto& call : calls) expect_exact(w, *call);
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
  // And nothing of them is left behind. The vendor's HTTP connections are kept for 30 s.
  w.close_http_connections();
  for (int i = 0; i < 450 && gateway.open_descriptors() > descriptors; ++i) std::this_thread::sleep_for(100ms);
  EXPECT_LE(gateway.open_descriptors(), descriptors);
}

TEST(Isolation, KeepsAHealthyCallExactWhileItsNeighboursMisbehave) {
  world w([](const std::string& agent, std::uint64_t number) {
    auto behaviour = echoing(agent, number);
    if (agent != "agent_bad") return behaviour;
    behaviour->greeting.reset();
    switch (number % 4) {
      case 0: behaviour->failure.when = sim::agent_failure::point::after_metadata; break;
      case 1:
        behaviour->failure.when = sim::agent_failure::point::after_metadata;
        behaviour->failure.how = sim::agent_failure::manner::drop;
        break;
      case 2: behaviour->odd_events = true; break;
      default: behaviour->output_format = "nonsense";
    }
    return behaviour;
  });
  say_ids(w);
  auto& gateway = w.start_gateway(
      R"([{"id":"good","name":"G","twilioPhoneNumber":"+15550100002","settings":{"elevenLabsAgentId":"agent_good"}},)"
      R"({"id":"bad","name":"B","twilioPhoneNumber":"+15550100003","settings":{"elevenLabsAgentId":"agent_bad"}}])");
  running healthy(7);
  auto options = w.caller();
  options.call_sid = sid_of(7);
  options.hang_up_after = 6s;
  healthy.report = w.place(options, healthy.says, healthy.hears);

  const std::vector<std::string> garbage{"",
                                         "{",
                                         "null",
                                         R"({"event":"media"})",
                                         R"({"event":"start"})",
                                         R"({"event":"media","media":{"payload":"%%%"}})",
                                         R"({"event":"stop","stop":{"callSid":"CA00000000000000000000000000000000"}})",
                                         std::string(70'000, 'x'),
                                         std::string(60'000, '[')};
  std::vector<std::unique_ptr<running>> neighbours;
  std::vector<std::shared_ptr<sim::twilio_caller>> callers(24);
  for (std::uint32_t i = 0; i < callers.size(); ++i) {
    auto& call = *neighbours.emplace_back(std::make_unique<running>(1000 + i));
    auto bad = w.caller();
    bad.call_sid = sid_of(1000 + i);
    bad.to = "+15550100003";
    bad.hang_up_after = 5s;
    if (i % 3 == 0) bad.drop_after = 500ms;
    call.report = w.place(bad, call.says, call.hears, &callers[i]);
  }
  std::this_thread::sleep_for(1s);
  for (std::size_t i = 0; i < callers.size(); ++i)
    w.on_loop([&] { callers[i]->send_raw(garbage[i % garbage.size()]); });
  for (int i = 0; i < 20; ++i)
    (void)raw_exchange(gateway.port(), i % 2 ? "GET / HTTP/9.9\r\n\r\n" : std::string(50'000, 'A'), 200ms);

  expect_exact(w, healthy);
  for (auto& call : neighbours) (void)call->report.get();
  EXPECT_TRUE(gateway.running());
  EXPECT_NE(w.record(sid_of(7)).find(R"("endReason":"caller_hung_up")"), std::string::npos);
}

}  // namespace
}  // namespace tonris::e2e
