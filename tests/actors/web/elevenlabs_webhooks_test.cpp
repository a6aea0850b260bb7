#include "actors/web/elevenlabs_webhooks.hpp"

#include <string>

#include "model/elevenlabs/legacy_signature.hpp"
#include "model/elevenlabs/signature.hpp"
#include "tests/actors/telemetry/captured_log.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Tenants' servers: what they are asked, and answer at once.
struct servers {
  std::vector<forward_tool> asked;
};

class ElevenLabsWebhooks : public FrontTest {
 protected:
  static inline const std::string beginning = "/api/webhooks/elevenlabs/conversation-initiation";
  static inline const std::string tools = "/api/webhooks/elevenlabs/tools/";

  void SetUp() override {
    FrontTest::SetUp();
    tenant->greeting = "Good morning, this is the salon.";
    tenant->tools["services"].static_json = R"({"services":["cut"]})";
    tenant->tools["book"].url = "https://crm.example/book";
    registry = track(system.spawn(tenants_at_hand, std::vector{*tenant}));
    forwarding = track_as<tool_forwarding>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const forward_tool& m) {
        asked.asked.push_back(m);
        return forwarded_tool{{R"({"booked":true})"}};
      }};
    }));
    auto with = front_config();
    with.elevenlabs.secrets = {"wsec_new", "wsec_old"};
    with.elevenlabs.unix_now = [] { return std::int64_t{1'800'000'000}; };
    with.conversations = calls->conversations;
    with.tools = forwarding;
    open_doors(std::move(with));
  }
  void TearDown() override {
    forwarding = nullptr;
    FrontTest::TearDown();
  }
  answer send(const std::string& method, const std::string& path, const std::string& body,
              const std::string& fields = "X-Webhook-Secret: wsec_old\r\n") {
    return exchange(method + " " + path + " HTTP/1.1\r\nHost: internal\r\nContent-Type: application/json\r\n" + fields +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  servers asked;
  tool_forwarding forwarding;
};

TEST_F(ElevenLabsWebhooks, LetInWhoShowsTheSecretOrASignature) {
  const std::string body = "{}";
  const struct {
    std::string fields;
    unsigned status;
  } rows[] = {
      {"", 401},
      {"X-Webhook-Secret: wsec_new\r\n", 200},
      {"X-Webhook-Secret: wsec_old\r\n", 200},
      {"X-Webhook-Secret: wsec_none\r\n", 401},
      {"X-Webhook-Secret: \r\n", 401},
      {"Authorization: Bearer wsec_new\r\n", 200},
      {"Authorization: Bearer admin\r\n", 401},
      {"ElevenLabs-Signature: " + model::elevenlabs::sign("wsec_new", 1'800'000'000, body) + "\r\n", 200},
      {"ElevenLabs-Signature: " + model::elevenlabs::sign("wsec_new", 1'799'990'000, body) + "\r\n", 401},
      {"ElevenLabs-Signature: " + model::elevenlabs::sign("wsec_none", 1'800'000'000, body) + "\r\n", 401},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(send("POST", beginning, body, row.fields).status, row.status) << row.fields;
    EXPECT_EQ(send("POST", tools + "services", body, row.fields).status, row.status) << row.fields;
  }
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="initiation",reason="bad_callback"})"), 6);
}

TEST_F(ElevenLabsWebhooks, TellAConversationItsTenantByTheCalledNumber) {
  captured_log log;
  const auto said = send("POST", beginning,
                         R"({"caller_id":"+15550100001","agent_id":"agent_demo","called_number":"+15550100002",)"
                         R"("call_sid":"CA00000000000000000000000000000077"})");
  EXPECT_EQ(said.status, 200u);
  EXPECT_THAT(said.body, HasSubstr(R"("type":"conversation_initiation_client_data")"));
  EXPECT_THAT(said.body, HasSubstr(R"("tenant_id":")" + tenant->id.value + "\""));
  EXPECT_THAT(said.body, HasSubstr(R"("caller_number":"+15550100001")"));
  EXPECT_THAT(said.body, HasSubstr("Good morning, this is the salon."));
  EXPECT_THAT(said.body, Not(HasSubstr("audio_format")));
  EXPECT_THAT(log.text(),
              HasSubstr("ElevenLabs Conversation Initiation: conversation=unknown, agent=agent_demo, tenant=" +
                        tenant->id.value));
}

TEST_F(ElevenLabsWebhooks, KnowTheCallByItsSidWhateverNumberIsNamed) {
  talk();
  const auto said =
      send("POST", beginning, R"({"call_sid":")" + some_call.value + R"(","called_number":"+15559999999"})");
  EXPECT_THAT(said.body, HasSubstr(R"("tenant_id":")" + tenant->id.value + "\""));
}

TEST_F(ElevenLabsWebhooks, AnswerForANumberThatIsNobodysAndForNonsense) {
  for (const auto* body :
       {R"({"called_number":"+15559999999","agent_id":"agent_x"})", "{}", "", "[1]", "{\"called_number\":7}"}) {
    const auto said = send("POST", beginning, body);
    EXPECT_EQ(said.status, 200u) << body;
    EXPECT_THAT(said.body, HasSubstr(R"("type":"conversation_initiation_client_data")")) << body;
    EXPECT_THAT(said.body, HasSubstr(R"("business_name")")) << body;
    EXPECT_THAT(said.body, Not(HasSubstr("conversation_config_override"))) << body;
  }
}

TEST_F(ElevenLabsWebhooks, AnswerWithinHalfASecondWhileNothingBehindThemDoes) {
  caf::anon_send_exit(registry, caf::exit_reason::kill);
  registry = track_as<tenant_registry>(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const find_tenant&) { return self->make_response_promise<found_tenant>(); },
            [self](const find_tenant_by_id&) { return self->make_response_promise<found_tenant>(); }};
  }));
  supervisor = track_as<call_supervisor>(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const describe_call&) { return self->make_response_promise<call_description>(); }};
  }));
  store = track_as<call_store>(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const find_record&) { return self->make_response_promise<found_record>(); }};
  }));
  auto with = front_config();
  with.elevenlabs.secrets = {"wsec_old"};
  open_doors(std::move(with));
  (void)send("POST", beginning,
             R"({"called_number":"+15550100002","call_sid":")" + some_call.value +
                 R"(","dynamic_variables":{"tenant_id":"salon-1"}})");
  for (int silent = 0; silent < 4; ++silent) pass(110ms);
  EXPECT_EQ(answer_on(*streams.back()).status, 200u);
}

