#include "actors/admission/admission.hpp"

#include <caf/stateful_actor.hpp>

#include "model/text/iso_time.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using answer = admitted::answer;
using model::admission_verdict;
using model::month_level;

/// A keeper that remembers what it was given, and may fail.
struct kept_usage {
  std::vector<usage_snapshot> snapshots;
  bool fails = false;
};
caf::behavior fake_keeper(caf::event_based_actor*, std::shared_ptr<kept_usage> kept) {
  return {[kept](const write_usage& wanted) -> caf::result<usage_written> {
    if (kept->fails) return caf::make_error(caf::sec::runtime_error);
    kept->snapshots.push_back(wanted.what);
    return usage_written{};
  }};
}

class Admission : public ActorTest {
 protected:
  void SetUp() override {
    tenant->id = {"salon-1"};
    keeper = track_as<usage_keeper>(system.spawn(fake_keeper, kept));
    live();
  }
  void TearDown() override {
    subject = nullptr;
    keeper = nullptr;
    ActorTest::TearDown();
  }

  void live(std::uint64_t vendor_calls = 0) {
    admission_rules::config rules;
    rules.books = books;
    rules.vendor_calls = vendor_calls;
    rules.hash_caller = [](std::string_view number) { return "hash of " + std::string{number}; };
    rules.wall_clock = [this] { return wall; };
    rules.counters = &counters;
    subject = track(actors::admission{system.spawn(admit_locally, local_admission::config{std::move(rules), keeper})});
    settle();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    auto got = std::make_shared<std::optional<Answer>>();
    system.spawn([got, question, to = subject](caf::event_based_actor* self) {
      self->request(to, 10s, question).then([got](const Answer& a) { *got = a; }, [](const caf::error&) {});
    });
    settle();
    return *got;
  }
  static model::call_sid call(int number) { return {"CA" + std::to_string(number)}; }
  admitted admit(int number, std::string caller = "+15550100001", std::chrono::seconds waited = 0s) {
    return ask<admitted>(admit_call{call(number), tenant, std::move(caller), waited}).value_or(admitted{});
  }
  month_levels renew(std::vector<live_lease> calls, bool all = false) {
    return ask<month_levels>(renew_leases{std::move(calls), all}).value_or(month_levels{});
  }
  live_lease still(int number, std::chrono::seconds so_far = 0s) { return {call(number), tenant->id, tenant, so_far}; }
  void release(int number, std::chrono::seconds length = 0s, bool undo = false, std::string caller = {}) {
    caf::anon_send(subject, release_lease{call(number), tenant->id, length, undo, std::move(caller)});
    settle();
  }
  tenant_usage usage() { return ask<tenant_usage>(describe_usage{tenant}).value_or(tenant_usage{}); }

  std::shared_ptr<model::tenant> tenant = std::make_shared<model::tenant>();
  std::shared_ptr<admission_books> books = std::make_shared<admission_books>();
  std::shared_ptr<kept_usage> kept = std::make_shared<kept_usage>();
  std::chrono::system_clock::time_point wall = model::parse_iso_time("2026-11-28T12:00:00.000Z").value();
  usage_keeper keeper;
  actors::admission subject;
};

TEST_F(Admission, OutlivesItsOwnCrash) {
  tenant->limits.max_concurrent_calls = 1;
  admit(1);
  caf::anon_send_exit(subject, caf::exit_reason::kill);
  settle();
  live();
  EXPECT_EQ(admit(2).is, answer::refused);
  EXPECT_EQ(admit(1).is, answer::come_in);
}

TEST_F(Admission, ShowsHowManyConversationsTheGatewaysKeyHolds) {
  live(7);
  EXPECT_EQ(counted("tonris_vendor_calls_limit"), 7);
  admit(1);
  admit(2);
  renew({still(1), still(2)});
  EXPECT_EQ(counted("tonris_vendor_calls"), 2);
  release(1, 30s);
  EXPECT_EQ(counted("tonris_vendor_calls"), 1);
  tenant->secrets.api_key = {model::tenant_secret::form::plain, "its own"};
  admit(3);
  renew({still(3)});
  EXPECT_EQ(counted("tonris_vendor_calls"), 1) << "a key of its own holds it";
}

TEST_F(Admission, LetsNobodyWaitWhoHungUp) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
  admit(1);
  EXPECT_EQ(admit(2).is, answer::wait);
  pass(10s);
  renew({still(1)});
  pass(16s);
  renew({still(1)});
  EXPECT_EQ(usage().waiting, 0u);
  release(1, 30s);
  EXPECT_EQ(admit(3).is, answer::come_in);
  renew({still(3)});
  EXPECT_EQ(counted("tonris_admissions_given_up_total"), 1);
}

