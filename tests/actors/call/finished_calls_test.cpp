/// Calls that this life of the node has not seen, or has forgotten: the store knows them.
#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::fallback_news;
using model::fallback_step;
using model::twilio::call_status;
using testing::HasSubstr;
using testing::IsEmpty;
using what = call_answer::verb;

class FinishedCalls : public SurvivingCall {
 protected:
  void SetUp() override {
    SurvivingCall::SetUp();
    store_of_calls = track_as<call_store>(system.spawn(store_of, stored));
    node_starts_again([] {});
  }
  [[nodiscard]] model::call_checkpoint ended(end_reason why, fallback_step at = fallback_step::over) const {
    model::call_checkpoint state;
    state.record.call = some_call;
    state.record.tenant = tenant->id;
    state.record.to = "+15550100002";
    state.record.state = model::call_state::ended;
    state.record.reason = why;
    state.record.transcript.push_back({false, "Tuesday, please.", {}, {}, 0});
    state.fallback = at;
    return state;
  }
  /// Of a node that was killed while they talked.
  [[nodiscard]] model::call_checkpoint talking() const {
    auto state = ended(end_reason::agent_lost);
    state.account = some_account;
    state.record.reason.reset();
    state.record.state = model::call_state::talking;
    state.record.answered = calls->wall_clock();
    return state;
  }
  void knows(model::call_checkpoint state) { stored->calls[state.record.call.value] = std::move(state); }
  std::shared_ptr<store_script> stored = std::make_shared<store_script>();
};

TEST_F(FinishedCalls, AreNotMadeAgainOfAnOldWebhook) {
  knows(ended(end_reason::caller_hung_up));
  EXPECT_EQ(rings().then, what::hang_up);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(vendor->asked, 0) << "nothing is opened at the vendor";
  EXPECT_EQ(counted("tonris_calls_started_total"), 0);
  const auto batch = journal->take();
  EXPECT_THAT(batch.records, IsEmpty()) << "its record stays as it is";
  EXPECT_THAT(batch.events, IsEmpty());
  EXPECT_EQ(rings().then, what::hang_up);
  EXPECT_EQ(stored->asked, 1) << "from memory then";
}

TEST_F(FinishedCalls, AreNotMadeAgainOfAnOldRefusal) {
  knows(ended(end_reason::caller_hung_up));
  const auto answer = ask<call_answer>(refuse_call{request_of(some_call), nullptr, end_reason::registry_down});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->then, what::hang_up);
  EXPECT_THAT(journal->take().records, IsEmpty());
}

TEST_F(FinishedCalls, ComeBackWithTheirCaller) {
  knows(ended(end_reason::caller_hung_up));
  const auto offered = voice_again();
  ASSERT_EQ(offered.then, what::stream);
  EXPECT_EQ(recorded("state"), "ended");
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_THAT(agent->sent[1], HasSubstr("Tuesday, please."));
}

TEST_F(FinishedCalls, AreAskedForInTheStoreOnceForACallThatIsNew) {
  EXPECT_EQ(rings().then, what::stream);
  EXPECT_EQ(rings().then, what::stream);
  EXPECT_EQ(stored->asked, 1);
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(FinishedCalls, AreNotAskedForWhereTheNodeKnowsThatThereAreNone) {
  caf::anon_send(supervisor, restore_calls{{}, std::make_shared<model::call_filter>()});
  settle();
  EXPECT_EQ(rings().then, what::stream);
  EXPECT_EQ(stored->asked, 0) << "a webhook does not wait for the disk";
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::canceled});
  settle();
  EXPECT_TRUE(table->finished->perhaps(some_call)) << "from now on there is one";
}