TEST_F(ElevenLabsWebhooks, AnswerToolsOfTheCallsOwnTenant) {
  talk();
  const auto by_call = send("GET", tools + "services?call_sid=" + some_call.value, "");
  EXPECT_EQ(by_call.status, 200u);
  EXPECT_EQ(by_call.body, R"({"services":["cut"]})");
  const auto by_conversation = send("POST", tools + "services", R"({"conversation_id":"conv_1"})");
  EXPECT_EQ(by_conversation.body, R"({"services":["cut"]})");
  const auto by_tenant = send("POST", tools + "services", R"({"tenantId":")" + tenant->id.value + "\"}");
  EXPECT_EQ(by_tenant.body, R"({"services":["cut"]})");
  const auto record = api("GET", "/api/calls/" + some_call.value, "admin").body;
  EXPECT_THAT(record, HasSubstr(R"("toolCalls":[{"name":"services",)")) << "those that named the call";
  EXPECT_EQ(record.find(R"("name":"services")", record.find("toolCalls") + 40), record.rfind(R"("name":"services")"));
}

TEST_F(ElevenLabsWebhooks, NoteToolsInTheRecordOfACallThatOnlyTheStoreKnows) {
  model::call_record old;  // of a former life, or pushed out by others
  old.call = some_call;
  old.tenant = tenant->id;
  old.ended = old.started;
  stored->record = to_json(old);
  const struct {
    std::string tool, answer;
    bool failed;
  } rows[] = {
      {"services", R"({"services":["cut"]})", false}, {"book", R"({"booked":true})", false}, {"nobodys", "", true}};
  for (const auto& row : rows) {
    (void)journal->take();
    const auto said =
        send("POST", tools + row.tool, R"({"tool_call_id":"t1","parameters":{"call_sid":")" + some_call.value + "\"}}");
    EXPECT_EQ(said.status, 200u) << row.tool;
    EXPECT_TRUE(row.failed || said.body == row.answer) << said.body;
    const auto facts = journal->take().facts;
    ASSERT_EQ(facts.size(), 1u) << row.tool;
    EXPECT_EQ(facts[0].call, some_call);
    const auto& noted = std::get<model::call_record::tool_call>(facts[0].what);
    EXPECT_EQ(noted.name, row.tool);
    EXPECT_EQ(noted.id, "t1");
    EXPECT_EQ(noted.failed, row.failed) << row.tool;
    EXPECT_FALSE(noted.on_the_line);
  }
}

TEST_F(ElevenLabsWebhooks, LeaveTheJournalOutWhereTheCallIsKnown) {
  talk();
  (void)journal->take();
  (void)send("POST", tools + "services", R"({"call_sid":")" + some_call.value + "\"}");
  EXPECT_TRUE(journal->take().facts.empty()) << "it would be a second writer";
  EXPECT_THAT(api("GET", "/api/calls/" + some_call.value, "admin").body,
              HasSubstr(R"("toolCalls":[{"name":"services")"));
}

