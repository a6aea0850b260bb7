/// Twilio's voice webhook where admission counts: who comes in, who waits, and what the others get.
#include "actors/admission/messages.hpp"
#include "tests/actors/admission/counting.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::HasSubstr;
using testing::Not;

class VoiceAdmission : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    count_calls();
  }
  void count_calls() {
    who_may_come = track(spawn_counting(
        system, books, [this] { return calls->wall_clock(); }, counters));
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    supervise(1000);
  }
  void serve() {
    replace(registry, {*tenant});
    settle();
    open_doors();
  }
  static model::call_sid call(int number) {
    auto digits = std::to_string(number);
    return {"CA" + std::string(32 - digits.size(), '0') + digits};
  }
  answer voice(int number, const std::string& query = {}) { return post(voice_path + query, voice_form(call(number))); }
  std::uint64_t places() { return books->table.live(tenant->id, scheduler.clock().now()); }
  void hang_up(int number) {
    caf::anon_send(supervisor, call_status_changed{call(number), model::twilio::call_status::completed});
    settle();
  }

  std::shared_ptr<admission_books> books = std::make_shared<admission_books>();
};

TEST_F(VoiceAdmission, TakesExactlyTenOfTwoHundredAndEachRetryOnce) {
  tenant->limits.max_concurrent_calls = 10;
  serve();
  int taken = 0, busy = 0;
  for (int n = 0; n < 200; ++n) {
    const auto got = voice(n % 100);
    taken += got.body.find("<Stream") != std::string::npos;
    busy += got.body.find("all our lines are busy") != std::string::npos;
  }
  EXPECT_EQ(taken, 20);
  EXPECT_EQ(busy, 180);
  EXPECT_EQ(live_calls(), 10u);
  EXPECT_EQ(places(), 10u);
  EXPECT_EQ(books->table.month(tenant->id, model::month_of(calls->wall_clock())).calls, 10);
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="tenant",reason="tenant_busy"})"), 90);
  EXPECT_EQ(counted(R"(tonris_tenant_calls_refused_total{reason="tenant_busy",tenant="salon-1"})"), 90);
  EXPECT_EQ(counted(R"(tonris_tenant_calls_started_total{tenant="salon-1"})"), 10);
}

TEST_F(VoiceAdmission, GivesThePlaceOfACallThatEndsToTheNext) {
  tenant->limits.max_concurrent_calls = 1;
  serve();
  EXPECT_THAT(voice(1).body, HasSubstr("<Stream"));
  EXPECT_THAT(voice(2).body, Not(HasSubstr("<Stream")));
  hang_up(1);
  EXPECT_EQ(places(), 0u);
  EXPECT_THAT(voice(3).body, HasSubstr("<Stream"));
  EXPECT_THAT(voice(2).body, Not(HasSubstr("<Stream"))) << "a retry hears what it heard";
  hang_up(3);
  EXPECT_THAT(voice(2).body, Not(HasSubstr("<Stream")));
  EXPECT_EQ(places(), 0u) << "and holds no place";
}

TEST_F(VoiceAdmission, GivesBackThePlaceOfACallThatTheNodeDoesNotTake) {
  serve();
  overloaded = end_reason::node_overloaded;
  EXPECT_THAT(voice(1).body, HasSubstr("<Say"));
  EXPECT_EQ(places(), 0u);
  EXPECT_EQ(books->table.month(tenant->id, model::month_of(calls->wall_clock())), model::month_sums{});
}

TEST_F(VoiceAdmission, TransfersWhoIsOverTheLimitWhereTheTenantChoseSo) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::transfer, "+15550108888", {}, 0};
  serve();
  voice(1);
  const auto got = voice(2);
  EXPECT_THAT(got.body, HasSubstr("<Dial"));
  EXPECT_THAT(got.body, HasSubstr("+15550108888"));
}

TEST_F(VoiceAdmission, TakesAMessageWhereTheTenantChoseSo) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow.what = model::tenant::action::voicemail;
  serve();
  voice(1);
  EXPECT_THAT(voice(2).body, HasSubstr("<Record"));
}

TEST_F(VoiceAdmission, SaysTheTenantsOwnWords) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->sentences.texts[model::tenant::sentence::busy] = "All chairs are taken.";
  tenant->fallback.transfer_to = "+15550109999";
  serve();
  voice(1);
  const auto got = voice(2);
  EXPECT_THAT(got.body, HasSubstr("All chairs are taken."));
  EXPECT_THAT(got.body, Not(HasSubstr("<Dial"))) << "that is for failures";
}

