// An ordinary call, from the webhook to the record, through the real binary.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "tests/e2e/manual.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

std::optional<sim::agent_behaviour> quiet(const std::string&, std::uint64_t) {
  return quiet_agent();
}

TEST(Call, CarriesEveryByteOfTheCallerToTheAgent) {
  world w(quiet);
  w.start_gateway();
  identified_frames says(7, 150);
  listener hears;
  auto options = w.caller();
  options.hang_up_after_last_word = 200ms;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().ended().size() == 1; }, 5s));
  // The gateway may add silence when frames pause, but nothing of the caller is lost, from the first frame on.
  const auto heard = w.heard_by_agent(report.call_sid);
  const auto said = identified_audio(7, 150);
  ASSERT_GE(heard.size(), said.size());
  EXPECT_TRUE(std::equal(said.begin(), said.end(), heard.begin()));
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
}

/// What README tells a newcomer to begin with, beside an agent that allows nothing to be overridden.
TEST(Call, OfTheTenantThatReadmeBeginsWithGetsTheAgent) {
  std::ifstream in{test::source_dir() + "/config/tenants.minimal.json"};
  const std::string minimal{std::istreambuf_iterator<char>{in}, {}};
  std::string asked_for;
  world w([&](const std::string& agent, std::uint64_t) {
    asked_for = agent;
    return std::optional{quiet_agent()};
  });
  w.start_gateway(minimal, {{"ELEVENLABS_AGENT_ID", "agent_mine"}});
  auto options = w.caller();
  options.hang_up_after = 1s;
  const auto report = w.call(options);
  EXPECT_EQ(asked_for, "agent_mine");
  EXPECT_TRUE(report.dials.empty());
  EXPECT_TRUE(report.spoken.empty());
  EXPECT_EQ(report.streams.size(), 1u);
  EXPECT_NE(w.record(report.call_sid).find(R"("endReason":"caller_hung_up")"), std::string::npos);
}

TEST(Call, PlaysEveryByteOfTheAgentToTheCaller) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.greeting = sim::utterance{"Good morning.", "greeting"};
    return std::optional{agent};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(3, 100); };
  w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 3500ms;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(hears.came, identified_audio(3, 100));
  ASSERT_EQ(report.streams.size(), 1u);
  EXPECT_GT(report.streams[0].marks_received, 5u);
  EXPECT_EQ(report.streams[0].marks_echoed, report.streams[0].marks_received);
}

TEST(Call, LogsTheLinesThatOperatorsGrepFor) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 500ms;
  const auto report = w.call(options);
  EXPECT_TRUE(
      gateway.log_says("[INFO]: Twilio-ElevenLabs: Incoming call " + report.call_sid + " from +1555... to +1555..."));
  EXPECT_TRUE(gateway.log_says("[INFO]: Twilio-ElevenLabs: Connected call " + report.call_sid +
                               " to ElevenLabs agent agent_demo"));
  EXPECT_TRUE(gateway.log_says("[INFO]: [MediaStream] Connected to ElevenLabs for call " + report.call_sid));
  const auto log = gateway.log();
  for (const auto* page : {"README.md", "docs/operations.md"}) {
    auto shown = log_lines(page);
    std::erase_if(shown,
                  [](const auto& line) { return !has(line, "Twilio-ElevenLabs: ") && !has(line, "[MediaStream]"); });
    EXPECT_EQ(shown.size(), 3u) << page;
    for (const auto& line : shown) EXPECT_TRUE(has_line_like(log, line)) << page << " shows: " << line << "\n" << log;
  }
  EXPECT_EQ(log.find("+15550100001"), std::string::npos) << "a whole phone number";
  EXPECT_EQ(log.find(auth_token), std::string::npos);
  EXPECT_EQ(log.find(api_key), std::string::npos);
  EXPECT_EQ(log.find("conversation_signature"), std::string::npos);
}

