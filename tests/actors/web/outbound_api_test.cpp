#include "actors/web/outbound_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/admission/counting.hpp"
#include "tests/actors/web/outbound_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(OutboundApi, PlacesACallThatComesBackForItsAgent) {
  const auto got = place(R"(,"variables":{"appointment":"Tuesday"},"machine":"hang-up")");
  EXPECT_EQ(got.status, 201u) << got.body;
  EXPECT_THAT(got.body, HasSubstr(R"("callSid":")" + some_call.value));
  EXPECT_EQ(ordered("To"), callee);
  EXPECT_EQ(ordered("From"), "+15550100002");
  EXPECT_EQ(ordered("AsyncAmd"), "true");
  ASSERT_EQ(kept->trail.size(), 1u);
  EXPECT_EQ(kept->trail[0].what, "call.place");
  EXPECT_THAT(kept->trail[0].after, AllOf(HasSubstr("+1555..."), Not(HasSubstr(callee)), Not(HasSubstr("Tuesday"))));

  EXPECT_EQ(post(path_of("StatusCallback"), told("ringing")).status, 204u);
  const auto answered = post(path_of("Url"), told("in-progress"));
  EXPECT_EQ(answered.status, 200u);
  EXPECT_THAT(answered.body, HasSubstr("<Connect"));
  EXPECT_EQ(recorded("direction"), "outbound-api");
  EXPECT_EQ(recorded("tenantId"), "salon-1");
  EXPECT_EQ(recorded("to"), callee);
  ASSERT_NE(table->find_live(some_call), nullptr);
  EXPECT_EQ(table->find_live(some_call)->life->state.variables.at("appointment"),
            model::elevenlabs::variable{std::string{"Tuesday"}});
  EXPECT_EQ(decided("allowed"), 1);
  EXPECT_EQ(came("placed"), 1);
}

TEST_F(OutboundApi, CallsNobodyUntilItKnowsWhomItsFormerLifeHasCalled) {
  dials->await_former_life();
  EXPECT_EQ(place().status, 503u);
  EXPECT_TRUE(at_twilio->orders.empty());
  dials->restore({}, {}, {});
  EXPECT_EQ(place().status, 201u);
}

TEST_F(OutboundApi, BelievesNoTicketThatItHasNotMadeNorASecondCallWithIt) {
  ASSERT_EQ(place().status, 201u);
  const auto path = path_of("Url");
  const auto made_up = path.substr(0, path.rfind('/') + 1) + std::string(32, '0');
  EXPECT_THAT(post(made_up, told("in-progress", {"CA00000000000000000000000000000077"})).body, HasSubstr("<Hangup/>"));
  EXPECT_EQ(exchange(post_bytes(path, told("in-progress"), "wrong")).status, 403u);
  EXPECT_THAT(post(path, told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_THAT(post(path, told("in-progress")).body, HasSubstr("<Connect")) << "Twilio asks again";
  EXPECT_THAT(post(path, told("in-progress", {"CA00000000000000000000000000000078"})).body, HasSubstr("<Hangup/>"));
  auto inbound = told("ringing", {"CA00000000000000000000000000000079"});
  inbound[5].second = "inbound";
  EXPECT_THAT(post(path, inbound).body, HasSubstr("<Hangup/>"));
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="outbound",reason="unknown_ticket"})"), 2);
}

TEST_F(OutboundApi, TellsAllMistakesAtOnce) {
  const auto got =
      api("POST", "/api/calls", "admin", R"({"tenantId":"salon-1","to":"anna","from":"+15550107777","x":1})");
  EXPECT_EQ(got.status, 400u);
  EXPECT_THAT(got.body, AllOf(HasSubstr(R"("path":"to")"), HasSubstr(R"("path":"from")"), HasSubstr(R"("path":"x")")));
  EXPECT_THAT(api("POST", "/api/calls", "admin", R"({"to":"+15550109999"})").body, HasSubstr(R"("path":"tenantId")"));
  EXPECT_TRUE(at_twilio->orders.empty());
}

TEST_F(OutboundApi, IsForItsOwnTenantAndWhoMayControl) {
  EXPECT_EQ(place("", make_key("salon-1", {model::scope::read})).status, 403u);
  EXPECT_EQ(place("", make_key("salon-2", {model::scope::control})).status, 404u);
  EXPECT_EQ(place("", "nobody's").status, 401u);
  EXPECT_EQ(api("POST", "/api/calls", "admin", R"({"tenantId":"nobody","to":"+15550109999"})").status, 404u);
  EXPECT_TRUE(at_twilio->orders.empty());
  EXPECT_EQ(api("POST", "/api/calls", make_key("salon-1", {model::scope::control}), R"({"to":"+15550109999"})").status,
            201u);
}