TEST_F(VoiceAdmission, LetsACallerWaitWithMusicAndThenIn) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
  serve();
  voice(1);
  const auto first = voice(2);
  EXPECT_THAT(first.body, HasSubstr("<Play>https://gw.example.com/api/webhooks/twilio/hold-music.wav</Play>"));
  EXPECT_THAT(first.body, HasSubstr("Please hold the line"));
  EXPECT_THAT(first.body, HasSubstr("https://gw.example.com/api/webhooks/twilio/elevenlabs?waited=11"));
  pass(5s);
  const auto second = voice(2, "?waited=11");
  EXPECT_THAT(second.body, HasSubstr("waited=22"));
  EXPECT_THAT(second.body, Not(HasSubstr("<Say"))) << "said once";
  hang_up(1);
  EXPECT_THAT(voice(3).body, HasSubstr("<Play>")) << "it is another's turn";
  EXPECT_THAT(voice(2, "?waited=22").body, HasSubstr("<Stream"));
  EXPECT_EQ(get("/api/webhooks/twilio/hold-music.wav").status, 200u);
}

TEST_F(VoiceAdmission, LetsNobodyWaitLongerThanTheTenantWants) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 20};
  serve();
  voice(1);
  EXPECT_THAT(voice(2, "?waited=11").body, HasSubstr("<Play>"));
  EXPECT_THAT(voice(2, "?waited=22").body, HasSubstr(std::string{default_sentence(end_reason::tenant_busy)}));
}

TEST_F(VoiceAdmission, TakesTheAgentForWhatIsOverTheLimit) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::agent, {}, {"agent_overflow"}, 0};
  serve();
  voice(1);
  EXPECT_THAT(voice(2).body, HasSubstr("<Stream"));
  EXPECT_EQ(vendor->agent.value, "agent_overflow");
}

TEST_F(VoiceAdmission, LetsCallsInAsFarAsItKnowsWhileAdmissionIsAway) {
  tenant->limits.max_concurrent_calls = 2;
  serve();
  caf::anon_send_exit(who_may_come, caf::exit_reason::kill);
  settle();
  EXPECT_THAT(voice(1).body, HasSubstr("<Stream"));
  EXPECT_THAT(voice(2).body, HasSubstr("<Stream"));
  EXPECT_THAT(voice(3).body, Not(HasSubstr("<Stream"))) << "its own calls are counted";
  EXPECT_EQ(counted(R"(tonris_admissions_total{how="policy"})"), 3);
}

TEST_F(VoiceAdmission, RefusesWhileAdmissionIsAwayWhereTheTenantChoseSo) {
  tenant->limits.when_unknown = model::tenant::when_unknown_type::refuse;
  serve();
  caf::anon_send_exit(who_may_come, caf::exit_reason::kill);
  settle();
  EXPECT_THAT(voice(1).body, HasSubstr(std::string{default_sentence(end_reason::usage_unknown)}));
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="usage_unknown"})"), 1);
}

TEST_F(VoiceAdmission, GivesWhomNobodyCouldBeAskedForTheFallbackOfAFailure) {
  tenant->fallback.say = "Call us tomorrow.";
  tenant->limits.overflow = {model::tenant::action::voicemail, {}, {}, 0};
  caf::actor counts = system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const admit_call&) { return admitted{admitted::answer::refused, model::admission_verdict::lost, {}}; }};
  });
  who_may_come = track_as<admission>(counts);
  serve();
  EXPECT_THAT(voice(1).body, HasSubstr("Call us tomorrow."));
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="usage_unknown"})"), 1);
}

TEST_F(VoiceAdmission, TakesNobodyUncountedForMoneyLongerThanAQuarterOfAnHour) {
  tenant->limits.cost_per_month = 100;
  serve();
  caf::anon_send_exit(who_may_come, caf::exit_reason::kill);
  settle();
  EXPECT_THAT(voice(1).body, HasSubstr("<Stream"));
  pass(14min);
  EXPECT_THAT(voice(2).body, HasSubstr("<Stream"));
  pass(61s);
  EXPECT_THAT(voice(3).body, Not(HasSubstr("<Stream")));
}

TEST_F(VoiceAdmission, AnswersInTimeWhileAdmissionIsSilent) {
  const auto mute = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const admit_call&) -> caf::result<admitted> {
      (void)self->make_response_promise<admitted>();
      return caf::delegated<admitted>{};
    }};
  });
  who_may_come = track_as<admission>(mute);
  serve();
  EXPECT_EQ(voice(1).status, 0u);
  pass(500ms);
  EXPECT_THAT(answer_on(*streams.back()).body, HasSubstr("<Stream"));
}

