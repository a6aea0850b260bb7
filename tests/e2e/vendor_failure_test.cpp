// Everything that can go wrong on the agent's side before and during a call: the caller hears a sentence, in time.
#include <gtest/gtest.h>

#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

struct failing {
  std::string name;
  sim::agent_behaviour agent;
  std::string reason;
  double sentence_within_ms = 3000;  ///< from the webhook
  bool unknown_agent = false;
};

sim::agent_behaviour url_status(unsigned status) {
  auto agent = quiet_agent();
  agent.signed_url.status = status;
  return agent;
}

sim::agent_behaviour url_never() {
  auto agent = quiet_agent();
  agent.signed_url.never_answers = true;
  return agent;
}

sim::agent_behaviour failure(sim::agent_failure f) {
  auto agent = quiet_agent();
  agent.failure = std::move(f);
  return agent;
}

sim::agent_failure close_with(std::uint16_t code, std::string reason,
                              sim::agent_failure::point when = sim::agent_failure::point::after_metadata) {
  sim::agent_failure f;
  f.when = when;
  f.code = code;
  f.reason = std::move(reason);
  return f;
}

sim::agent_failure frame_before(std::uint16_t code, std::string type, std::string message,
                                sim::agent_failure::error_frame shape) {
  auto f = close_with(code, "");
  f.frame = shape;
  f.error_type = std::move(type);
  f.message = std::move(message);
  return f;
}

sim::agent_failure dropped(sim::agent_failure::point when) {
  sim::agent_failure f;
  f.when = when;
  f.how = sim::agent_failure::manner::drop;
  return f;
}

sim::agent_behaviour format(std::string output, std::string input) {
  auto agent = quiet_agent();
  agent.output_format = std::move(output);
  agent.input_format = std::move(input);
  return agent;
}

class VendorFailure : public testing::TestWithParam<failing> {};

TEST_P(VendorFailure, IsHeardAsASentenceAndEndsTheCallWithItsReason) {
  const auto& row = GetParam();
  world w(
      [&](const std::string&, std::uint64_t) { return row.unknown_agent ? std::nullopt : std::optional{row.agent}; });
  w.start_gateway();
  auto options = w.caller();
  options.at_most = 25s;
  const auto report = w.call(options);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_EQ(report.spoken.size(), 1u);
  EXPECT_NE(report.spoken[0].find("sorry"), std::string::npos) << report.spoken[0];
  EXPECT_LT(report.ended_ms, row.sentence_within_ms + 2000) << "generous: this machine may be busy";
  ASSERT_FALSE(report.verbs.empty());
  EXPECT_EQ(report.verbs.back(), "Hangup");
  const auto record = w.record(report.call_sid);
  EXPECT_NE(record.find("\"endReason\":\"" + row.reason + "\""), std::string::npos) << record;
  // Nothing of the call is left: no conversation that bills.
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 5s));
  // And what has begun, and is billed, is in its record.
  for (const auto& one : w.conversations(report.call_sid))
    EXPECT_TRUE(one.metadata_ms < 0 || record.find(one.facts.conversation_id) != std::string::npos) << record;
}

using point = sim::agent_failure::point;
using shape = sim::agent_failure::error_frame;

INSTANTIATE_TEST_SUITE_P(
    Rows, VendorFailure,
    testing::Values(
        failing{"SignedUrl401", url_status(401), "agent_auth_failed"},
        failing{"SignedUrl402", url_status(402), "agent_out_of_credit"},
        failing{"SignedUrl404", url_status(404), "agent_not_found"},
        failing{"SignedUrl422", url_status(422), "agent_refused"},
        failing{"SignedUrl429", url_status(429), "agent_busy"},
        failing{"SignedUrl500", url_status(500), "agent_unreachable"},
        failing{"SignedUrlNever", url_never(), "agent_timeout"},
        failing{"UnknownAgent", {}, "agent_not_found", 3000, true},
        failing{"ClosedOnOpen1008", failure(close_with(1008, "Override is not allowed", point::on_open)),
                "agent_refused"},
        failing{"Close1002Quota", failure(close_with(1002, "This request exceeds your quota limit.")),
                "agent_out_of_credit"},
        failing{"Close1008MissingVariable",
                failure(close_with(1008, "Missing required dynamic variables in first message: {'x'}")),
                "agent_refused"},
        failing{"Close1011", failure(close_with(1011, "")), "agent_lost"},
        failing{"Close3000", failure(close_with(3000, "Request error")), "agent_refused"},
        failing{"Close3008Concurrency", failure(close_with(3008, "concurrency")), "agent_busy"},
        failing{"NestedErrorFrame",
                failure(frame_before(1008, "missing_dynamic_variable", "Missing required dynamic variables",
                                     shape::nested)),
                "agent_refused"},
        failing{"FlatErrorFrame",
                failure(frame_before(1002, "", "received 1002 (protocol error) This request exceeds your quota limit.",
                                     shape::flat)),
                "agent_out_of_credit"},
        failing{"DropBeforeMetadata", failure(dropped(point::before_metadata)), "agent_unreachable"},
        failing{"DropAfterMetadata", failure(dropped(point::after_metadata)), "agent_lost"},
        failing{"UnknownOutputFormat", format("opus_48000", "ulaw_8000"), "agent_audio_unknown"},
        failing{"UnknownInputFormat", format("ulaw_8000", "mp3_44100"), "agent_audio_unknown"}),
    [](const auto& row) { return row.param.name; });