TEST_F(OutboundApi, IsShutUnlessTheTenantsSettingsOpenIt) {
  tenant->outbound->enabled = false;
  changed();
  EXPECT_THAT(place().body, HasSubstr("outbound_off"));
  tenant->outbound->enabled = true;
  tenant->outbound->allowed = {"+45"};
  changed();
  EXPECT_THAT(place().body, HasSubstr("destination_refused"));
  tenant->outbound->allowed = {"+1"};
  tenant->outbound->quiet_hours = {"00:00", "24:00"};
  changed();
  EXPECT_THAT(place().body, AllOf(HasSubstr("destination_refused"), HasSubstr("quiet")));
  EXPECT_TRUE(at_twilio->orders.empty());
  EXPECT_EQ(decided("off"), 1);
  EXPECT_EQ(decided("not_allowed"), 1);
  EXPECT_EQ(decided("quiet_hours"), 1);
}

TEST_F(OutboundApi, CountsAttempts) {
  tenant->outbound->per_minute = 1;
  tenant->outbound->per_day = 2;
  changed();
  at_twilio->next.push_back({400, R"({"code":21211,"message":"Invalid 'To' Phone Number"})", {}});
  const auto refused = place();
  EXPECT_EQ(refused.status, 502u);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("call_refused"), HasSubstr("21211")));
  EXPECT_EQ(place().status, 429u) << "what Twilio refused was an attempt";
  pass(61s);
  EXPECT_EQ(place().status, 201u);
  pass(61s);
  EXPECT_EQ(place().status, 429u);
  EXPECT_EQ(decided("too_many_a_minute"), 1);
  EXPECT_EQ(decided("too_many_a_day"), 1);
  EXPECT_EQ(at_twilio->orders.size(), 2u);
}

TEST_F(OutboundApi, LooksForACallThatTwilioDoesNotAnswerForAndPlacesNoOther) {
  at_twilio->next.push_back({0, {}, "read_timeout"});
  at_twilio->listed = call_json(some_call, now + 1s);
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 0u) << "it is looked for";
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 202u) << "which the same id is told";
  EXPECT_EQ(place().status, 409u) << "two could not be told apart";
  pass(1s);
  const auto got = answer_on(*streams.front());
  EXPECT_EQ(got.status, 201u) << got.body;
  EXPECT_THAT(got.body, HasSubstr(some_call.value));
  const auto again = place(R"(,"id":"order-7")");
  EXPECT_EQ(again.status, 200u);
  EXPECT_THAT(again.body, HasSubstr(some_call.value));
  EXPECT_EQ(at_twilio->orders.size(), 1u);
  EXPECT_EQ(came("found"), 1);
}

/// 408: not all of the question was read in time, as far as somebody knows; without a code it is not Twilio's word.
TEST_F(OutboundApi, TakesNoAnswerForARefusalThatIsNone) {
  const std::vector<twilio_answer> said{{408, R"({"code":20408,"message":"Request timed out"})", {}},
                                        {403, "<html>forbidden</html>", {}},
                                        {429, "<html>slow down</html>", {}}};
  for (std::size_t i = 0; i < said.size(); ++i) {
    at_twilio->next.push_back(said[i]);
    const auto call = model::call_sid{"CA0000000000000000000000000000008" + std::to_string(i)};
    at_twilio->listed = call_json(call, now + 1s);
    EXPECT_EQ(place().status, 0u) << said[i].status << ": it is looked for";
    pass(1s);
    const auto got = answer_on(*streams.back());
    EXPECT_EQ(got.status, 201u) << got.body;
    EXPECT_THAT(got.body, HasSubstr(call.value));
  }
  EXPECT_EQ(at_twilio->orders.size(), said.size()) << "none was placed twice";
  EXPECT_EQ(came("found"), 3);
}

TEST_F(OutboundApi, LearnsFromACallbackWhichCallItIs) {
  at_twilio->next.push_back({502, "<html>", {}});
  EXPECT_EQ(place().status, 0u);
  EXPECT_EQ(post(path_of("StatusCallback"), told("initiated")).status, 204u);
  pass(1s);
  EXPECT_EQ(answer_on(*streams.front()).status, 201u);
  EXPECT_EQ(at_twilio->looks, 0);
}

