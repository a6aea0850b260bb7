#include "actors/web/twilio_webhooks.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Webhooks : public FrontTest {
 protected:
  static form next_form(std::string status = "in-progress") {
    return {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"CallStatus", std::move(status)}};
  }
  /// 200, text/xml, this sentence.
  static void expect_sentence(const answer& got, std::string_view sentence) {
    EXPECT_EQ(got.status, 200u);
    EXPECT_THAT(got.head, HasSubstr("Content-Type: text/xml"));
    EXPECT_THAT(got.body, StartsWith("<?xml"));
    EXPECT_THAT(got.body, HasSubstr(std::string{sentence}));
    EXPECT_THAT(got.body, HasSubstr("<Hangup"));
  }
  static void expect_sentence(const answer& got, end_reason reason) { expect_sentence(got, default_sentence(reason)); }
};

/// A registry that does not answer before it is told to, by replace_tenants.
tenants_for_tests::behavior_type silent_registry(
    tenants_for_tests::pointer self, std::shared_ptr<std::vector<caf::typed_response_promise<found_tenant>>> held) {
  return {
      [self, held](const find_tenant&) -> caf::result<found_tenant> {
        held->push_back(self->make_response_promise<found_tenant>());
        return caf::delegated<found_tenant>{};
      },
      [](const find_tenant_by_id&) { return found_tenant{}; },
      [held](const replace_tenants& all) {
        for (auto& promise : std::exchange(*held, {}))
          promise.deliver(found_tenant{std::make_shared<const model::tenant>(all.tenants.at(0))});
      },
  };
}

