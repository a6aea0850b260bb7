/// What a tenant's webhooks are told of its calls.
#include "actors/call/tenant_news.hpp"

#include "model/call/later_fact.hpp"
#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::fallback_news;
using model::tenant;
using model::twilio::call_status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using what = call_answer::verb;
using event = tenant::event;

class TenantNews : public SurvivingCall {
 protected:
  void SetUp() override {
    SurvivingCall::SetUp();
    tenant->webhooks.push_back({"crm",
                                "https://crm.example/calls",
                                {event::call_started, event::call_ended, event::voicemail_received,
                                 event::transfer_failed, event::limit_reached, event::call_troubled}});
  }
  std::vector<tenant_notice> told() const { return calls->notices->take(); }
  static std::vector<event> events(const std::vector<tenant_notice>& of) {
    std::vector<event> all;
    for (const auto& one : of) all.push_back(one.what);
    return all;
  }
  void hang_up() {
    twilio->say(twilio_stop());
    settle();
  }
  void is_refused(const char* call, end_reason why) {
    caf::anon_send(supervisor, refuse_call{request_of({call}), tenant, why});
    settle();
  }
  /// A store that has the record of that call of another node's, or will have it.
  std::shared_ptr<store_script> with_store() {
    auto stored = std::make_shared<store_script>();
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    settle();
    store_of_calls = track_as<call_store>(system.spawn(store_of, stored));
    supervise(1000);
    return stored;
  }
  model::call_record elsewhere() const {
    model::call_record record;
    record.call = {"CA9"};
    record.tenant = tenant->id;
    record.started = model::call_record::time{1'795'341'600s};
    record.from = "+15550100009";
    return record;
  }
  static recording_reported voicemail(const model::call_sid& call, std::string status = "completed") {
    recording_reported reported{call, {}};
    reported.recording.recording_sid = "RE1";
    reported.recording.url = "https://recordings.example/RE1";
    reported.recording.status = std::move(status);
    reported.recording.seconds = 7;
    return reported;
  }
};

TEST_F(TenantNews, TellsThatACallBeganAndEnded) {
  talk();
  const auto began = told();
  ASSERT_THAT(events(began), ElementsAre(event::call_started));
  EXPECT_EQ(began[0].tenant, tenant->id);
  EXPECT_THAT(began[0].webhooks, ElementsAre("crm"));
  EXPECT_EQ(began[0].call, some_call);
  EXPECT_EQ(began[0].subject, some_call.value);
  EXPECT_THAT(began[0].body, HasSubstr(R"({"type":"call.started","timestamp":")"));
  EXPECT_THAT(began[0].body, HasSubstr(R"("from":"+15550100001")"));
  hang_up();
  const auto ended = told();
  ASSERT_THAT(events(ended), ElementsAre(event::call_ended));
  EXPECT_THAT(ended[0].body, HasSubstr(R"("endReason":"caller_hung_up")"));
}

TEST_F(TenantNews, TellsEachWebhookWhatItWantsAndNobodyElse) {
  tenant->webhooks = {{"first", "https://a.example", {event::call_started}},
                      {"second", "https://b.example", {event::call_started, event::call_ended}}};
  talk();
  hang_up();
  const auto all = told();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_THAT(all[0].webhooks, ElementsAre("first", "second"));
  EXPECT_THAT(all[1].webhooks, ElementsAre("second"));
  tenant->webhooks.clear();
  (void)rings({"CA2"});
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(TenantNews, TellsOnceOfACallThatTwilioAsksForTwice) {
  (void)rings();
  (void)rings();
  EXPECT_THAT(events(told()), ElementsAre(event::call_started));
}

TEST_F(TenantNews, TellsOfTroubleBesideTheEnd) {
  talk();
  (void)told();
  agent->end(net::errc::reset);  // another conversation is on its way
  settle();
  pass(4s);
  hang_up();
  const auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::call_ended, event::call_troubled));
  EXPECT_THAT(all[1].body, HasSubstr(R"("trouble":")"));
}

TEST_F(TenantNews, GivesEachEndOfACallThatCameBackAnIdOfItsOwn) {
  talk();
  hang_up();
  (void)told();
  const auto answer = voice_again();
  ASSERT_EQ(answer.then, what::stream);
  caller_comes_back(answer);
  hang_up();
  const auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::call_ended)) << "it did not begin again";
  EXPECT_EQ(all[0].subject, some_call.value + ":1");
}

TEST_F(TenantNews, TellsOfACallThatTheNodeLost) {
  talk();
  auto state = table->find_live(some_call)->life->state;
  state.record.call = {"CA9"};
  (void)told();
  caf::anon_send(supervisor, restore_calls{{state}});
  settle();
  pass(70s);
  auto all = told();
  std::erase_if(all, [](const tenant_notice& one) { return one.call.value != "CA9"; });
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].what, event::call_ended);
  EXPECT_THAT(all[0].body, HasSubstr(R"("endReason":"node_lost")"));
}