/// Nobody would know of it after a kill.
TEST_F(FinishedCalls, AreOnTheDiskBeforeACallerIsToldThatHeIsRefused) {
  stored->is_slow = true;
  std::optional<call_answer> told;
  const auto refuse = [&](const model::call_sid& call) {
    told.reset();
    system.spawn([&, to = supervisor, call](caf::event_based_actor* self) {
      self->request(to, 10s, refuse_call{request_of(call), tenant, end_reason::registry_down})
          .then([&](const call_answer& answer) { told = answer; });
    });
    settle();
  };
  refuse(some_call);
  EXPECT_FALSE(told);
  EXPECT_EQ(journal->take().records.size(), 1u) << "that is what it waits for";
  ASSERT_EQ(stored->flushing.size(), 1u);
  const auto flush = [&] {
    caf::anon_send(caf::actor_cast<caf::actor>(store_of_calls), store_flushed{});
    settle();
  };
  flush();
  EXPECT_TRUE(told);
  refuse({"CA00000000000000000000000000000002"});
  EXPECT_TRUE(stored->flushing.empty()) << "what comes at once waits for others";
  pass(refusals_pause);
  EXPECT_EQ(stored->flushing.size(), 1u);
  EXPECT_FALSE(told);
  pass(written_limit);
  EXPECT_TRUE(told) << "a full disk keeps nobody waiting";
  EXPECT_EQ(rings({"CA00000000000000000000000000000003"}).then, what::stream) << "nor a call that is taken";
  flush();
}

TEST_F(FinishedCalls, HaveARecordOfAnApology) {
  EXPECT_TRUE(ask<apology_noted>(note_apology{request_of(some_call), tenant}));
  const auto batch = journal->take();
  ASSERT_EQ(batch.records.size(), 1u);
  EXPECT_THAT(batch.records[0].json, HasSubstr(R"("endReason":"internal_error")"));
  EXPECT_THAT(batch.records[0].json, HasSubstr(R"("fallback":"sentence","fallbackAt":")"));
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="internal_error"})"), 1);
  EXPECT_TRUE(ask<apology_noted>(note_apology{request_of(some_call), tenant}));
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="internal_error"})"), 1) << "told twice";
}

TEST_F(FinishedCalls, HaveARecordOfAnApologyOnlyWhereTheStoreHasNone) {
  struct row {
    const char* which;
    std::optional<bool> perhaps;  ///< what the node knows without the store; nothing: it does not
    bool has_record, fails;
    bool is_written;
    int asked;
  };
  for (const auto& [which, perhaps, has_record, fails, is_written, asked] :
       {row{"of a former life", true, true, false, false, 1},
        row{"perhaps, but it is not", true, false, false, true, 1}, row{"for sure not", false, false, false, true, 0},
        row{"nobody knows, and it is", {}, true, false, false, 1},
        row{"nobody knows, and it is not", {}, false, false, true, 1},
        row{"the store does not say", true, false, true, true, 1}}) {
    SCOPED_TRACE(which);
    node_starts_again([] {});
    *stored = {};
    if (has_record) knows(ended(end_reason::caller_hung_up));
    stored->fails = fails;
    if (perhaps) {
      auto finished = std::make_shared<model::call_filter>();
      if (*perhaps) finished->add(some_call);
      caf::anon_send(supervisor, restore_calls{{}, finished});
      settle();
    }
    (void)journal->take();
    constexpr auto refused = R"(tonris_calls_refused_total{by="gateway",reason="internal_error"})";
    const auto before = counted(refused);
    EXPECT_TRUE(ask<apology_noted>(note_apology{request_of(some_call), tenant}));
    EXPECT_EQ(journal->take().records.size(), is_written ? 1u : 0u);
    EXPECT_EQ(counted(refused) - before, is_written ? 1 : 0);
    EXPECT_EQ(stored->asked, asked);
  }
}

TEST_F(FinishedCalls, EndWithAnApologyWhereTheyBeganWhileTheStoreWasAsked) {
  for (const auto& question : {1, 2})
    system.spawn([=, this, to = supervisor](caf::event_based_actor* self) {
      if (question == 1)
        self->send(to, start_call{request_of(some_call), tenant, {"agent_1"}, 0});
      else
        self->send(to, note_apology{request_of(some_call), tenant});
    });
  settle();
  EXPECT_EQ(stored->asked, 2);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(recorded("endReason"), "internal_error");
}