TEST_F(Webhooks, ConnectTheCallToAStreamOfItsOwn) {
  open_doors();
  const auto got = post(voice_path, voice_form());
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.head, HasSubstr("Content-Type: text/xml"));
  EXPECT_THAT(got.body, HasSubstr(R"(url="wss://gw.example.com/media-stream/ticket-1")"));
  EXPECT_THAT(got.body, HasSubstr(R"(action="https://gw.example.com/api/webhooks/twilio/connect-action#rc=5&amp;)"));
  EXPECT_THAT(got.body,
              HasSubstr(R"(statusCallback="https://gw.example.com/api/webhooks/twilio/stream-status#rc=5&amp;)"));
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(Webhooks, AnswerTheSameRequestTheSameWay) {
  open_doors();
  const auto first = post(voice_path, voice_form()), second = post(voice_path, voice_form());
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(Webhooks, TakeGetAsWellAsPost) {
  open_doors();
  const auto target = voice_path + "?" + encoded(voice_form());
  const auto got = get(target, "X-Twilio-Signature: " + model::twilio::signature(token, origin + target, {}) + "\r\n");
  EXPECT_THAT(got.body, HasSubstr("<Stream"));
}

TEST_F(Webhooks, FindTheTenantInEachFormOfTheCalledNumber) {
  open_doors();
  int n = 0;
  for (const auto* to : {"sip:+15550100002@acme.sip.us1.twilio.com;user=phone", "sip:15550100002@acme.example.com",
                         "whatsapp:+15550100002", "tel:+1-555-010-0002", "+1 (555) 010-0002"}) {
    const model::call_sid call{"CA0000000000000000000000000000001" + std::to_string(n++)};
    EXPECT_THAT(post(voice_path, voice_form(call, to)).body, HasSubstr("<Stream")) << to;
  }
}

TEST_F(Webhooks, TakeACallThatTellsNoCaller) {
  open_doors();
  auto fields = voice_form();
  std::erase_if(fields, [](const auto& field) { return field.first == "From"; });
  EXPECT_THAT(post(voice_path, fields).body, HasSubstr("<Stream"));
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="voice",reason="bad_form"})"), 0);
}

TEST_F(Webhooks, DialNobodyForACallThatComesFromATenantsNumber) {
  model::tenant other = *tenant;
  other.id = {"other"};
  other.phone_number = "+15550100003";
  tenant->agent = {};
  tenant->fallback.transfer_to = "+15550109999";
  replace(registry, {*tenant, other});
  settle();
  open_doors();
  const auto dialled = post(voice_path, voice_form(some_call, "sip:15550100002@acme.sip.us1.twilio.com")).body;
  EXPECT_THAT(dialled, HasSubstr("<Dial"));
  EXPECT_THAT(dialled, HasSubstr(R"(callerId="+15550100002")")) << "the tenant's number, not the address";
  auto from_tenant = voice_form({"CA00000000000000000000000000000002"});
  from_tenant[2].second = other.phone_number;
  auto forwarded = voice_form({"CA00000000000000000000000000000003"});
  forwarded.emplace_back("ForwardedFrom", "tel:" + other.phone_number);
  for (const auto& fields : {from_tenant, forwarded}) {
    const auto got = post(voice_path, fields);
    expect_sentence(got, end_reason::no_agent);
    EXPECT_THAT(got.body, Not(HasSubstr("<Dial")));
  }
}

TEST_F(Webhooks, TellAPersonWhomATenantCallsNothing) {
  open_doors();
  auto fields = voice_form(some_call, "+15550107777");
  fields[2].second = "+15550100002";
  fields[5].second = "outbound-api";
  for (const auto& path : {voice_path, next_path}) {
    const auto got = post(path, fields);
    EXPECT_EQ(got.status, 200u);
    EXPECT_THAT(got.body, HasSubstr("<Hangup/>"));
    EXPECT_THAT(got.body, Not(HasSubstr("<Say"))) << path;
  }
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="operator",reason="outbound_not_served"})"), 1);
  const auto written = journal->take().records;
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].tenant, tenant->id.value) << "found by its own number, the caller's";
}

TEST_F(Webhooks, TellAPersonWhomATenantCallsNothingWhateverFails) {
  open_doors();
  auto fields = voice_form();
  fields[5].second = "outbound-api";
  const auto expect_silence = [&](const form& asked) {
    const auto got = post(voice_path, asked);
    EXPECT_THAT(got.body, HasSubstr("<Hangup/>"));
    EXPECT_THAT(got.body, Not(HasSubstr("<Say")));
  };
  auto unusable = fields;
  unusable[1].second = "CA1";
  expect_silence(unusable);
  caf::anon_send_exit(registry, caf::exit_reason::kill);
  settle();
  expect_silence(fields);
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  settle();
  expect_silence(fields);
}

TEST_F(Webhooks, SayThatANumberIsNotInService) {
  open_doors();
  int n = 0;
  for (const auto* to : {"+15550109999", "anonymous", "sip:x@example.com"}) {
    const model::call_sid call{"CA0000000000000000000000000000001" + std::to_string(n++)};
    expect_sentence(post(voice_path, voice_form(call, to)), end_reason::unknown_number);
  }
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="tenant",reason="unknown_number"})"), 3);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(Webhooks, DoNotSayASuspendedTenantsWords) {
  tenant->status = model::tenant::status_type::suspended;
  tenant->fallback.say = "Our own words.";
  replace(registry, {*tenant});
  settle();
  open_doors();
  const auto got = post(voice_path, voice_form());
  expect_sentence(got, end_reason::tenant_suspended);
  EXPECT_THAT(got.body, Not(HasSubstr("Our own words.")));
}

class RoutingWebhooks : public Webhooks {
 protected:
  void serve() {
    replace(registry, {*tenant});
    settle();
    auto with = front_config();
    with.webhooks.wall_clock = [] { return *model::parse_iso_time("2026-11-24T15:00:00.000Z"); };  // a Tuesday
    with.webhooks.circuits = calls->circuits;
    open_doors(std::move(with));
  }
};

TEST_F(RoutingWebhooks, RefuseATenantThatIsNotActiveWithItsOwnReason) {
  tenant->status = model::tenant::status_type::cancelled;
  tenant->sentences.texts = {{model::tenant::sentence::suspended, "We are gone."}};
  serve();
  expect_sentence(post(voice_path, voice_form()), "We are gone.");
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="tenant",reason="tenant_cancelled"})"), 1);
  EXPECT_EQ(counted(R"(tonris_calls_routed_total{rule="not_active"})"), 1);
}