TEST(Call, EndsTheConversationWithinASecondWhenTheCallerHangsUp) {
  world w(quiet);
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 800ms;
  const auto report = w.call(options);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().ended().size() == 1; }, 3s));
  const auto conversations = w.conversations();
  EXPECT_EQ(conversations[0].ended_by, "gateway");
  EXPECT_EQ(conversations[0].close_code, 1000);
  const auto record = w.record(report.call_sid);
  EXPECT_NE(record.find(R"("endReason":"caller_hung_up")"), std::string::npos) << record;
  EXPECT_NE(record.find(R"("endedBy":"caller")"), std::string::npos) << record;
}

TEST(Call, IsOneCallHoweverOftenTwilioSendsItsWebhook) {
  world w(quiet);
  w.start_gateway();
  auto options = w.caller();
  options.call_sid = "CA0000000000000000000000000000beef";
  options.hang_up_after = 1500ms;
  silent says;
  listener hears;
  auto first = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 5s));
  sim::webhook_poster::answer again;
  bool answered = false;
  w.post_webhook(options.call_sid, [&](sim::webhook_poster::answer got) {
    again = std::move(got);
    answered = true;
  });
  ASSERT_TRUE(w.wait_until([&] { return answered; }, 5s));
  EXPECT_EQ(again.status, 200u);
  EXPECT_NE(again.body.find("<Stream"), std::string::npos) << again.body;
  EXPECT_TRUE(first.get().violations.empty());
  EXPECT_EQ(w.on_loop([&] { return w.vendor().signed_urls_given(); }), 1u);
}

TEST(Call, EndsWithTheAgentsLastWordsHeardAndAHangUp) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.turns.push_back({"That was all.", {"Goodbye, have a nice day.", "goodbye"}, false, true, {}});
    agent.think = 100ms;
    return std::optional{agent};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(9, 100); };
  w.start_gateway();
  identified_frames says(1, 50);
  listener hears;
  auto options = w.caller();
  options.at_most = 20s;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_GE(hears.audible_frames, 95u) << "the caller hears the goodbye out";
  ASSERT_FALSE(report.verbs.empty());
  EXPECT_EQ(report.verbs.back(), "Hangup");
  EXPECT_TRUE(report.spoken.empty());
  const auto record = w.record(report.call_sid);
  EXPECT_NE(record.find(R"("endReason":"agent_ended")"), std::string::npos) << record;
}

TEST(Call, StopsTheAgentAtOnceWhenTheCallerTalksOverIt) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.greeting = sim::utterance{"A very long greeting.", "long"};
    return std::optional{agent};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(4, 500); };
  w.start_gateway();
  identified_frames says(1, 100);  // two seconds over the greeting
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 4s;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_EQ(report.streams.size(), 1u);
  EXPECT_EQ(report.streams[0].clears, 1u);
  EXPECT_LT(hears.audible_frames, 150u) << "ten seconds were queued; most of them must never be heard";
  EXPECT_NE(w.record(report.call_sid).find(R"("interruptions":1)"), std::string::npos);
}

TEST(Call, EndsAtItsTimeLimitWithTheAgentsGoodbye) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.when_told = sim::utterance{"Our time is over. Goodbye.", "goodbye"};
    return std::optional{agent};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(9, 100); };
  w.start_gateway(one_tenant(R"("limits":{"maxCallSeconds":31})"));
  silent says(1000);
  listener hears;
  auto options = w.caller();
  options.at_most = 40s;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_GE(hears.audible_frames, 95u) << "the caller hears the goodbye out";
  EXPECT_LT(report.ended_ms, 20'000) << "and need not wait for the limit";
  const auto record = w.record(report.call_sid);
  EXPECT_NE(record.find(R"("endReason":"max_duration")"), std::string::npos) << record;
  const auto told = w.conversations(report.call_sid);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].user_messages.size(), 1u);
}

TEST(Call, TellsTheAgentWhichKeysTheCallerPressed) {
  world w(quiet);
  w.start_gateway();
  auto options = w.caller();
  options.keys = {{400ms, '4'}, {500ms, '2'}};
  options.hang_up_after = 1s;
  const auto report = w.call(options);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().ended().size() == 1; }, 3s));
  const auto updates = w.conversations()[0].contextual_updates;
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_NE(updates[1].find("42"), std::string::npos) << updates[1];
}

}  // namespace
}  // namespace tonris::e2e