TEST_F(FinishedCalls, EndWithAnApologyWhereTheyBeganMeanwhile) {
  ASSERT_EQ(rings().then, what::stream);
  EXPECT_TRUE(ask<apology_noted>(note_apology{request_of(some_call), tenant}));
  settle();
  EXPECT_EQ(live_calls(), 0u) << "its caller hears nothing more of it";
  EXPECT_EQ(recorded("endReason"), "internal_error");
}

TEST_F(FinishedCalls, KeepNobodyFromCallingWhenTheStoreDoesNotAnswer) {
  stored->fails = true;
  captured_log log;
  EXPECT_EQ(rings().then, what::stream);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_THAT(log.text(), HasSubstr("Call " + some_call.value + " (salon-1, +15550100002): the store does not say"));
}

TEST_F(FinishedCalls, MakeOneCallOfTwoWebhooksThatWaitForTheStoreTogether) {
  auto answers = std::make_shared<std::vector<call_answer>>();
  for (int i = 0; i < 2; ++i)
    system.spawn([=, this, to = supervisor](caf::event_based_actor* self) {
      self->request(to, 10s, start_call{request_of(some_call), tenant, {"agent_1"}, 0}).then([=](const call_answer& a) {
        answers->push_back(a);
      });
    });
  settle();
  ASSERT_EQ(answers->size(), 2u);
  EXPECT_EQ((*answers)[0].ticket, (*answers)[1].ticket);
  EXPECT_EQ(live_calls(), 1u);
}

// --- a transfer outlives the memory