TEST(VendorFailure, OfMetadataThatNeverComesEndsTheCallInSixSeconds) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.metadata_delay = 60s;
    agent.allowed_overrides = {"agent.language"};
    return std::optional{agent};
  });
  w.start_gateway(one_tenant(R"("language":"da")"));
  silent says(1000);
  listener hears;
  auto options = w.caller();
  options.at_most = 30s;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_EQ(report.spoken.size(), 1u);
  EXPECT_GT(report.ended_ms, 5'500);
  EXPECT_LT(report.ended_ms, 9'000) << "generous: this machine may be busy";
  EXPECT_GT(hears.audible_frames, 75u) << "the hold tone: half a second of each of five, and some may be late";
  EXPECT_NE(w.record(report.call_sid).find(R"("endReason":"agent_timeout")"), std::string::npos);
  EXPECT_TRUE(w.gateway().log_says(R"(lack the language "da")"));
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 5s));
}

TEST(VendorFailure, OfMetadataThatNeverComesIsHealedByASecondConversationBesideTheFirst) {
  world w([](const std::string&, std::uint64_t number) {
    auto agent = quiet_agent();
    if (number == 1) agent.metadata_delay = 60s;
    agent.greeting = sim::utterance{"Hello.", "hello"};
    return std::optional{agent};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(4, 50); };
  w.start_gateway();
  identified_frames says(7, 300);
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 6s;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_TRUE(report.spoken.empty());
  const auto record = w.record(report.call_sid);
  EXPECT_NE(record.find(R"("endReason":"caller_hung_up")"), std::string::npos) << record;
  const auto conversations = w.conversations(report.call_sid);
  ASSERT_EQ(conversations.size(), 2u);
  EXPECT_GT(conversations[1].transcript.size(), 0u) << "the agent greets";
  EXPECT_GT(w.heard_by_agent(report.call_sid).size(), 200u * sim::frame_bytes) << "and has heard what came before";
}

TEST(VendorFailure, SaysTheTenantsOwnWordsInItsLanguage) {
  world w([](const std::string&, std::uint64_t) { return std::optional{url_status(500)}; });
  w.start_gateway(one_tenant(R"("language":"da","fallback":{"say":"Vi ringer tilbage <snart> & gerne."})"));
  const auto report = w.call(w.caller());
  ASSERT_EQ(report.spoken.size(), 1u);
  EXPECT_EQ(report.spoken[0], "Vi ringer tilbage <snart> & gerne.");
}

TEST(VendorFailure, ThatHealsIsNotSeenByTheNextCall) {
  world w([](const std::string&, std::uint64_t number) {
    auto agent = quiet_agent();
    if (number == 1) agent.failure = dropped(point::after_metadata);
    return std::optional{agent};
  });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 700ms;
  EXPECT_TRUE(w.call(options).spoken.empty()) << "healed by a restart";
  const auto second = w.call(options);
  EXPECT_TRUE(second.spoken.empty());
  EXPECT_NE(w.record(second.call_sid).find(R"("endReason":"caller_hung_up")"), std::string::npos);
}

TEST(Queue, HoldsTheCallWhileTheVendorLetsItWait) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.queue_for = 1500ms;
    agent.greeting = sim::utterance{"Hello.", "hello"};
    return std::optional{agent};
  });
  w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 4s;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_GT(hears.audible_frames, 0u);
  EXPECT_TRUE(w.gateway().log_says("talking -> holding"));
  EXPECT_TRUE(w.gateway().log_says("holding -> talking"));
}

}  // namespace
}  // namespace tonris::e2e
