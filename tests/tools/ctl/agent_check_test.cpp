#include "tools/ctl/agent_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "net/run_on.hpp"
#include "tools/ctl/program.hpp"
#include "tools/sim/elevenlabs/server.hpp"

namespace tonris::ctl {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using severity = model::agent_finding::severity;

// --- the rules, with settings at hand

model::tenant salon(const std::string& id, const std::string& agent) {
  model::tenant t;
  t.id = {id};
  t.agent = {agent};
  return t;
}

TEST(AgentCheck, AsksForEachAgentOnce) {
  int asked = 0;
  const agents_door at = [&](const model::agent_id&) {
    ++asked;
    return model::elevenlabs::agent_settings{};
  };
  const auto report = check_agents({salon("a", "agent_1"), salon("b", "agent_1"), salon("c", "agent_2")}, {}, at);
  ASSERT_TRUE(report);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(report->agents, 2U);
  EXPECT_EQ(report->tenants, 3U);
}

TEST(AgentCheck, LeavesAgentsAloneWhoseKeyItHasNot) {
  auto t = salon("a", "agent_1");
  t.secrets.api_key.is = model::tenant_secret::form::kept;
  const agents_door at = [](const model::agent_id&) -> tl::expected<model::elevenlabs::agent_settings, vendor_refusal> {
    ADD_FAILURE() << "it is another account's";
    return {};
  };
  const auto report = check_agents({t}, {}, at).value();
  ASSERT_EQ(report.items.size(), 1U);
  EXPECT_EQ(report.items[0].what.is, severity::note);
  EXPECT_THAT(as_lines(report), HasSubstr("key of its own"));
  EXPECT_EQ(status_of(report), 0);
}

TEST(AgentCheck, TellsByItsStatusHowBadItIs) {
  const auto with = [](severity is) {
    agent_report report;
    report.items.push_back({"a", "agent_1", {is, "what", "why", "fix"}});
    return report;
  };
  EXPECT_EQ(status_of({}), 0);
  EXPECT_EQ(status_of(with(severity::note)), 0);
  EXPECT_EQ(status_of(with(severity::warning)), 1);
  EXPECT_EQ(status_of(with(severity::error)), 3);
  auto unasked = with(severity::error);
  unasked.unasked.emplace_back("agent agent_2, tenant a: ElevenLabs answered with status 500");
  EXPECT_EQ(status_of(unasked), 2) << "what is wrong with that one nobody knows";
}

// --- the command, between a store and the simulator

class AgentCheckCommand : public testing::Test, sim::speech_source {
 protected:
  AgentCheckCommand() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-ctl-XXXXXX").string();
    folder = mkdtemp(made.data());
    loop.start();
    net::run_on(loop, [this] {
      sim::elevenlabs_options options;
      options.api_key = "sk_right";
      options.behaviour = [this](const std::string& id, std::uint64_t) -> std::optional<sim::agent_behaviour> {
        const auto agent = agents.find(id);
        return agent == agents.end() ? std::nullopt : std::optional{agent->second};
      };
      vendor = sim::elevenlabs_server::listen(loop, std::move(options), *this, nobody).value();
    });
    environment = {{"ELEVENLABS_API_BASE_URL", vendor->base_url()}, {"ELEVENLABS_API_KEY", "sk_right"}};
  }
  ~AgentCheckCommand() override {
    net::run_on(loop, [this] { vendor.reset(); });
    loop.stop();
    std::filesystem::remove_all(folder);
  }
  std::vector<std::uint8_t> speech(const std::string&, const sim::conversation_facts&) override { return {}; }

  int ctl(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data-dir", (folder / "data").string()});
    std::ostringstream said, complained;
    const auto known = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = environment.find(std::string{name});
      return found == environment.end() ? std::nullopt : std::optional{found->second};
    };
    const int status = run(std::move(arguments), known, said, complained);
    out = said.str();
    err = complained.str();
    return status;
  }
  int check(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"agent", "check", "--env-file", (folder / "none").string()});
    return ctl(std::move(more));
  }
  void has_tenant(const std::string& id, const std::string& number, const std::string& settings) {
    const auto path = folder / "given.json";
    std::ofstream{path} << R"({"id":")" << id << R"(","name":"Salon","twilioPhoneNumber":")" << number
                        << R"(","settings":)" << settings << "}";
    ASSERT_EQ(ctl({"tenant", "create", path.string()}), found) << err;
  }
  /// One that fits every tenant without wishes.
  static sim::agent_behaviour good() {
    sim::agent_behaviour agent;
    agent.settings =
        R"({"agent_id":"agent_good","conversation_config":{"tts":{"agent_output_audio_format":"ulaw_8000"},)"
        R"("asr":{"user_input_audio_format":"ulaw_8000"},"conversation":{"max_duration_seconds":1800,)"
        R"("client_events":["audio","interruption","agent_response","agent_response_correction",)"
        R"("user_transcript","client_tool_call","ping"]}},"platform_settings":{"overrides":)"
        R"({"enable_conversation_initiation_client_data_from_webhook":true}}})";
    return agent;
  }

  std::filesystem::path folder;
  net::loop loop{"vendor"};
  sim::conversation_listener nobody;
  std::map<std::string, sim::agent_behaviour> agents;  // before the command runs
  std::unique_ptr<sim::elevenlabs_server> vendor;
  std::map<std::string, std::string> environment;
  std::string out, err;
};