TEST_F(FinishedCalls, GetTheirAnswerWhenTheirTransferOutlivesTheMemory) {
  tenant->fallback.voicemail = true;
  knows(ended(end_reason::agent_lost, fallback_step::transferring));
  EXPECT_EQ(next_with_token("a", fallback_news::not_answered).then, what::record);
  const auto batch = journal->take();
  ASSERT_FALSE(batch.records.empty());
  EXPECT_THAT(batch.records.back().json, HasSubstr(R"("fallback":"voicemail","fallbackAt":")"));
  EXPECT_THAT(batch.records.back().json, HasSubstr(R"("fallbackSource":"callback")"));
}

TEST_F(FinishedCalls, KeepInTheirRecordThatTheTransferWasAnswered) {
  knows(ended(end_reason::agent_lost, fallback_step::transferring));
  EXPECT_EQ(what_next(call_status::completed, some_call, fallback_news::answered).then, what::nothing);
  const auto batch = journal->take();
  ASSERT_FALSE(batch.records.empty());
  EXPECT_THAT(batch.records.back().json, HasSubstr(R"("fallback":"transferred","fallbackAt":")"));
  EXPECT_THAT(batch.records.back().json, HasSubstr(R"("fallbackSource":"callback")"));
}

/// Twilio tells it once: whoever is killed behind his answer has it.
TEST_F(FinishedCalls, HaveWhatBecameOfATransferOnTheDiskBeforeTwilioIsAnswered) {
  for (const auto status : {call_status::completed, call_status::in_progress}) {
    node_starts_again([&] { *stored = {}; });
    knows(ended(end_reason::agent_lost, fallback_step::transferring));
    stored->is_slow = true;
    auto told = std::make_shared<std::optional<call_answer>>();
    system.spawn([=, to = supervisor](caf::event_based_actor* self) {
      self->request(to, 10s, connect_action{some_call, status, fallback_news::answered, 0})
          .then([=](const call_answer& answer) { *told = answer; });
    });
    settle();
    EXPECT_FALSE(*told);
    const auto records = journal->take().records;
    ASSERT_FALSE(records.empty()) << "that is what it waits for";
    EXPECT_THAT(records.back().json, HasSubstr(R"("fallback":"transferred")"));
    ASSERT_EQ(stored->flushing.size(), 1u);
    caf::anon_send(caf::actor_cast<caf::actor>(store_of_calls), store_flushed{});
    settle();
    EXPECT_TRUE(*told);
  }
}

TEST_F(FinishedCalls, OfWhomNobodyHasHeardGetASentence) {
  EXPECT_EQ(what_next().then, what::say);
  EXPECT_EQ(what_next(call_status::completed).then, what::nothing);
  stored->fails = true;
  EXPECT_EQ(what_next().then, what::say);
}

// --- the number's fallback address after a restart

TEST_F(FinishedCalls, GetTheTenantsFallbackThroughTheVoiceWebhookAfterARestart) {
  tenant->fallback.transfer_to = "+15550109999";
  *registry_failures = 100;  // the webhook has found the tenant already
  const auto waiting = ended(end_reason::agent_lost, fallback_step::not_begun);
  caf::anon_send(supervisor, restore_calls{{waiting}});
  settle();
  const auto answer = voice_again(call_status::in_progress, some_call, "f", fallback_news::failed);
  EXPECT_EQ(answer.then, what::dial);
  EXPECT_EQ(answer.number, "+15550109999");
}

TEST_F(FinishedCalls, GoOnAfterARestartWhenTheVoiceWebhookAsksForACallThatLived) {
  caf::anon_send(supervisor, restore_calls{{talking()}});
  settle();
  *registry_failures = 100;
  caller_comes_back(voice_again(call_status::in_progress, some_call, "f", fallback_news::failed));
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

// --- a number that moved: the call stays its tenant's

TEST(TenantOfACall, IsTheOneItBeganWith) {
  const auto named = [](std::string id) {
    auto tenant = std::make_shared<model::tenant>();
    tenant->id = {std::move(id)};
    return tenant;
  };
  struct row {
    std::string call_is_of;
    tenant_ptr found_by_number;
    bool is_its;
  };
  for (const auto& [call_is_of, found, is_its] :
       {row{"a", named("a"), true}, row{"a", named("b"), false}, row{"a", nullptr, false}, row{"", named("b"), true},
        row{"", nullptr, false}}) {
    model::call_record call;
    call.tenant = {call_is_of};
    EXPECT_EQ(is_tenant_of(found, call), is_its) << call_is_of << " " << (found ? found->id.value : "nobody");
  }
}

class MovedNumber : public FinishedCalls {
 protected:
  /// The number that was called is another tenant's by now.
  void SetUp() override {
    FinishedCalls::SetUp();
    tenant->fallback.transfer_to = "+15550109999";
    tenant->language = "en-GB";
    auto next = std::make_shared<model::tenant>(*tenant);
    next->id = {"salon-2"};
    next->fallback.transfer_to = "+15550108888";
    *registry_script = next;
    *registry_by_id = {tenant, next};
    number_owner = next;
  }
  void goes_on_with(const model::tenant_id& id) {
    const auto* const live = table->find_live(some_call);
    ASSERT_TRUE(live);
    EXPECT_EQ(live->life->tenant->id, id);
  }
  /// The voice webhook, which found the tenant by the number.
  call_answer voice_webhook(model::fallback_news news = {}) {
    auto request = request_of(some_call);
    request.status = call_status::in_progress;
    return ask<call_answer>(start_call{request, number_owner, {"agent_2"}, 0, news}).value_or(call_answer{});
  }
  tenant_ptr number_owner;
};

TEST_F(MovedNumber, WakesACallThatWaitedWithTheTenantItBeganWith) {
  caf::anon_send(supervisor, restore_calls{{talking()}});
  EXPECT_EQ(what_next().then, what::stream);
  goes_on_with(tenant->id);
}

TEST_F(MovedNumber, WakesItSoThroughTheVoiceWebhookToo) {
  caf::anon_send(supervisor, restore_calls{{talking()}});
  caller_comes_back(voice_webhook(fallback_news::failed));
  goes_on_with(tenant->id);
  EXPECT_EQ(recorded("tenantId"), tenant->id.value);
}

TEST_F(MovedNumber, WakesItSoForATicketItShows) {
  auto state = talking();
  state.current_ticket = {{"shown"}, {}, false};
  caf::anon_send(supervisor, restore_calls{{state}});
  EXPECT_EQ(redeem("shown").is, redeemed_ticket::outcome::ok);
  goes_on_with(tenant->id);
}

TEST_F(MovedNumber, GivesAnEndedCallItsOwnTenantsFallback) {
  caf::anon_send(supervisor, restore_calls{{ended(end_reason::agent_lost, fallback_step::not_begun)}});
  EXPECT_EQ(what_next().number, "+15550109999");
}

TEST_F(MovedNumber, GivesItThroughTheVoiceWebhookToo) {
  caf::anon_send(supervisor, restore_calls{{ended(end_reason::agent_lost, fallback_step::not_begun)}});
  EXPECT_EQ(voice_webhook(fallback_news::failed).number, "+15550109999");
}

TEST_F(MovedNumber, BringsACallerBackToTheTenantHeCalled) {
  knows(ended(end_reason::caller_hung_up));
  caller_comes_back(voice_webhook());
  goes_on_with(tenant->id);
}

TEST_F(MovedNumber, EndsACallWhoseTenantIsGoneThoughItsNumberIsSomebodys) {
  *registry_by_id = {number_owner};
  caf::anon_send(supervisor, restore_calls{{talking()}});
  EXPECT_EQ(what_next().then, what::say);
  EXPECT_EQ(recorded("endReason"), "unknown_number");
}

// --- a registry that fails

class WokenCall : public FinishedCalls {
 protected:
  void SetUp() override {
    FinishedCalls::SetUp();
    caf::anon_send(supervisor, restore_calls{{talking()}});
    settle();
  }
  /// The registry is asked again after a while.
  call_answer asks(unsigned redirects = 0) {
    auto answer = std::make_shared<call_answer>(call_answer{what::nothing});
    system.spawn([=, to = supervisor](caf::event_based_actor* self) {
      self->request(to, 10s, connect_action{some_call, call_status::in_progress, {}, redirects})
          .then([=](const call_answer& a) { *answer = a; });
    });
    pass(200ms);
    pass(200ms);
    return *answer;
  }
};

TEST_F(WokenCall, IsLookedUpAgainWhenTheRegistryFailsOnce) {
  *registry_failures = 1;
  EXPECT_EQ(asks().then, what::stream);
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(WokenCall, WaitsAndIsAskedForAgainWhileTheRegistryFails) {
  *registry_failures = 2;
  EXPECT_EQ(asks().then, what::redirect_connect) << "failed is not nobody";
  EXPECT_EQ(recorded("state"), "talking") << "it waits still";
  EXPECT_EQ(asks(1).then, what::stream);
}

TEST_F(WokenCall, EndsWithASentenceWhenTheRegistryFailsForGood) {
  *registry_failures = 100;
  EXPECT_EQ(asks(max_redirects).then, what::say);
  EXPECT_EQ(recorded("endReason"), "registry_down");
}

TEST_F(WokenCall, EndsWhenItsTenantIsThereNoMore) {
  *registry_script = nullptr;
  EXPECT_EQ(asks().then, what::say);
  EXPECT_EQ(recorded("endReason"), "unknown_number");
}

TEST_F(WokenCall, RedeemsNoTicketWhileTheRegistryFailsAndLosesNothing) {
  *registry_failures = 2;
  ASSERT_EQ(asks().then, what::redirect_connect);
  const auto offered = asks(1);
  ASSERT_EQ(offered.then, what::stream);
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(FinishedCalls, KeepWhatTwilioBroughtWhileTheRegistryFailed) {
  tenant->fallback.voicemail = true;
  tenant->fallback.transfer_to = "+15550109999";
  caf::anon_send(supervisor, restore_calls{{ended(end_reason::agent_lost, fallback_step::transferring)}});
  settle();
  *registry_failures = 2;
  auto answer = std::make_shared<call_answer>();
  system.spawn([=, to = supervisor](caf::event_based_actor* self) {
    self->request(to, 10s, connect_action{some_call, call_status::in_progress, fallback_news::not_answered, 0})
        .then([=](const call_answer& a) { *answer = a; });
  });
  pass(200ms);
  pass(200ms);
  EXPECT_EQ(answer->then, what::redirect_connect);
  EXPECT_EQ(what_next().then, what::record) << "nobody had answered the transfer";
}

}  // namespace
}  // namespace tonris::actors::test
