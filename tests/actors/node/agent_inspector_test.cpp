#include "actors/node/agent_inspector.hpp"

#include <map>
#include <string>

#include "model/access/derived_keys.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using outcome = vendor_document::outcome;
using testing::HasSubstr;
using testing::Not;

class AgentInspector : public ActorTest {
 protected:
  void SetUp() override {
    store = track_as<tenant_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const read_tenant_page& wanted) -> caf::result<tenant_page_read> {
        if (store_fails > 0 && store_fails-- > 0) return caf::make_error(caf::sec::runtime_error);
        tenant_page_read read;
        auto next = wanted.after.empty() ? tenants.begin() : tenants.upper_bound(wanted.after.value);
        for (; next != tenants.end() && read.page.tenants.size() < 2; ++next)
          read.page.tenants.push_back({{next->first}, "1-x", next->second});
        if (next != tenants.end()) read.page.last = read.page.tenants.back().id;
        return read;
      }};
    }));
    vendor = track_as<vendor_api>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const fetch_agent_settings& wanted) {
        ++asked[wanted.agent.value];
        return agents.contains(wanted.agent.value) ? agents.at(wanted.agent.value) : vendor_document{outcome::unknown};
      }};
    }));
  }
  void TearDown() override {
    store = nullptr;
    vendor = nullptr;
    ActorTest::TearDown();
  }

  static std::string a_tenant(const std::string& id, const std::string& agent, const std::string& more = {}) {
    return R"({"id":")" + id + R"(","name":"Salon","twilioPhoneNumber":"+1555010)" + std::to_string(1000 + id.back()) +
           R"(","settings":{"elevenLabsAgentId":")" + agent + "\"" + more + "}}";
  }
  /// One that calls have nothing against, but that it may forbid the first message.
  static vendor_document good_agent(bool may_override_first_message = true) {
    return {outcome::found, R"({"agent_id":"agent_1","conversation_config":{
      "agent":{"language":"en","prompt":{"tools":[{"type":"system","name":"end_call"}]}},
      "asr":{"user_input_audio_format":"ulaw_8000"},"tts":{"agent_output_audio_format":"ulaw_8000"},
      "conversation":{"max_duration_seconds":3600,"client_events":["audio","interruption","ping","user_transcript",
        "agent_response","agent_response_correction","client_tool_call","conversation_initiation_metadata"]}},
      "platform_settings":{"overrides":{"conversation_config_override":{"agent":{"first_message":)" +
                                std::string{may_override_first_message ? "true" : "false"} + "}}}}}"};
  }
  void inspect() {
    agent_inspection with;
    with.store = store;
    with.vendor = vendor;
    with.seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
    with.by_business = std::make_shared<const business_agents>();
    with.counters = &counters;
    inspector = track(inspect_agents(system, std::move(with)));
    settle();
    EXPECT_TRUE(asked.empty()) << "not while the gateway starts";
    pass(10s);
    for (int n = 0; n < 400 && alive(inspector); ++n) pass(250ms);
  }

  tenant_store store;
  vendor_api vendor;
  caf::actor inspector;
  int store_fails = 0;
  std::map<std::string, std::string> tenants;
  std::map<std::string, vendor_document> agents;
  std::map<std::string, int> asked;
  captured_log log;
};

TEST_F(AgentInspector, SaysWhatDoesNotFitWithItsFixAndEnds) {
  tenants = {{"a", a_tenant("a", "agent_1", R"(,"greeting":"Hello")")},
             {"b", a_tenant("b", "agent_1")},
             {"c", a_tenant("c", "agent_gone")}};
  agents["agent_1"] = good_agent(false);
  inspect();
  EXPECT_FALSE(alive(inspector));
  EXPECT_EQ(asked["agent_1"], 1) << "each once, for whomever";
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("agent agent_1, tenant a: "));
  EXPECT_THAT(text, HasSubstr("first message"));
  EXPECT_THAT(text, Not(HasSubstr("tenant b: ")));
  EXPECT_THAT(text, HasSubstr("agent agent_gone, tenant c: ElevenLabs does not know the agent"));
  EXPECT_THAT(text, HasSubstr("tonrisctl agent check"));
}

TEST_F(AgentInspector, SaysNothingWhereAllFits) {
  tenants = {{"a", a_tenant("a", "agent_1")}};
  agents["agent_1"] = good_agent();
  inspect();
  EXPECT_FALSE(alive(inspector));
  EXPECT_THAT(log.text(), Not(HasSubstr("Agents:")));
}

TEST_F(AgentInspector, CountsWhatItCannotRead) {
  tenants = {{"a", a_tenant("a", "agent_1")}};
  agents["agent_1"] = {outcome::found, "<html>"};
  inspect();
  EXPECT_THAT(log.text(), HasSubstr("Agents: 1 could not be looked at"));
}

TEST_F(AgentInspector, AsksNoMoreByAKeyThatIsRefused) {
  tenants = {{"a", a_tenant("a", "agent_1")}, {"b", a_tenant("b", "agent_2")}};
  agents["agent_1"] = {outcome::bad_key};
  inspect();
  EXPECT_FALSE(asked.contains("agent_2"));
}

TEST_F(AgentInspector, WaitsForAStoreThatIsAway) {
  tenants = {{"a", a_tenant("a", "agent_gone")}};
  store_fails = 2;
  inspect();
  EXPECT_THAT(log.text(), HasSubstr("agent agent_gone"));
}

TEST_F(AgentInspector, DoesNotFillTheLog) {
  for (char id = 'a'; id <= 'z'; ++id)
    for (const char* second : {"1", "2", "3"}) {
      const auto name = std::string{second} + id;
      tenants[name] = a_tenant(name, "agent_" + name);
    }
  inspect();
  const auto text = log.text();
  std::size_t lines = 0;
  for (auto at = text.find("Agents: "); at != std::string::npos; at = text.find("Agents: ", at + 1)) ++lines;
  EXPECT_EQ(lines, agent_inspection::most_lines + 1);
  EXPECT_THAT(text, HasSubstr("78 errors"));
}

}  // namespace
}  // namespace tonris::actors::test