TEST_F(AgentCheckCommand, HasNothingToSayOfAgentsThatFit) {
  agents["agent_good"] = good();
  has_tenant("a", "+15551234567", R"({"elevenLabsAgentId":"agent_good"})");
  EXPECT_EQ(check(), 0) << out << err;
  EXPECT_EQ(out, "1 agent of 1 tenant compared: 0 errors, 0 warnings, 0 notes\n");
}

TEST_F(AgentCheckCommand, TellsEachFindingWithItsFix) {
  sim::agent_behaviour agent;
  agent.output_format = "pcm_16000";
  agent.declared_variables = {"call_sid", "loyalty_level"};
  agents["agent_odd"] = agent;
  has_tenant("a", "+15551234567", R"({"elevenLabsAgentId":"agent_odd","greeting":"Hello"})");
  EXPECT_EQ(check(), 3) << err;
  EXPECT_THAT(out,
              AllOf(HasSubstr("error: agent agent_odd, tenant a: the agent asks for the variable loyalty_level"),
                    HasSubstr("error: agent agent_odd, tenant a: the agent may not be given another first message"),
                    HasSubstr("warning: agent agent_odd, tenant a: the agent speaks pcm_16000"),
                    HasSubstr("Fix: set conversation_config.tts.agent_output_audio_format to ulaw_8000"),
                    Not(HasSubstr("call_sid"))));
  agents["agent_odd"].allowed_overrides = {"agent.first_message"};
  agents["agent_odd"].declared_variables.clear();
  EXPECT_EQ(check(), 1) << out;
}

TEST_F(AgentCheckCommand, LooksAtOneTenantOrAll) {
  agents["agent_good"] = good();
  has_tenant("a", "+15551234567", R"({"elevenLabsAgentId":"agent_good"})");
  has_tenant("b", "+15551234568", R"({"elevenLabsAgentId":"agent_gone"})");
  EXPECT_EQ(check({"--tenant", "a"}), 0) << out << err;
  EXPECT_EQ(check(), 3);
  EXPECT_THAT(out, HasSubstr("error: agent agent_gone, tenant b: ElevenLabs does not know the agent"));
  EXPECT_EQ(check({"--tenant", "c"}), not_found);
  EXPECT_THAT(err, HasSubstr("there is no such tenant"));
}

TEST_F(AgentCheckCommand, KnowsTheGatewaysDefaultAgent) {
  has_tenant("a", "+15551234567", "{}");
  EXPECT_EQ(check(), 3);
  EXPECT_THAT(out, HasSubstr("no agent answers its calls"));
  agents["agent_good"] = good();
  environment["ELEVENLABS_AGENT_ID"] = "agent_good";
  EXPECT_EQ(check(), 0) << out;
}

TEST_F(AgentCheckCommand, WritesJsonForPrograms) {
  agents["agent_good"] = good();
  has_tenant("a", "+15551234567", R"({"elevenLabsAgentId":"agent_good"})");
  EXPECT_EQ(check({"--json"}), 0);
  EXPECT_EQ(out, R"({"findings":[],"unasked":[],"tenants":1,"agents":1})"
                 "\n");
  has_tenant("b", "+15551234568", R"({"elevenLabsAgentId":"agent_gone"})");
  EXPECT_EQ(check({"--json"}), 3);
  EXPECT_THAT(out, HasSubstr(R"({"severity":"error","tenant":"b","agent":"agent_gone","what":"ElevenLabs does not)"));
}

TEST_F(AgentCheckCommand, SaysWhenNobodyCanBeAsked) {
  agents["agent_good"] = good();
  has_tenant("a", "+15551234567", R"({"elevenLabsAgentId":"agent_good"})");
  environment["ELEVENLABS_API_KEY"] = "sk_wrong";
  EXPECT_EQ(check(), cannot);
  EXPECT_THAT(err, AllOf(HasSubstr("ElevenLabs refused ELEVENLABS_API_KEY"), Not(HasSubstr("sk_wrong"))));
  environment.erase("ELEVENLABS_API_KEY");
  EXPECT_EQ(check(), cannot);
  EXPECT_THAT(err, HasSubstr("ELEVENLABS_API_KEY is not set"));
  environment["ELEVENLABS_API_KEY"] = "sk_right";
  agents["agent_good"].settings = R"({"a":)";  // no script has that
  EXPECT_EQ(check(), cannot);
  EXPECT_THAT(out, HasSubstr("not looked at: agent agent_good, tenant a: ElevenLabs' answer cannot be read"));
}

}  // namespace
}  // namespace tonris::ctl