TEST_F(TenantNews, TellsOfALimitOnceAMinute) {
  is_refused("CA1", end_reason::tenant_busy);
  is_refused("CA2", end_reason::tenant_busy);
  is_refused("CA3", end_reason::month_minutes);
  auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::limit_reached, event::limit_reached));
  EXPECT_THAT(all[0].body, HasSubstr(R"("limit":"tenant_busy")"));
  EXPECT_THAT(all[1].body, HasSubstr(R"("limit":"month_minutes")"));
  pass(40s);
  is_refused("CA5", end_reason::tenant_busy);
  EXPECT_THAT(told(), IsEmpty());
  pass(21s);
  is_refused("CA4", end_reason::tenant_busy);
  all = told();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].call.value, "CA4");
}

TEST_F(TenantNews, TellsOfNoOtherRefusal) {
  is_refused("CA1", end_reason::node_full);
  is_refused("CA2", end_reason::closed);
  is_refused("CA3", end_reason::vendor_full);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(TenantNews, TellsOfAVoicemailOnce) {
  talk();
  hang_up();
  (void)told();
  caf::anon_send(supervisor, voicemail(some_call, "absent"));
  for (int i = 0; i < 2; ++i) caf::anon_send(supervisor, voicemail(some_call));
  settle();
  const auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::voicemail_received));
  EXPECT_EQ(all[0].subject, "RE1");
  EXPECT_THAT(all[0].body, HasSubstr(R"("recordingUrl":"https://recordings.example/RE1")"));
}

TEST_F(TenantNews, TellsOnceOfAVoicemailOfAnotherNodesCall) {
  with_store()->records["CA9"] = elsewhere();
  for (int i = 0; i < 2; ++i) caf::anon_send(supervisor, voicemail({"CA9"}));
  settle();
  const auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::voicemail_received));
  EXPECT_EQ(all[0].call.value, "CA9");
  EXPECT_THAT(all[0].body, HasSubstr("+15550100009"));
}

TEST_F(TenantNews, TellsOfAVoicemailThatCameBeforeTheRecordOnceThatIsHere) {
  const auto stored = with_store();
  caf::anon_send(supervisor, voicemail({"CA9"}));
  settle();
  EXPECT_THAT(told(), IsEmpty()) << "whose call it is nobody knows yet";
  const model::call_record::voicemail_message message{"RE1", "https://recordings.example/RE1", 7, elsewhere().started};
  stored->records["CA9"] = elsewhere();
  ASSERT_TRUE(model::add_fact(stored->records["CA9"], message));
  caf::anon_send(supervisor, voicemail_came_first{{"CA9"}, message});
  settle();
  const auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::voicemail_received));
  EXPECT_EQ(all[0].subject, "RE1");
  caf::anon_send(supervisor, voicemail({"CA9"}));
  settle();
  EXPECT_THAT(told(), IsEmpty()) << "its record has it";
}

TEST_F(TenantNews, TellsOfATransferThatNobodyAnswers) {
  tenant->fallback.transfer_to = "+15550109999";
  const auto refused = ask<call_answer>(refuse_call{request_of(some_call), tenant, end_reason::no_agent, {}, "a"});
  ASSERT_EQ(refused->then, what::dial);
  EXPECT_THAT(told(), IsEmpty());
  (void)what_next(call_status::in_progress, some_call, fallback_news::not_answered);
  const auto all = told();
  ASSERT_THAT(events(all), ElementsAre(event::transfer_failed));
  EXPECT_THAT(all[0].body, HasSubstr(R"("number":"+15550109999","why":"not_answered")"));
  EXPECT_EQ(all[0].subject, some_call.value + ":fallback");
}

TEST_F(TenantNews, SaysNothingOfATransferThatWasAnswered) {
  tenant->fallback.transfer_to = "+15550109999";
  (void)ask<call_answer>(refuse_call{request_of(some_call), tenant, end_reason::no_agent, {}, "a"});
  (void)what_next(call_status::in_progress, some_call, fallback_news::answered);
  EXPECT_THAT(told(), IsEmpty());
}

TEST(TenantNewsRules, KnowALimitOfTheTenants) {
  std::vector<end_reason> limits;
  for (std::size_t i = 0; i < model::end_reason_count; ++i)
    if (const auto why = static_cast<end_reason>(i); tenant_news::is_limit_of_tenant(why)) limits.push_back(why);
  EXPECT_THAT(limits, ElementsAre(end_reason::month_used_up, end_reason::tenant_busy, end_reason::tenant_rate,
                                  end_reason::caller_rate, end_reason::month_minutes, end_reason::month_cost));
}

}  // namespace
}  // namespace tonris::actors::test
