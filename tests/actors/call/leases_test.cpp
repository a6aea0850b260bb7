/// The places that a supervisor's calls hold: told to a real admission, in virtual time.
#include <algorithm>
#include <map>

#include "actors/admission/admission.hpp"
#include "tests/actors/admission/counting.hpp"
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::twilio::call_status;
using what = call_answer::verb;

class Leases : public CallTest {
 protected:
  void SetUp() override {
    CallTest::SetUp();
    count_calls();
  }
  void count_calls() {
    who_may_come = track(spawn_counting(
        system, books, [this] { return calls->wall_clock(); }, counters));
    anew();
  }
  void anew() {
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    settle();
    supervise(1000);
  }
  void admit(const model::call_sid& call = some_call) {
    auto said = std::make_shared<admitted>();
    system.spawn([=, this, to = who_may_come](caf::event_based_actor* self) {
      self->request(to, 1s, admit_call{call, tenant, "+15550100001", {}}).then([said](const admitted& a) {
        *said = a;
      });
    });
    settle();
    ASSERT_EQ(said->is, admitted::answer::come_in);
  }
  std::uint64_t places() { return books->table.live(tenant->id, scheduler.clock().now()); }
  model::month_sums month() { return books->table.month(tenant->id, model::month_of(calls->wall_clock())); }

  std::shared_ptr<admission_books> books = std::make_shared<admission_books>();
};

TEST_F(Leases, AreHeldAsLongAsTheCallLives) {
  admit();
  talk();
  for (int n = 0; n < 12; ++n) {
    pass(5s);
    twilio->say(twilio_media("VVVV"));
    EXPECT_EQ(places(), 1u) << n;
  }
}

TEST_F(Leases, BookWhatACallTook) {
  admit();
  talk();
  pass(33s);
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  settle();
  EXPECT_EQ(places(), 0u);
  EXPECT_GE(month().seconds, 33);
  EXPECT_LE(month().seconds, 34);
  EXPECT_EQ(month().calls, 1);
}

TEST_F(Leases, EndWithACallThatIsGivenUpBecauseItCrashesAgainAndAgain) {
  admit();
  talk();
  for (int n = 0; n < 6; ++n) {
    EXPECT_EQ(places(), 1u) << "after " << n << " crashes";
    break_pen();
    twilio->say(twilio_key('5'));  // a note of which is the next thing it writes
    settle();
  }
  EXPECT_EQ(recorded("endReason"), "internal_error");
  EXPECT_EQ(places(), 0u);
}

TEST_F(Leases, AreHeldForACallThatWaitsForItsCallerAfterARestart) {
  model::call_checkpoint state;
  state.record.call = some_call;
  state.record.tenant = tenant->id;
  state.record.state = model::call_state::talking;
  state.record.started = calls->wall_clock() - 100s;
  state.record.answered = state.record.started;
  books->table.be_young(scheduler.clock().now() + 20s);
  caf::anon_send(supervisor, restore_calls{{state}});
  settle();
  EXPECT_EQ(places(), 1u);
  EXPECT_GE(month().seconds, 105) << "to the next renewal";
  tenant->limits.max_concurrent_calls = 1;
  EXPECT_EQ(books->table.admit({{"CA2"}, tenant->id}, model::limits_of(*tenant, 0), scheduler.clock().now()).verdict,
            model::admission_verdict::concurrency)
      << "and the counts are no longer young";
  pass(70s);
  EXPECT_EQ(places(), 0u) << "nobody asked for it";
}

TEST_F(Leases, OfACallerWhoComesBackAreNewOnes) {
  admit();
  talk();
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(places(), 0u);
  const auto booked = month().seconds;
  const auto back = voice_again();
  ASSERT_EQ(back.then, what::stream);
  ASSERT_EQ(redeem(back.ticket.value).is, redeemed_ticket::outcome::ok);
  pass(6s);
  EXPECT_EQ(places(), 1u);
  EXPECT_GT(month().seconds, booked);
  EXPECT_EQ(month().calls, 1) << "the same call";
}

TEST_F(Leases, AreAdoptedWhereTheCallWasTakenWhileNobodyCounted) {
  ASSERT_EQ(ask<call_answer>(start_call{request_of(some_call), tenant, {"agent_1"}, 0, {}, {}, false, true})->then,
            what::stream);
  EXPECT_EQ(places(), 0u);
  pass(5s);
  EXPECT_EQ(places(), 1u);
}

TEST_F(Leases, OfACallThatTheStoreKnowsToBeOverAreGivenBack) {
  const auto stored = std::make_shared<store_script>();
  model::call_checkpoint state;
  state.record.call = some_call;
  state.record.tenant = tenant->id;
  state.record.state = model::call_state::ended;
  state.record.reason = model::end_reason::caller_hung_up;
  state.fallback = model::fallback_step::over;
  stored->calls[some_call.value] = state;
  store_of_calls = track_as<call_store>(system.spawn(store_of, stored));
  anew();
  admit();
  EXPECT_NE(rings().then, what::stream);
  EXPECT_EQ(places(), 0u);
}

/// After a restart every call is one that waits for its caller.
TEST_F(Leases, OfCallsThatWaitAreRoomThatIsTakenWhereAdmissionCannotSay) {
  model::call_checkpoint state;
  state.record.call = some_call;
  state.record.tenant = tenant->id;
  state.record.state = model::call_state::talking;
  state.record.started = state.record.answered.emplace(calls->wall_clock());
  caf::anon_send(supervisor, restore_calls{{state}});
  settle();
  tenant->limits.max_concurrent_calls = 1;
  const auto answer = ask<call_answer>(start_call{request_of({"CA2"}), tenant, {"agent_1"}, 0, {}, {}, false, true});
  EXPECT_NE(answer->then, what::stream);
  EXPECT_EQ(recorded("endReason", {"CA2"}), "tenant_busy");
}

TEST_F(Leases, AreToldInBatches) {
  for (int n = 0; n < 120; ++n) rings({"CA" + std::to_string(n)});
  pass(5s);
  EXPECT_EQ(places(), 120u);
}

/// Whoever comes in waits for no other call's renewal: they are spread as the calls were.
TEST_F(Leases, AreRenewedEachInItsOwnTime) {
  using time = caf::actor_clock::time_point;
  std::map<std::string, std::vector<time>> renewed;
  std::size_t most = 0;
  who_may_come = track_as<admission>(system.spawn([&, this](caf::event_based_actor*) -> caf::behavior {
    return {[&, this](const renew_leases& told) {
              most = std::max(most, told.calls.size());
              for (const auto& one : told.calls) renewed[one.lease.value].push_back(scheduler.clock().now());
              return month_levels{};
            },
            [](const release_lease&) {}, [](const call_refused&) {}};
  }));
  anew();
  for (int n = 0; n < 20; ++n) {
    rings({"CA" + std::to_string(n)});
    pass(250ms);
  }
  for (int n = 0; n < 80; ++n) pass(250ms);
  ASSERT_EQ(renewed.size(), 20u);
  EXPECT_LE(most, 2u);
  for (const auto& [call, times] : renewed) {
    EXPECT_GE(times.size(), 4u) << call;
    for (std::size_t n = 1; n < times.size(); ++n) EXPECT_LE(times[n] - times[n - 1], lease_renewal_period) << call;
  }
}

}  // namespace
}  // namespace tonris::actors::test