TEST_F(RoutingWebhooks, TurnABlockedCallerAway) {
  tenant->blocked_callers = {"+15550100001"};
  tenant->fallback.transfer_to = "+15550109999";
  serve();
  const auto got = post(voice_path, voice_form());
  expect_sentence(got, end_reason::caller_blocked);
  EXPECT_THAT(got.body, Not(HasSubstr("<Dial")));
  EXPECT_EQ(recorded("endReason"), "caller_blocked");
  EXPECT_EQ(recorded("rule"), "blocked_caller");
}

TEST_F(RoutingWebhooks, DoWhatTheTenantHasArrangedForClosedHours) {
  tenant->business_hours = model::tenant::business_hours_type{"UTC", {{"tuesday", {{"09:00", "15:00"}}}}, {}, {}};
  serve();
  expect_sentence(post(voice_path, voice_form()), end_reason::closed);
  EXPECT_EQ(recorded("rule"), "closed");
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(RoutingWebhooks, TakeAMessageOutsideBusinessHours) {
  tenant->business_hours =
      model::tenant::business_hours_type{"UTC", {}, {}, {model::tenant::action::voicemail, {}, {}}};
  serve();
  const auto got = post(voice_path, voice_form());
  EXPECT_THAT(got.body, HasSubstr("<Record"));
  EXPECT_EQ(recorded("fallback"), "voicemail");
  EXPECT_THAT(post(next_path, next_form()).body, HasSubstr("<Record")) << "Twilio asks the same again";
}

TEST_F(RoutingWebhooks, SendACallerOnByARule) {
  tenant->caller_rules = {{"boss", {"+1555010*"}, model::tenant::action::transfer, {}, "+15550109999"}};
  serve();
  const auto got = post(voice_path, voice_form());
  EXPECT_THAT(got.body, HasSubstr("<Dial"));
  EXPECT_THAT(got.body, HasSubstr("+15550109999"));
  EXPECT_EQ(recorded("endReason"), "sent_on");
  EXPECT_EQ(recorded("ruleName"), "boss");
  auto asked = next_form();
  asked.emplace_back("DialCallStatus", "no-answer");
  expect_sentence(post(next_path, asked), end_reason::sent_on);
}

TEST_F(RoutingWebhooks, BookTheLegOfATransferWithItsCall) {
  tenant->caller_rules = {{"boss", {"+1555010*"}, model::tenant::action::transfer, {}, "+15550109999"}};
  serve();
  post(voice_path, voice_form());
  auto asked = next_form();
  const std::string leg = "CA00000000000000000000000000000099";
  asked.emplace_back("DialCallStatus", "completed");
  asked.emplace_back("DialCallSid", leg);
  asked.emplace_back("DialCallDuration", "61");
  post(next_path, asked);
  post(next_path, asked);
  const auto record = table->find_ended(some_call)->state.record;
  ASSERT_EQ(record.legs.size(), 1u) << "Twilio asks twice";
  EXPECT_EQ(record.legs[0].call.value, leg);
  EXPECT_EQ(record.legs[0].status, "completed");
  EXPECT_EQ(record.legs[0].seconds, 61u);
  EXPECT_EQ(record.legs[0].source, "callback");
  const auto a_minute = model::rate_card::standard().at(record.started).outbound_per_minute;
  EXPECT_EQ(record.cost.transfer->amount.amount, 2 * a_minute);
  EXPECT_FALSE(record.cost.transfer->is_final);
}

TEST_F(RoutingWebhooks, TellWhoeverAnswersATransferByTheAgentWhoItIs) {
  tenant->transfer.emplace();
  tenant->transfer->numbers = {"+15550109999"};
  tenant->transfer->ring_seconds = 35;
  tenant->transfer->warm = true;
  tenant->transfer->whisper = "A caller of the salon.";
  serve();
  talk();
  agent->say(agent_uses("transfer_call", R"({"reason":"A bill."})"));
  settle();
  agent->peer_closes(1000, {});
  settle();
  pass(5s);
  const auto dial = post(next_path, next_form()).body;
  EXPECT_THAT(dial, HasSubstr(R"(<Dial timeout="35")"));
  const std::string whisper_path = "/api/webhooks/twilio/whisper?call=";
  EXPECT_THAT(dial, HasSubstr("<Number url=\"https://gw.example.com" + whisper_path + some_call.value + "#"));
  const form to_him = {{"AccountSid", some_account.value}, {"CallSid", "CA9"}, {"CallStatus", "in-progress"}};
  const auto said = post(whisper_path + some_call.value, to_him);
  EXPECT_THAT(said.body, HasSubstr("A caller of the salon. 1 5 5 5 0 1 0 0 0 0 1. A bill."));
  EXPECT_THAT(said.body, Not(HasSubstr("<Hangup"))) << "they are joined then";
  const auto of_another = post(whisper_path + "CA8", to_him);
  EXPECT_EQ(of_another.status, 200u);
  EXPECT_THAT(of_another.body, HasSubstr("<Response"));
  EXPECT_THAT(of_another.body, Not(HasSubstr("<Say")));
  EXPECT_THAT(of_another.body, Not(HasSubstr("<Hangup")));
}

TEST_F(RoutingWebhooks, GiveAVipAnAgentOfHisOwn) {
  tenant->caller_rules = {{"vip", {"+15550100001"}, model::tenant::action::agent, {"agent_vip"}, {}}};
  serve();
  EXPECT_THAT(post(voice_path, voice_form()).body, HasSubstr("<Stream"));
  EXPECT_EQ(vendor->agent.value, "agent_vip");
  EXPECT_EQ(recorded("rule"), "caller_rule");
  EXPECT_EQ(counted(R"(tonris_calls_routed_total{rule="caller_rule"})"), 1);
}

TEST_F(RoutingWebhooks, TakeTheAgentOfTheNumberThatWasCalled) {
  tenant->numbers = {{"+15550100009", "es", {"agent_es"}}};
  serve();
  EXPECT_THAT(post(voice_path, voice_form(some_call, "+15550100009")).body, HasSubstr("<Stream"));
  EXPECT_EQ(vendor->agent.value, "agent_es");
  EXPECT_EQ(recorded("rule"), "number");
}

TEST_F(RoutingWebhooks, GoStraightToTheFallbackWhileEveryAgentFails) {
  for (int n = 0; n < 5; ++n)
    calls->circuits->failed({"shared", {"agent_1"}}, end_reason::agent_unreachable, std::chrono::steady_clock::now(),
                            counters);
  serve();
  expect_sentence(post(voice_path, voice_form()), end_reason::agents_failing);
  EXPECT_EQ(recorded("endReason"), "agents_failing");
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(Webhooks, SayTheTenantsWordsWhenItHasNoAgent) {
  tenant->agent = {};
  tenant->fallback.say = "Our <own> words.";
  tenant->language = "en-GB";
  replace(registry, {*tenant});
  settle();
  open_doors();
  const auto got = post(voice_path, voice_form());
  expect_sentence(got, "Our &lt;own&gt; words.");
  EXPECT_THAT(got.body, HasSubstr(R"(language="en-GB")"));
}

TEST_F(Webhooks, TakeTheDefaultAgentForATenantWithoutOne) {
  tenant->agent = {};
  replace(registry, {*tenant});
  settle();
  auto with = front_config();
  with.webhooks.default_agent = {"agent_default"};
  open_doors(std::move(with));
  post(voice_path, voice_form());
  EXPECT_EQ(vendor->agent.value, "agent_default");
}

TEST_F(Webhooks, SpeakWhenTheRegistryIsGone) {
  open_doors();
  caf::anon_send_exit(registry, caf::exit_reason::kill);
  settle();
  expect_sentence(post(voice_path, voice_form()), end_reason::registry_down);
}

TEST_F(Webhooks, SpeakWithinThreeSecondsWhenTheRegistryIsSilent) {
  const auto held = std::make_shared<std::vector<caf::typed_response_promise<found_tenant>>>();
  registry = track(system.spawn(silent_registry, held));
  open_doors();
  EXPECT_EQ(post(voice_path, voice_form()).status, 0u);
  pass(2500ms);
  expect_sentence(answer_on(*streams.back()), end_reason::registry_down);
  held->clear();
}

TEST_F(Webhooks, SpeakWhenTheSupervisorIsGone) {
  open_doors();
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  settle();
  expect_sentence(post(voice_path, voice_form()), end_reason::internal_error);
  expect_sentence(post(next_path, next_form()), end_reason::internal_error);
}

TEST_F(Webhooks, SpeakToFieldsThatAreNoCall) {
  open_doors();
  auto fields = voice_form();
  fields[1].second = "CA1";
  expect_sentence(post(voice_path, fields), end_reason::internal_error);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="voice",reason="bad_form"})"), 1);
}