class VoiceLine : public VoiceAdmission {
 protected:
  void SetUp() override {
    VoiceAdmission::SetUp();
    tenant->limits.max_concurrent_calls = 1;
    tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
    serve();
    voice(1);
  }
  std::uint64_t in_line() { return books->line.length(tenant->id, scheduler.clock().now()); }
  /// What was written of a call, the newest.
  std::optional<model::call_record> written(int number) {
    for (auto& one : journal->take().records) records.push_back(one.json);
    std::optional<model::call_record> found;
    for (const auto& json : records)
      if (auto record = model::parse_call_record(json); record && record->call == call(number)) found = *record;
    return found;
  }

  std::vector<std::string> records;
};

TEST_F(VoiceLine, HasARecordOfWhoHangsUpInItAndFreesHisPlace) {
  EXPECT_THAT(voice(2).body, HasSubstr("<Play>"));
  EXPECT_EQ(in_line(), 1u);
  EXPECT_EQ(recorded("state", call(2)), "ringing");
  pass(7s);
  hang_up(2);
  EXPECT_EQ(in_line(), 0u) << "at once";
  const auto record = written(2);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, end_reason::caller_gave_up);
  EXPECT_EQ(record->tenant, tenant->id);
  EXPECT_EQ(record->rule, "agent");
  ASSERT_TRUE(record->ended);
  EXPECT_EQ(*record->ended - record->started, 7s);
  EXPECT_EQ(record->end_detail, "after 7 s in line");
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="caller",reason="caller_gave_up"})"), 1);
  EXPECT_EQ(counted(R"(tonris_tenant_calls_refused_total{reason="caller_gave_up",tenant="salon-1"})"), 1);
  hang_up(1);
  EXPECT_THAT(voice(2, "?waited=11").body, Not(HasSubstr("<Stream"))) << "a late retry brings nobody back";
  EXPECT_EQ(places(), 0u);
}

TEST_F(VoiceLine, HasARecordOfWhoIsSilentAsLongAsItKeepsHisPlace) {
  voice(2);
  pass(24s);
  EXPECT_FALSE(written(2));
  pass(7s);
  const auto record = written(2);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, end_reason::caller_gave_up);
  EXPECT_EQ(in_line(), 0u);
  hang_up(2);
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="caller",reason="caller_gave_up"})"), 1) << "and no second one";
  EXPECT_THAT(voice(3).body, HasSubstr("<Stream")) << "the first one's stream never came";
  EXPECT_THAT(voice(2, "?waited=11").body, HasSubstr("<Play>")) << "should he ask after all, he is a new caller";
}

TEST_F(VoiceLine, HasNoRecordOfWhoIsLetIn) {
  voice(2);
  pass(11s);
  hang_up(1);
  EXPECT_THAT(voice(2, "?waited=11").body, HasSubstr("<Stream"));
  hang_up(2);
  const auto record = written(2);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, end_reason::caller_hung_up);
  EXPECT_EQ(table->waiting.size(), 0u);
}

TEST_F(VoiceLine, SaysNothingOfWhomAnotherNodeHas) {
  who_may_come =
      track_as<admission>(system.spawn([counts = who_may_come](caf::event_based_actor* self) -> caf::behavior {
        return {[=](const admit_call& m) { return self->delegate(counts, m); },
                [=](const renew_leases& m) { return self->delegate(counts, m); },
                [](const find_in_line&) { return line_place{false}; }, [](const release_lease&) {},
                [](const call_refused&) {}};
      }));
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  supervise(1000);
  serve();
  EXPECT_THAT(voice(2).body, HasSubstr("<Play>"));
  EXPECT_THAT(voice(3).body, HasSubstr("<Play>"));
  EXPECT_EQ(table->waiting.size(), 2u);
  hang_up(2);
  pass(40s);
  EXPECT_FALSE(written(2)) << "another node let him in, and its call has ended";
  EXPECT_FALSE(written(3)) << "he is silent here, and asks there";
  EXPECT_EQ(table->waiting.size(), 0u);
}

TEST_F(VoiceLine, OutlivesACrashOfTheSupervisor) {
  voice(2);
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  supervise(1000);
  hang_up(2);
  EXPECT_EQ(written(2)->reason, end_reason::caller_gave_up);
}

}  // namespace
}  // namespace tonris::actors::test