TEST_F(OutboundApi, SaysThatItDoesNotKnowAndServesTheCallThatComesAllTheSame) {
  at_twilio->next.push_back({500, "<html>", {}});
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 0u);
  pass(1s);
  pass(2s);
  const auto got = answer_on(*streams.front());
  EXPECT_EQ(got.status, 504u);
  EXPECT_THAT(got.body, AllOf(HasSubstr("call_unknown"), HasSubstr("same id")));
  EXPECT_EQ(at_twilio->looks, 2);
  EXPECT_EQ(kept->trail.size(), 1u) << "it may have been placed";
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 504u);
  EXPECT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 200u);
  EXPECT_EQ(at_twilio->orders.size(), 1u) << "never asked a second time";
  EXPECT_EQ(came("unknown"), 2);
}

TEST_F(OutboundApi, GivesTheIdBackWhereNobodyIsCalled) {
  for (const auto& said : {twilio_answer{429, R"({"code":20429,"message":"Too Many Requests"})", {}},
                           twilio_answer{0, {}, "connect_refused", false}}) {
    at_twilio->next.push_back(said);
    EXPECT_EQ(place(R"(,"id":"order-7")").status, 503u);
  }
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 201u);
  EXPECT_EQ(place(R"(,"id":"order-7","machine":"off")").status, 409u) << "asked for otherwise";
}

/// Callbacks out of order, twice and late: one record.
TEST_F(OutboundApi, RecordsACallThatNobodyTookOnce) {
  struct row {
    const char *status, *reason;
  };
  int n = 0;
  for (const auto& [status, reason] : {row{"busy", "callee_busy"}, row{"no-answer", "callee_no_answer"},
                                       row{"failed", "callee_unreachable"}, row{"canceled", "call_canceled"}}) {
    const model::call_sid call{"CA0000000000000000000000000000009" + std::to_string(n++)};
    at_twilio->next.push_back({201, R"({"sid":")" + call.value + "\"}", {}});
    ASSERT_EQ(place().status, 201u);
    (void)journal->take();
    const auto path = path_of("StatusCallback");
    auto last = told(status, call);
    last.emplace_back("SipResponseCode", "486");
    last.emplace_back("SequenceNumber", "2");
    last.emplace_back("CallDuration", "0");
    for (const auto& fields : {last, told("ringing", call), last, told("initiated", call)})
      EXPECT_EQ(post(path, fields).status, 204u);
    const auto written = journal->take().records;
    ASSERT_FALSE(written.empty()) << status;
    for (const auto& one : written) EXPECT_EQ(one.json, written[0].json) << "however often it is told";
    const auto record = model::parse_call_record(written[0].json).value();
    EXPECT_EQ(to_string(*record.reason), std::string_view{reason});
    EXPECT_EQ(record.direction, "outbound-api");
    EXPECT_EQ(record.tenant.value, "salon-1");
    EXPECT_EQ(record.end_detail, "SIP 486");
    EXPECT_EQ(record.metered_seconds, 0u);
    ASSERT_TRUE(record.twilio);
    EXPECT_EQ(record.twilio->status, model::twilio::parse_call_status(status));
    EXPECT_EQ(record.twilio->source, model::carrier_progress::source_type::callback);
    EXPECT_EQ(record.twilio->sequence, 2u);
    EXPECT_EQ(record.twilio->seconds, 0u);
    EXPECT_EQ(record.account, some_account) << "whose it was, also where nothing is to be paid";
    EXPECT_FALSE(record.cost.twilio || record.cost.machine_detection);
  }
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(OutboundApi, RecordsACallThatOnlyTwilioKnowsByWhoseNumberItCameFrom) {
  const auto path = "/api/webhooks/twilio/outbound-status/" + std::string(32, '0');
  EXPECT_EQ(post(path, told("no-answer")).status, 204u);
  const auto written = journal->take().records;
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].tenant, "salon-1");
}