TEST_F(Admission, LetsNobodyWaitForAnotherMonth) {
  tenant->limits.minutes_per_month = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
  EXPECT_EQ(admit(1).is, answer::come_in);
  renew({still(1, 60s)});
  EXPECT_EQ(admit(2).is, answer::refused);
  EXPECT_EQ(admit(2).verdict, admission_verdict::minutes);
  wall = model::parse_iso_time("2026-12-01T00:00:00.000Z").value();
  EXPECT_EQ(admit(2).is, answer::come_in);
}

TEST_F(Admission, CannotSayWhileItDoesNotKnowTheCallsOfAFormerLife) {
  tenant->limits.max_concurrent_calls = 1;
  books->table.be_young(scheduler.clock().now() + 20s);
  EXPECT_EQ(admit(1).is, answer::unknown);
  renew({still(7)}, true);
  EXPECT_EQ(admit(1).is, answer::refused) << "they are told";
}

TEST_F(Admission, WritesWhatIsUsedAndABatchTogether) {
  admit(1);
  admit(2);
  renew({still(1, 10s)});
  pass(1s);
  ASSERT_EQ(kept->snapshots.size(), 1u);
  const auto& first = kept->snapshots[0];
  ASSERT_EQ(first.months.size(), 1u);
  EXPECT_EQ(first.months[0].sums.seconds, 20);
  EXPECT_EQ(first.months[0].sums.calls, 2);
  EXPECT_EQ(first.calls.size(), 2u);
  release(1, 11s);
  pass(1s);
  ASSERT_EQ(kept->snapshots.size(), 2u);
  EXPECT_EQ(kept->snapshots[1].months[0].sums.seconds, 16);
  ASSERT_EQ(kept->snapshots[1].ended.size(), 1u);
  EXPECT_EQ(kept->snapshots[1].ended[0], call(1));
  pass(5s);
  EXPECT_EQ(kept->snapshots.size(), 2u) << "nothing has changed";
}

TEST_F(Admission, WritesLaterWhatCannotBeWritten) {
  kept->fails = true;
  admit(1);
  pass(2s);
  EXPECT_TRUE(kept->snapshots.empty());
  kept->fails = false;
  pass(1s);
  ASSERT_EQ(kept->snapshots.size(), 1u);
  EXPECT_EQ(kept->snapshots[0].calls.size(), 1u);
}

TEST_F(Admission, FlushesBeforeTheNodeEnds) {
  admit(1);
  EXPECT_TRUE(ask<usage_flushed>(flush_usage{}));
  EXPECT_EQ(kept->snapshots.size(), 1u);
  kept->fails = true;
  admit(2);
  EXPECT_TRUE(ask<usage_flushed>(flush_usage{})) << "nobody waits for a disk that takes nothing";
}

TEST_F(Admission, BooksACallOfAFormerLifeOnce) {
  usage_snapshot written;
  written.months.push_back({tenant->id, {202611}, {100, 2000, 4}});
  written.calls.push_back({call(1), 40, 900});
  books->restore(written, scheduler.clock().now());
  renew({still(1, 45s)}, true);
  EXPECT_EQ(usage().month.seconds, 110);
  EXPECT_EQ(usage().calls, 1u);
}

TEST_F(Admission, CountsAKeyOfTheTenantsOwnApart) {
  live(1);
  EXPECT_EQ(admit(1).is, answer::come_in);
  EXPECT_EQ(admit(2).verdict, admission_verdict::vendor) << "the gateway's key has one place";
  tenant->secrets.api_key = {model::tenant_secret::form::plain, "sk_own"};
  tenant->limits.vendor_calls = 2;
  EXPECT_EQ(admit(2).is, answer::come_in);
  EXPECT_EQ(admit(3).is, answer::come_in);
  EXPECT_EQ(admit(4).verdict, admission_verdict::vendor);
  EXPECT_EQ(usage().at_vendor, 2u);
  EXPECT_EQ(usage().vendor_calls, 2u);
  renew({still(2, 5s), still(3, 5s)});
  EXPECT_EQ(usage().at_vendor, 2u) << "it is renewed by the same key";
  caf::anon_send(subject, release_lease{call(2), tenant->id, 5s, false, {}, tenant});
  settle();
  EXPECT_EQ(usage().at_vendor, 1u);
  EXPECT_EQ(admit(4).is, answer::come_in);
}

TEST_F(Admission, FreesAPlaceInLineAtOnceWhenItsCallerHangsUp) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
  admit(1);
  EXPECT_EQ(admit(2).is, answer::wait);
  EXPECT_EQ(admit(3).is, answer::wait);
  release(2, 0s, true, "+15550100001");
  EXPECT_EQ(usage().waiting, 1u);
  release(1, 1s);
  EXPECT_EQ(admit(3, {}, 11s).is, answer::come_in) << "he is the first now";
  EXPECT_EQ(usage().month.calls, 2) << "who gave up made no call";
  renew({still(3)});
  EXPECT_EQ(counted("tonris_admissions_given_up_total"), 1);
}

}  // namespace
}  // namespace tonris::actors::test