TEST_F(ElevenLabsWebhooks, NameTheCallBeforeTheTenant) {
  talk();
  const auto said =
      send("POST", tools + "services", R"({"call_sid":")" + some_call.value + R"(","tenantId":"another"})");
  EXPECT_EQ(said.body, R"({"services":["cut"]})") << "what an agent was talked into counts for nothing";
}

TEST_F(ElevenLabsWebhooks, ForwardWhatTheTenantsServerKnows) {
  talk();
  const std::string traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const auto said = send("POST", tools + "book", R"({"call_sid":")" + some_call.value + R"(","day":"Tuesday"})",
                         "X-Webhook-Secret: wsec_new\r\ntraceparent: " + traceparent + "\r\n");
  EXPECT_EQ(said.body, R"({"booked":true})");
  ASSERT_EQ(asked.asked.size(), 1u);
  EXPECT_EQ(asked.asked[0].parameters, R"({"day":"Tuesday"})") << "the ids are the gateway's business";
  EXPECT_EQ(asked.asked[0].call, some_call);
  EXPECT_EQ(asked.asked[0].trace_parent, traceparent);
  EXPECT_FALSE(asked.asked[0].id.empty());
  (void)send("POST", tools + "book", R"({"call_sid":")" + some_call.value + R"("})",
             "X-Webhook-Secret: wsec_new\r\ntraceparent: 00-ab-cd-01\r\n");
  ASSERT_EQ(asked.asked.size(), 2u);
  EXPECT_EQ(asked.asked[1].trace_parent, "") << "it is none";
}

TEST_F(ElevenLabsWebhooks, KnowSomeToolsThemselves) {
  talk();
  const auto context = send("POST", tools + "call_context", R"({"call_sid":")" + some_call.value + "\"}");
  EXPECT_THAT(context.body, HasSubstr(some_call.value));
  const auto profile = send("POST", tools + "business_profile", R"({"call_sid":")" + some_call.value + "\"}");
  EXPECT_THAT(profile.body, HasSubstr(tenant->name));
}

TEST_F(ElevenLabsWebhooks, KeepTheRoutesAndTheSignatureOfTheirPredecessorForWhoAsksForThem) {
  const auto query = "tenantId=" + tenant->id.value;
  const auto old = "X-ElevenLabs-Signature: " + model::elevenlabs::legacy_sign("wsec_new", query) + "\r\n";
  const auto path = "/api/webhooks/elevenlabs/services?" + query;
  EXPECT_EQ(send("GET", path, "").body, R"({"services":["cut"]})");
  EXPECT_EQ(send("GET", path, "", old).status, 401u) << "the tenant does not ask for it";
  EXPECT_EQ(send("GET", path + "x", "", old).status, 401u);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="tools",reason="bad_callback"})"), 2);
  tenant->legacy_signature = true;
  registry = track(system.spawn(tenants_at_hand, std::vector{*tenant}));
  auto with = front_config();
  with.elevenlabs.secrets = {"wsec_new"};
  open_doors(std::move(with));
  EXPECT_EQ(send("GET", path, "", old).body, R"({"services":["cut"]})");
  const std::string body = R"({"called_number":"+15550100002"})";
  const auto beginning_of_old =
      send("POST", "/api/ai/webhook/elevenlabs", body,
           "X-ElevenLabs-Signature: " + model::elevenlabs::legacy_sign("wsec_new", body) + "\r\n");
  EXPECT_THAT(beginning_of_old.body, HasSubstr(R"("type":"conversation_initiation_client_data")"));
}

TEST_F(ElevenLabsWebhooks, SaySorryInWordsThatAnAgentCanRead) {
  talk();
  const auto sorry = R"({"error":"I cannot look that up right now."})";
  const struct {
    std::string path, body;
  } rows[] = {
      {tools + "services", R"({"call_sid":"CA00000000000000000000000000000099"})"},
      {tools + "unheard_of", R"({"call_sid":")" + some_call.value + "\"}"},
      {tools + "services", "{"},
      {tools + "call_context", R"({"tenantId":")" + tenant->id.value + "\"}"},
      {tools + "services", ""},
  };
  for (const auto& row : rows) {
    const auto said = send("POST", row.path, row.body);
    EXPECT_EQ(said.status, 200u) << row.path << row.body;
    EXPECT_EQ(said.body, sorry) << row.path << row.body;
  }
}

}  // namespace
}  // namespace tonris::actors::test