TEST_F(OutboundApi, EndsACallThatAMachineAnswers) {
  ASSERT_EQ(place(R"(,"machine":"hang-up")").status, 201u);
  const auto path = path_of("AsyncAmdStatusCallback");
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  const auto heard = [&](const std::string& by) {
    return post(path, {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", by}}).status;
  };
  EXPECT_EQ(heard("unknown"), 204u);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(heard_by(), "unknown callback");
  EXPECT_EQ(heard("machine_start"), 204u);
  EXPECT_EQ(recorded("endReason"), "machine_answered");
  EXPECT_EQ(heard_by(), "machine callback");
  EXPECT_THAT(post(next_path, told("in-progress")).body, HasSubstr("<Hangup/>"));
  EXPECT_EQ(counted(R"(tonris_outbound_answered_by_total{by="machine"})"), 1);
}

TEST_F(OutboundApi, HangsUpOnAMachineThatIsHeardWhileItsPlaceIsCounted) {
  const auto books = std::make_shared<admission_books>();
  const auto meanwhile = std::make_shared<std::function<void()>>();
  who_may_come = track(spawn_counting(
      system, books,
      [this, meanwhile] {
        if (*meanwhile) std::exchange(*meanwhile, nullptr)();
        return calls->wall_clock();
      },
      counters));
  changed();
  ASSERT_EQ(place(R"(,"machine":"hang-up")").status, 201u);
  const auto path = path_of("Url");
  bool was_heard = false;
  *meanwhile = [&, ticket = model::ticket{path.substr(path.rfind('/') + 1)}] {
    const model::who_answered machine{model::twilio::answered_by::machine, {}, now};
    was_heard = dials->hears(ticket, some_call, machine, scheduler.clock().now()).has_value();
  };
  EXPECT_THAT(post(path, told("in-progress")).body, HasSubstr("<Hangup/>"));
  EXPECT_TRUE(was_heard);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(books->table.live(tenant->id, scheduler.clock().now()), 0u) << "and holds no place";
}

TEST_F(OutboundApi, HangsUpOnAMachineThatIsHeardBeforeTwilioAsks) {
  ASSERT_EQ(place(R"(,"machine":"hang-up")").status, 201u);
  (void)post(path_of("AsyncAmdStatusCallback"),
             {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "fax"}});
  EXPECT_THAT(post(path_of("Url"), told("in-progress")).body, AllOf(HasSubstr("<Hangup/>"), Not(HasSubstr("<Say"))));
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(heard_by(), "fax callback");
}

TEST_F(OutboundApi, WritesDownWhoAnsweredWhenItIsToldBeforeTwilioAsks) {
  ASSERT_EQ(place(R"(,"machine":"continue")").status, 201u);
  (void)post(path_of("AsyncAmdStatusCallback"),
             {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "human"}});
  EXPECT_TRUE(journal->take().facts.empty()) << "there is no record yet";
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_EQ(heard_by(), "human callback");
}

TEST_F(OutboundApi, IsToldAgainWhoAnsweredWhereThatCannotBeWritten) {
  bool is_full = false;
  std::vector<model::ticket> written;
  const auto disk = track_as<dial_keeper>(system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[](load_dials) { return dials_kept{}; },
            [&](const keep_dials& m) -> caf::result<dials_kept> {
              if (is_full) return caf::make_error(caf::sec::runtime_error, "no room");
              written.insert(written.end(), m.which.begin(), m.which.end());
              return dials_kept{};
            }};
  }));
  opened([&](auto& with) { with.webhooks.dials_on_disk = disk; });
  ASSERT_EQ(place(R"(,"machine":"hang-up")").status, 201u);
  written.clear();
  const auto path = path_of("AsyncAmdStatusCallback");
  const form fields{{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "fax"}};
  is_full = true;
  EXPECT_EQ(post(path, fields).status, 503u);
  is_full = false;
  EXPECT_EQ(post(path, fields).status, 204u);
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].value, path.substr(path.rfind('/') + 1));
}

TEST_F(OutboundApi, WritesDownWhoAnsweredACallThatIsForgottenHere) {
  const auto path = "/api/webhooks/twilio/outbound-machine/" + std::string(32, '0');
  (void)post(path, {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "human"}});
  const auto batch = journal->take();
  ASSERT_EQ(batch.facts.size(), 1u);
  EXPECT_EQ(std::get<model::who_answered>(batch.facts[0].what).by, model::twilio::answered_by::human);
}