TEST_F(Webhooks, AnswerTheCallersOfACrashedOneAndServeTheNext) {
  auto with = front_config();
  with.webhooks.public_origin = "";  // no configuration lets this through: it throws where the TwiML is written
  open_doors(std::move(with));
  expect_sentence(post(voice_path, voice_form()), end_reason::internal_error);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.twilio_webhooks"})"), 1);
  expect_sentence(post(voice_path, voice_form({"CA00000000000000000000000000000002"}, "+15550109999")),
                  end_reason::unknown_number);
}

TEST_F(Webhooks, AnswerTheOtherRequestsOfACrashedOneToo) {
  const auto held = std::make_shared<std::vector<caf::typed_response_promise<found_tenant>>>();
  registry = track(system.spawn(silent_registry, held));
  auto with = front_config();
  with.webhooks.public_origin = "";
  open_doors(std::move(with));
  post(voice_path, voice_form());
  post(voice_path, voice_form({"CA00000000000000000000000000000002"}));
  ASSERT_EQ(held->size(), 2u);
  held->pop_back();  // the second one is still waiting when the first one's answer is a crash
  replace(registry, {*tenant});
  settle();
  expect_sentence(answer_on(*streams[0]), end_reason::internal_error);
  expect_sentence(answer_on(*streams[1]), end_reason::internal_error);
  held->clear();
}

TEST_F(Webhooks, TellTwilioWhatComesNext) {
  open_doors();
  expect_sentence(post(next_path, next_form()), end_reason::internal_error);  // a call nobody knows
  EXPECT_THAT(post(next_path, next_form("completed")).body, HasSubstr("<Response")) << "nothing to a call that is over";
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  post(voice_path, voice_form());
  expect_sentence(post(next_path, next_form()), end_reason::agent_not_found);
}

/// Its node was killed before anything of it was written down.
TEST_F(Webhooks, WriteDownALostCallAndGoOnWithItsTenantsFallback) {
  tenant->fallback.transfer_to = "+15550109999";
  replace(registry, {*tenant});
  open_doors();
  auto lost = voice_form();
  lost[4].second = "in-progress";
  EXPECT_THAT(post(next_path, lost).body, HasSubstr("<Dial"));
  const auto batch = journal->take();
  ASSERT_EQ(batch.records.size(), 1u);
  EXPECT_EQ(batch.records[0].tenant, tenant->id.value);
  EXPECT_THAT(batch.records[0].json, HasSubstr(R"("endReason":"node_lost")"));
  EXPECT_THAT(batch.records[0].json, HasSubstr(R"("from":"+15550100001")"));
  lost.emplace_back("DialCallStatus", "busy");
  expect_sentence(post(next_path, lost), end_reason::node_lost);
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="node_lost"})"), 1);
}

TEST_F(Webhooks, DoNotBeginALostCallsFallbackAnew) {
  tenant->fallback.transfer_to = "+15550109999";
  replace(registry, {*tenant});
  open_doors();
  auto lost = voice_form();
  lost[4].second = "in-progress";
  lost.emplace_back("DialCallStatus", "completed");
  expect_sentence(post(next_path, lost), end_reason::internal_error);
  EXPECT_EQ(journal->take().records.size(), 1u);
}