TEST_F(OutboundApi, HasTwiliosWordOfACallThatTalked) {
  ASSERT_EQ(place().status, 201u);
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  pass(5s);
  auto last = told("completed");
  last.emplace_back("SequenceNumber", "3");
  last.emplace_back("CallDuration", "77");
  EXPECT_EQ(post(path_of("StatusCallback"), last).status, 204u);
  const auto record = model::parse_call_record(api("GET", "/api/calls/" + some_call.value, "admin").body).value();
  ASSERT_TRUE(record.twilio);
  EXPECT_EQ(record.twilio->source, model::carrier_progress::source_type::callback);
  EXPECT_EQ(record.twilio->sequence, 3u);
  EXPECT_EQ(record.twilio->seconds, 77u);
  const auto rates = model::rate_card::standard().at(record.started);
  ASSERT_TRUE(record.cost.twilio);
  EXPECT_LE(record.metered_seconds, 60u);
  EXPECT_EQ(record.cost.twilio->amount.amount, 2 * rates.outbound_per_minute) << "by Twilio's length";
  ASSERT_TRUE(record.cost.stream);
  EXPECT_EQ(record.cost.stream->amount.amount, 0) << "none ever came";
  EXPECT_FALSE(record.cost.machine_detection) << "nobody asked Twilio to listen for a machine";
}

TEST_F(OutboundApi, CountsWhatItCostsThatTwilioListensForAMachineOnceSomebodyAnswers) {
  const auto listening_costs = [this] {
    return model::parse_call_record(api("GET", "/api/calls/" + some_call.value, "admin").body)
        .value()
        .cost.machine_detection;
  };
  ASSERT_EQ(place(R"(,"machine":"continue")").status, 201u);
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  ASSERT_TRUE(listening_costs()) << "while it goes on";
  pass(5s);
  EXPECT_EQ(post(path_of("StatusCallback"), told("completed")).status, 204u);
  ASSERT_TRUE(listening_costs()) << "whether Twilio has heard anything or not";
  EXPECT_EQ(listening_costs()->amount, (model::money{7'500, model::us_dollars}));
  EXPECT_TRUE(listening_costs()->is_final);
  EXPECT_EQ(listening_costs()->source, model::cost_source::estimate);
}

TEST_F(OutboundApi, CountsItOfACallThatIsRefusedOnceSomebodyAnswersToo) {
  ASSERT_EQ(place(R"(,"machine":"hang-up")").status, 201u);
  (void)post(path_of("AsyncAmdStatusCallback"),
             {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "fax"}});
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Hangup/>"));
  const auto record = model::parse_call_record(api("GET", "/api/calls/" + some_call.value, "admin").body).value();
  ASSERT_TRUE(record.cost.machine_detection && record.cost.twilio);
  EXPECT_EQ(record.cost.machine_detection->amount.amount, 7'500);
  EXPECT_EQ(model::total(record.cost), 7'500 + 14'000) << "and a minute";
}

TEST_F(OutboundApi, KeepsWhatARefusedCallEndedForWhenTwilioReportsItsEnd) {
  const auto unknown = std::string(32, '0');
  (void)post("/api/webhooks/twilio/outbound/" + unknown, told("in-progress"));
  (void)post("/api/webhooks/twilio/outbound-status/" + unknown, told("completed"));
  const auto written = journal->take().records;
  ASSERT_FALSE(written.empty());
  for (const auto& one : written) EXPECT_THAT(one.json, HasSubstr("outbound_not_served"));
}

TEST_F(OutboundApi, LetsNobodyWaitForTheAgentInSilence) {
  tenant->warm_start = true;
  changed();
  vendor->silent = true;
  ASSERT_EQ(place().status, 201u);
  EXPECT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect")) << "at once";
}

TEST_F(OutboundApi, LetsTheAgentTalkToAMachineWhereTheTenantWantsIt) {
  tenant->outbound->machine = model::tenant::outbound_type::machine_type::go_on;
  changed();
  ASSERT_EQ(place().status, 201u);
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  (void)post(path_of("AsyncAmdStatusCallback"),
             {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "machine_start"}});
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(heard_by(), "machine callback");
}

TEST_F(OutboundApi, TellsWhoIsCalledNothingWhereTheAgentCannotCome) {
  vendor->answer = {{}, model::end_reason::agent_not_found, {}};
  ASSERT_EQ(place().status, 201u);
  tenant->fallback.voicemail = true;
  tenant->fallback.say = "Sorry.";
  (void)post(path_of("Url"), told("in-progress"));
  settle();
  const auto next = post(next_path, told("in-progress")).body;
  EXPECT_THAT(next, AllOf(HasSubstr("<Hangup/>"), Not(HasSubstr("<Say")), Not(HasSubstr("<Record"))));
}

}  // namespace
}  // namespace tonris::actors::test