TEST_F(Webhooks, WriteDownWhomTheyApologisedTo) {
  auto with = front_config();
  auto there = std::make_shared<bool>(false);
  with.webhooks.supervisor =
      track_as<call_supervisor>(system.spawn([there, to = supervisor](caf::event_based_actor* self) -> caf::behavior {
        return {[](const start_call&) -> caf::result<call_answer> { return caf::make_error(caf::sec::runtime_error); },
                [there, to, self](const note_apology& m) -> caf::result<apology_noted> {
                  if (!*there) return caf::make_error(caf::sec::runtime_error);
                  auto promise = self->make_response_promise<apology_noted>();
                  self->request(to, 10s, m).then([promise](apology_noted noted) mutable { promise.deliver(noted); });
                  return promise;
                }};
      }));
  open_doors(std::move(with));
  expect_sentence(post(voice_path, voice_form()), end_reason::internal_error);
  EXPECT_TRUE(journal->take().records.empty());
  *there = true;
  pass(1s);
  const auto batch = journal->take();
  ASSERT_EQ(batch.records.size(), 1u) << "once it is there again";
  EXPECT_THAT(batch.records[0].json, HasSubstr(R"("endReason":"internal_error")"));
  pass(60s);
  EXPECT_TRUE(journal->take().records.empty());
}

TEST_F(Webhooks, KnowARetryByItsToken) {
  tenant->fallback.transfer_to = "+15550109999";
  replace(registry, {*tenant});
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  settle();
  open_doors();
  post(voice_path, voice_form());
  const auto asked = [&](const std::string& number, const form& fields) {
    return exchange(post_bytes(next_path, fields,
                               model::twilio::signature(FrontTest::token, origin + next_path, fields),
                               "I-Twilio-Idempotency-Token: " + number + "\r\n"));
  };
  auto busy = next_form();
  busy.emplace_back("DialCallStatus", "busy");
  for (int i = 0; i < 4; ++i) EXPECT_THAT(asked("t-1", next_form()).body, HasSubstr("<Dial")) << i;
  for (int i = 0; i < 4; ++i) expect_sentence(asked("t-2", busy), end_reason::agent_not_found);
}

TEST_F(Webhooks, GoOnWithTheNextStepAtTheNumbersFallbackAddress) {
  tenant->fallback.transfer_to = "+15550109999";
  replace(registry, {*tenant});
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  settle();
  open_doors();
  post(voice_path, voice_form());
  EXPECT_THAT(post(next_path, next_form()).body, HasSubstr("<Dial"));
  auto fields = voice_form();
  fields.emplace_back("ErrorCode", "13214");
  fields.emplace_back("ErrorUrl", origin + next_path);
  expect_sentence(post(voice_path, fields), end_reason::agent_not_found);
}

TEST_F(Webhooks, TakeTheFinalStatusForTheEnd) {
  open_doors();
  post(voice_path, voice_form());
  EXPECT_EQ(post("/api/webhooks/twilio/status", next_form("in-progress")).status, 204u);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(post("/api/webhooks/twilio/status", next_form("completed")).status, 204u);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(Webhooks, WaitForTwiliosQuestionAfterAStreamError) {
  open_doors();
  post(voice_path, voice_form());
  const form reported{{"AccountSid", some_account.value},   {"CallSid", some_call.value},
                      {"StreamSid", some_stream.value},     {"StreamName", "agent"},
                      {"StreamEvent", "stream-error"},      {"StreamError", "31920 handshake"},
                      {"Timestamp", "2026-11-22T10:00:00Z"}};
  EXPECT_EQ(post("/api/webhooks/twilio/stream-status", reported).status, 204u);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_THAT(post(next_path, next_form()).body, HasSubstr("<Stream url=")) << "another one, for the same call";
  EXPECT_EQ(post("/api/webhooks/twilio/stream-status", next_form()).status, 204u);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="stream_status",reason="bad_form"})"), 1);
}

TEST_F(RoutingWebhooks, TransferInTheDefaultTenantsNameSoThatNoCallGoesInACircle) {
  tenant->caller_rules = {{"boss", {"+15550100001"}, model::tenant::action::transfer, {}, "+15550109999"}};
  serve();
  replace(registry, {*tenant}, tenant->id);
  settle();
  const auto got = post(voice_path, voice_form(some_call, "+15550100077"));
  EXPECT_THAT(got.body, HasSubstr("+15550109999"));
  EXPECT_THAT(got.body, HasSubstr(R"(callerId="+15550100002")")) << "a number that is known for a tenant's";
}

}  // namespace
}  // namespace tonris::actors::test
