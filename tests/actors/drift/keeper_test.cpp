#include "actors/drift/keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <filesystem>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "model/call/costing.hpp"
#include "net/sqlite.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

const sys_days today = 2026y / November / 22;

/// The calls of a store, and a clock that the test moves.
struct world {
  std::mutex lock;
  std::vector<model::call_record> calls;  ///< the newest first
  std::vector<model::call_query> asked;
  std::size_t refuses = 0;
  std::vector<sys_days> listed;  ///< days whose lists were asked for
  std::vector<sys_days> given_up;
  bills_listed lists;
  std::vector<share_bills> told;            ///< to the other gateways
  std::map<sys_days, bills_shared> shared;  ///< what stands for all, where it is not what was told
  bool is_alone = false;
  std::vector<call_database::changed_day> changed;
  std::atomic<int> looks{0};
  std::atomic<std::int64_t> now_s{(today + 12h).time_since_epoch() / 1s};
};

caf::behavior store_of(caf::event_based_actor*, std::shared_ptr<world> known) {
  return {[known](const find_changed_days& m) {
            const std::lock_guard guard{known->lock};
            ++known->looks;
            found_changed_days found;
            std::ranges::copy_if(known->changed, std::back_inserter(found.days),
                                 [&](const auto& one) { return one.day < m.before; });
            return found;
          },
          [known](const changed_days_noted& m) {
            const std::lock_guard guard{known->lock};
            std::erase_if(known->changed, [&](const auto& one) { return std::ranges::count(m.days, one) > 0; });
          },
          [known](const find_calls& m) -> caf::result<found_calls> {
            const std::lock_guard guard{known->lock};
            known->asked.push_back(m.query);
            if (known->refuses > 0 && known->refuses-- > 0) return caf::make_error(caf::sec::runtime_error, "away");
            found_calls found;
            for (const auto& one : known->calls) {
              if (one.started < *m.query.from || one.started >= *m.query.to || found.records.size() >= m.query.limit)
                continue;
              if (m.query.after && !comes_before(*m.query.after, place_of(one))) continue;
              found.records.push_back(to_json(one));
              if (found.records.size() == m.query.limit) found.last = place_of(one);
            }
            return found;
          }};
}

caf::behavior bills_of(caf::event_based_actor*, std::shared_ptr<world> known) {
  return {[known](const list_bills& m) {
            const std::lock_guard guard{known->lock};
            known->listed.push_back(m.day);
            return known->lists;
          },
          [known](const give_up_bills& m) {
            const std::lock_guard guard{known->lock};
            known->given_up.push_back(m.day);
          }};
}

caf::behavior sharing_of(caf::event_based_actor*, std::shared_ptr<world> known) {
  return {[known](const share_bills& m) -> caf::result<bills_shared> {
    const std::lock_guard guard{known->lock};
    known->told.push_back(m);
    if (known->is_alone) return caf::make_error(caf::sec::runtime_error, "away");
    const auto stands = known->shared.find(m.day);
    return stands == known->shared.end() ? bills_shared{m.twilio, m.elevenlabs} : stands->second;
  }};
}

/// A real file, and actors in real time: the keeper waits for its disk.
class DriftKeeper : public testing::Test {
 protected:
  DriftKeeper() {
    (void)make_data_dir(folder.data());
    store = caf::actor_cast<call_store>(system.spawn(store_of, known));
  }
  ~DriftKeeper() override {
    stop();
    caf::anon_send_exit(store, caf::exit_reason::kill);
    if (bills) caf::anon_send_exit(bills, caf::exit_reason::kill);
    if (sharing) caf::anon_send_exit(sharing, caf::exit_reason::kill);
    store = nullptr;
    bills = nullptr;
    sharing = nullptr;
    system.await_all_actors_done();
  }
  void start() {
    drift_keeper_settings settings;
    settings.open = [this] { return drift_database::open(folder.data()); };
    settings.bills = bills;
    settings.sharing = sharing;
    settings.calls = store;
    settings.rates = std::make_shared<const model::rate_card>(model::rate_card::standard());
    settings.wall_clock = [from = known] { return system_clock::time_point{seconds{from->now_s.load()}}; };
    settings.counters = &counters;
    keeper = keep_drift(system, std::move(settings));
  }
  void stop() {
    if (!keeper) return;
    caf::scoped_actor self{system};
    self->monitor(keeper);
    self->send_exit(keeper, caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
    keeper = nullptr;
  }
  void look() { caf::anon_send(keeper, look_at_days{}); }
  /// A life of the keeper's in which it begins, and a day behind it: from then on lists are read.
  void begin_with_lists() {
    start();
    look();
    ASSERT_EQ(days_kept(14), 14u);
    stop();
    known->now_s += 4 * 24 * 3600;  // the first whole day is over, and its bills have come
    bills = caf::actor_cast<bill_reader>(system.spawn(bills_of, known));
    model::drift_row row;
    row.only_theirs = {3, 25'500, {}, 180};
    const std::lock_guard guard{known->lock};
    known->lists.twilio = {drift_database::bill::read_type::all, {row}};
    known->lists.elevenlabs.read = drift_database::bill::read_type::part;
  }
  void share_with_others() { sharing = caf::actor_cast<bill_sharing>(system.spawn(sharing_of, known)); }
  std::vector<sys_days> told() const {
    const std::lock_guard guard{known->lock};
    std::vector<sys_days> days;
    for (const auto& one : known->told) days.push_back(one.day);
    return days;
  }
  std::vector<sys_days> listed() const {
    const std::lock_guard guard{known->lock};
    return known->listed;
  }
  void wait_for(const std::string& counter, double least) const {
    for (const auto until = steady_clock::now() + 10s; counted(counter) < least && steady_clock::now() < until;)
      std::this_thread::sleep_for(5ms);
  }
  std::vector<drift_database::kept_day> kept() {
    caf::scoped_actor self{system};
    std::vector<drift_database::kept_day> days;
    self->request(keeper, 10s, read_drift{{{}, today - std::chrono::days{500}, today + std::chrono::days{100}, 1000}})
        .receive([&](const drift_read& read) { days = read.found.days; },
                 [](const caf::error& why) { ADD_FAILURE() << caf::to_string(why); });
    return days;
  }
  std::size_t days_kept(std::size_t at_least) {
    const auto until = steady_clock::now() + 10s;
    auto days = kept().size();
    for (; days < at_least && steady_clock::now() < until; days = kept().size()) std::this_thread::sleep_for(5ms);
    return days;
  }
  double counted(const std::string& name) const {
    const auto text = counters.render();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
  }
  static constexpr const char* anew = R"(tonris_cost_drift_looks_total{outcome="anew"})";
  static constexpr const char* doubted = R"(tonris_cost_drift_looks_total{outcome="clock_doubted"})";

  void clock_is(sys_days day) { known->now_s = (day + 12h).time_since_epoch() / 1s; }
  bool comes_to(const char* name, double value) const {
    const auto until = steady_clock::now() + 10s;
    while (counted(name) < value && steady_clock::now() < until) std::this_thread::sleep_for(5ms);
    return counted(name) == value;
  }
  /// A look that begins from now on is over: the next has begun, as none does before.
  void settle() {
    const auto until = steady_clock::now() + 10s;
    for (int n = 0; n < 2; ++n)
      for (const auto before = known->looks.load(); known->looks == before && steady_clock::now() < until;) {
        look();
        std::this_thread::sleep_for(2ms);
      }
  }
  void something_comes_of(sys_days day) {
    const std::lock_guard guard{known->lock};
    known->changed.push_back({day, static_cast<std::int64_t>(known->changed.size()) + 1});
  }
  /// As Twilio tells it of that call.
  void price(std::size_t call, model::micros above) {
    const std::lock_guard guard{known->lock};
    auto& record = known->calls.at(call);
    record.cost.twilio->amount.amount += above;
  }
  /// Of that day, priced `above` what our meter says.
  void take_call(const std::string& tenant, sys_days day, model::micros above) {
    model::call_record record;
    record.call = {"CA" + std::to_string(10'000 + known->calls.size())};
    record.tenant = {tenant};
    record.started = day + 10h + milliseconds{known->calls.size()};
    record.ended = record.started + 61s;
    record.metered_seconds = 61;
    estimate_cost(record, model::rate_card::standard(), 61, *record.ended);
    const model::money price{record.cost.twilio->amount.amount + above, model::us_dollars};
    record.cost.twilio = model::cost_part{price, true, model::cost_source::vendor, *record.ended};
    known->calls.insert(known->calls.begin(), std::move(record));
  }

  a_directory folder;
  metrics counters;
  real_settings of_system;
  caf::actor_system system{of_system};
  const std::shared_ptr<world> known = std::make_shared<world>();
  call_store store;
  bill_reader bills;
  bill_sharing sharing;
  drift_keeper keeper;
};

TEST_F(DriftKeeper, KeepsADayOnceTheVendorsHaveHadADayForIt) {
  take_call("salon", today - days{2}, 50'000);
  take_call("shop", today - days{2}, 0);
  take_call("salon", today - days{1}, 70'000);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u) << "and those before it, which had no calls";
  const auto last = kept().back();
  EXPECT_EQ(last.date, today - days{2}) << "of yesterday prices may still come";
  ASSERT_EQ(last.twilio.size(), 2u);
  EXPECT_EQ(last.twilio[0].tenant.value, "salon");
  EXPECT_EQ(last.twilio[0].drift(), 50'000);
  EXPECT_EQ(last.twilio[1].drift(), 0);
  EXPECT_EQ(counted(R"(tonris_cost_drift_tenants{vendor="twilio"})"), 1);
  EXPECT_EQ(counted(R"(tonris_cost_drift_tenants{vendor="elevenlabs"})"), 0);
  EXPECT_EQ(counted(R"(tonris_cost_drift_looks_total{outcome="kept"})"), 14);

  known->now_s += 24 * 3600;
  look();
  ASSERT_EQ(days_kept(15), 15u);
  EXPECT_EQ(kept().back().twilio.at(0).drift(), 70'000);
}

TEST_F(DriftKeeper, AsksAboutADayOnceAndKnowsItInItsNextLife) {
  take_call("salon", today - days{2}, 50'000);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  stop();
  const auto asked = known->asked.size();
  known->calls.clear();  // their days of retention are over
  start();
  look();
  EXPECT_EQ(kept().back().twilio.at(0).drift(), 50'000);
  EXPECT_EQ(known->asked.size(), asked);
  EXPECT_EQ(counted(R"(tonris_cost_drift_tenants{vendor="twilio"})"), 1);
}

TEST_F(DriftKeeper, ReadsADayOfManyCallsPageAfterPage) {
  constexpr std::size_t many = 2 * drift_keeper_settings::page + 7;
  for (std::size_t n = 0; n < many; ++n) take_call("salon", today - days{2}, 1);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  EXPECT_EQ(kept().back().twilio.at(0).calls, many);
  EXPECT_EQ(kept().back().twilio.at(0).drift(), static_cast<model::micros>(many));
}

TEST_F(DriftKeeper, TriesAgainWhereTheCallsCannotBeRead) {
  known->refuses = 1;
  start();
  look();
  const std::string failed = R"(tonris_cost_drift_looks_total{outcome="failed"})";
  for (const auto until = steady_clock::now() + 10s; counted(failed) == 0 && steady_clock::now() < until;)
    std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(kept().empty());
  look();
  EXPECT_EQ(days_kept(14), 14u);
  EXPECT_EQ(counted(failed), 1);
}

TEST_F(DriftKeeper, KeepsWhatTheVendorsListAndNobodyHereKnows) {
  begin_with_lists();
  start();
  look();
  ASSERT_EQ(days_kept(18), 18u);
  EXPECT_EQ(listed(), std::vector{today + days{2}}) << "of those before it the gateway was not there all day";
  const auto last = kept().back();
  EXPECT_EQ(last.twilio_bill, known->lists.twilio);
  EXPECT_EQ(last.elevenlabs_bill.read, drift_database::bill::read_type::part);
  EXPECT_TRUE(last.twilio.empty()) << "it stands apart";
  EXPECT_EQ(counted(R"(tonris_unknown_calls{vendor="twilio"})"), 3);
  EXPECT_EQ(counted(R"(tonris_unknown_calls{vendor="elevenlabs"})"), 0);
}

TEST_F(DriftKeeper, AsksForADaysListsOnceAndForNoneThatIsOld) {
  begin_with_lists();
  start();
  look();
  ASSERT_EQ(days_kept(18), 18u);
  settle();
  const auto before = kept().back();
  known->lists = {};
  known->lists.twilio.read = drift_database::bill::read_type::all;
  something_comes_of(before.date);  // a month later most of its calls may be gone
  look();
  ASSERT_TRUE(comes_to(anew, 1));
  EXPECT_EQ(kept().back().twilio_bill, before.twilio_bill);
  EXPECT_EQ(listed().size(), 1u);
  stop();
  clock_is(today + days{12});
  start();
  look();
  ASSERT_EQ(days_kept(26), 26u);
  EXPECT_EQ(listed(), (std::vector{today + days{2}, today + days{9}, today + days{10}}));
}

TEST_F(DriftKeeper, WaitsADayForListsThatCannotBeReadNow) {
  begin_with_lists();
  known->lists.is_to_come = true;
  start();
  look();
  const std::string failed = R"(tonris_cost_drift_looks_total{outcome="failed"})";
  wait_for(failed, 1);
  EXPECT_EQ(kept().size(), 17u);
  known->now_s += (drift_keeper_settings::lists_take - 12h) / 1s;  // not a day behind when it was due
  look();
  wait_for(failed, 2);
  EXPECT_EQ(kept().size(), 17u);
  known->now_s += 12h / 1s;
  look();
  EXPECT_EQ(days_kept(18), 18u);
  EXPECT_EQ(kept().back().date, today + days{2});
  settle();
  const std::lock_guard guard{known->lock};
  EXPECT_EQ(known->given_up, std::vector{today + days{2}}) << "its lists are not asked for again";
}

TEST_F(DriftKeeper, MakesDaysAnewWhileOneWaitsForItsLists) {
  take_call("salon", today - days{2}, 0);
  begin_with_lists();
  known->lists.is_to_come = true;
  price(0, 70'000);
  something_comes_of(today - days{2});
  start();
  look();
  ASSERT_TRUE(comes_to(anew, 1));
  EXPECT_EQ(kept().size(), 17u);
  EXPECT_EQ(kept().at(13).twilio.at(0).drift(), 70'000);
  look();
  for (const auto until = steady_clock::now() + 10s; listed().size() < 2 && steady_clock::now() < until;)
    std::this_thread::sleep_for(5ms);
  EXPECT_EQ(listed(), (std::vector{today + days{2}, today + days{2}})) << "once a look";
}

TEST_F(DriftKeeper, ListsNoDayFromBeforeItsFirstLook) {
  bills = caf::actor_cast<bill_reader>(system.spawn(bills_of, known));
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  EXPECT_TRUE(listed().empty()) << "whoever had those calls was not this gateway";
  stop();
  clock_is(today + days{3});
  start();
  look();
  ASSERT_EQ(days_kept(17), 17u);
  EXPECT_TRUE(listed().empty()) << "nor all those of its first day, also in its next life";
}

// --- what gateways have read for each other

constexpr const char* taken = R"(tonris_cost_drift_looks_total{outcome="taken"})";

TEST_F(DriftKeeper, WaitsForWhatAnotherGatewayReads) {
  share_with_others();
  begin_with_lists();
  const auto read = std::exchange(known->lists, bills_listed{{}, {}, true, true});
  start();
  look();
  wait_for(R"(tonris_cost_drift_looks_total{outcome="elsewhere"})", 1);
  settle();
  EXPECT_EQ(kept().size(), 17u);
  EXPECT_EQ(counted(R"(tonris_cost_drift_looks_total{outcome="failed"})"), 0);
  {
    const std::lock_guard guard{known->lock};
    known->lists = read;
  }
  // The look before may not be over yet: one at a time.
  for (int again = 0; kept().size() < 18 && again < 1'000; ++again) {
    look();
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_EQ(kept().size(), 18u);
  EXPECT_EQ(kept().back().twilio_bill, read.twilio);
  settle();
  EXPECT_TRUE(known->given_up.empty()) << "they were never its own";
}

TEST_F(DriftKeeper, WaitsForAnotherGatewayADayAtMostAndTakesWhatItReadsLater) {
  share_with_others();
  begin_with_lists();
  const auto read = std::exchange(known->lists, bills_listed{{}, {}, true, true});
  known->now_s += (drift_keeper_settings::lists_take + 1h) / 1s;
  start();
  look();
  ASSERT_GE(days_kept(18), 18u);
  settle();
  const auto late = today + days{2};
  EXPECT_EQ(kept().at(17).date, late);
  EXPECT_EQ(kept().at(17).twilio_bill, drift_database::bill{});
  {
    const std::lock_guard guard{known->lock};
    known->shared[late] = {read.twilio, read.elevenlabs};
  }
  look();
  wait_for(taken, 1);
  EXPECT_EQ(kept().at(17).twilio_bill, read.twilio);
  EXPECT_EQ(kept().at(17).elevenlabs_bill, read.elevenlabs);
}

TEST_F(DriftKeeper, TakesWhatStandsForAllInPlaceOfItsOwnAndNeverBoth) {
  begin_with_lists();  // alone
  take_call("salon", today + days{2}, 50'000);
  start();
  look();
  ASSERT_EQ(days_kept(18), 18u);
  const auto own = kept().back();
  stop();
  share_with_others();
  ASSERT_EQ(own.twilio_bill.unknown.at(0).only_theirs.count, 3u);
  auto stands = own.twilio_bill;
  stands.unknown[0].only_theirs = {2, 17'000, {}, 120};
  known->shared[own.date] = {stands, own.elevenlabs_bill};
  known->shared[today - days{3}] = {stands, {}};  // from before this gateway began to read them
  start();
  look();
  wait_for(taken, 2);
  settle();
  EXPECT_EQ(counted(taken), 2) << "once each";
  EXPECT_EQ(told().front(), today + days{3} - drift_keeper_settings::made_up_for);
  const auto days_told = told();
  EXPECT_GE(std::ranges::count(days_told, own.date), 2) << "at each look";
  const auto last = kept().back();
  EXPECT_EQ(last.twilio_bill, stands);
  EXPECT_EQ(last.elevenlabs_bill, own.elevenlabs_bill);
  EXPECT_EQ(last.twilio, own.twilio) << "our calls stay";
  EXPECT_EQ(kept().at(12).date, today - days{3});
  EXPECT_EQ(kept().at(12).twilio_bill, stands);
  EXPECT_EQ(counted(R"(tonris_unknown_calls{vendor="twilio"})"), 2);
}

TEST_F(DriftKeeper, TellsOthersLaterWhatItHasReadWhileNobodyCouldBeTold) {
  share_with_others();
  known->is_alone = true;
  begin_with_lists();
  known->told.clear();
  start();
  look();
  ASSERT_EQ(days_kept(18), 18u);
  settle();
  const auto before = told();
  EXPECT_EQ(std::ranges::count(before, before.front()), std::ssize(before)) << "at each look the first is tried";
  {
    const std::lock_guard guard{known->lock};
    known->is_alone = false;
    known->told.clear();
  }
  look();
  settle();
  const std::lock_guard guard{known->lock};
  const auto last = std::ranges::find(known->told, today + days{2}, &share_bills::day);
  ASSERT_TRUE(last != known->told.end());
  EXPECT_EQ(last->twilio, known->lists.twilio);
  EXPECT_EQ(last->elevenlabs, known->lists.elevenlabs);
}

// --- what comes later

TEST_F(DriftKeeper, MakesADayAnewOnceSomethingOfItsCallsComesLater) {
  take_call("salon", today - days{9}, 0);
  take_call("salon", today - days{2}, 0);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  settle();
  price(1, 70'000);  // a week behind its end
  something_comes_of(today - days{9});
  something_comes_of(today);  // which is not over
  look();
  ASSERT_TRUE(comes_to(anew, 1));
  ASSERT_EQ(kept().size(), 14u);
  EXPECT_EQ(kept().at(6).twilio.at(0).drift(), 70'000);
  settle();
  EXPECT_EQ(counted(anew), 1) << "once";
  {
    const std::lock_guard guard{known->lock};
    take_call("shop", today - days{9}, 30'000);  // another node was away
  }
  something_comes_of(today - days{9});
  stop();
  start();
  look();
  ASSERT_TRUE(comes_to(anew, 2));
  EXPECT_EQ(kept().at(6).twilio.at(1).drift(), 30'000);
  EXPECT_EQ(known->changed.size(), 1u) << "today's, once it is over";
}

TEST_F(DriftKeeper, MakesADayAnewThatIsLongOverAndForgetsNoneOfItsTenants) {
  take_call("salon", today - days{2}, 50'000);
  take_call("salon", today - days{2}, 0);
  take_call("shop", today - days{2}, 0);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  settle();
  clock_is(today + days{60});
  {
    const std::lock_guard guard{known->lock};
    std::erase_if(known->calls, [](const auto& call) { return call.tenant.value == "salon"; });  // their days are over
  }
  price(0, 20'000);
  something_comes_of(today - days{2});
  something_comes_of(today - days{40});  // was never kept, and is not made up for
  look();
  ASSERT_TRUE(comes_to(anew, 1));
  const auto rows = kept().at(13).twilio;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].calls, 2u);
  EXPECT_EQ(rows[0].drift(), 50'000) << "as it was kept";
  EXPECT_EQ(rows[1].drift(), 20'000);
  settle();
  EXPECT_TRUE(known->changed.empty());
}

TEST_F(DriftKeeper, MakesItAnewInItsNextLifeWhereItCouldNotInThis) {
  take_call("salon", today - days{2}, 0);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  settle();
  price(0, 70'000);
  something_comes_of(today - days{2});
  known->refuses = 1;
  look();
  ASSERT_TRUE(comes_to(R"(tonris_cost_drift_looks_total{outcome="failed"})", 1));
  ASSERT_TRUE(known->changed.empty()) << "it is in the keeper's file";
  stop();
  start();
  look();
  ASSERT_TRUE(comes_to(anew, 1));
  EXPECT_EQ(kept().back().twilio.at(0).drift(), 70'000);
}

// --- a clock that is wrong

/// Meanwhile and behind it all that was kept is there, and the days that have gone by are made up for.
TEST_F(DriftKeeper, LosesNoDayToAClockThatIsWrong) {
  struct row {
    int days_off;
    bool is_doubted;
    const char* said;
  };
  // As many as there may be, each with a call.
  ASSERT_TRUE(drift_database::open(folder.data()));
  const auto file = folder.data() + "/drift.db", full = folder.data() + "/full.db";
  ASSERT_TRUE(
      net::sqlite::database::open(file, {false, false})
          ->exec("WITH RECURSIVE days_ago(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM days_ago WHERE n <= " +
                 std::to_string(drift_database::most_days) + ") INSERT INTO days (day) SELECT " +
                 std::to_string(today.time_since_epoch().count()) +
                 " - n FROM days_ago;"
                 "INSERT INTO drift SELECT day, 'twilio', 'salon', 'USD', 0, day, 1, 0, 0, 0, 0, 0, 0 FROM days"));
  std::filesystem::copy_file(file, full);
  constexpr auto promised = static_cast<std::size_t>(drift_database::kept_for.count());
  const auto newest_of = [&](const std::vector<drift_database::kept_day>& all) {
    std::vector<drift_database::kept_day> with_rows;
    std::ranges::copy_if(all, std::back_inserter(with_rows), [&](const auto& day) {
      return !day.twilio.empty() && day.date >= today - std::chrono::days{1 + promised};
    });
    return with_rows;
  };
  const auto before =
      newest_of(drift_database::open(folder.data())->days({{}, today - std::chrono::days{500}, today, 1000})->days);
  ASSERT_EQ(before.size(), promised);
  for (const auto& [days_off, is_doubted, said] :
       {row{-30, true, "it is behind, or was ahead"}, row{30, true, "it is ahead, or nothing was kept meanwhile"},
        row{-1, true, "it is behind, or was ahead"}, row{10, false, ""}, row{-800, true, "it is behind, or was ahead"},
        row{800, true, "it is ahead, or nothing was kept meanwhile"}, row{0, false, ""}}) {
    SCOPED_TRACE(days_off);
    captured_log log;
    std::filesystem::copy_file(full, file, std::filesystem::copy_options::overwrite_existing);
    const auto doubts = counted(doubted);
    clock_is(today + days{days_off});
    start();
    settle();
    EXPECT_EQ(newest_of(kept()), before);
    EXPECT_EQ(counted(doubted) > doubts, is_doubted);
    EXPECT_THAT(log.text(), testing::HasSubstr(said));
    stop();
    clock_is(today);  // somebody has set it right
    start();
    settle();
    EXPECT_EQ(newest_of(kept()), before);
    clock_is(today + days{1});
    settle();
    EXPECT_EQ(newest_of(kept()), before);
    stop();
    EXPECT_EQ(drift_database::open(folder.data())->first_missing(today - days{2}, today).value(), std::nullopt);
  }
}

TEST_F(DriftKeeper, MakesADayAnewThatAClockThatWasAheadHasMade) {
  take_call("salon", today - days{2}, 0);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  clock_is(today + days{3});
  settle();
  EXPECT_EQ(kept().size(), 17u);
  clock_is(today);
  settle();
  EXPECT_EQ(kept().size(), 14u) << "of days that are not over an empty one says nothing";
  {
    const std::lock_guard guard{known->lock};
    take_call("salon", today, 70'000);
  }
  clock_is(today + days{2});
  look();
  ASSERT_TRUE(comes_to(anew, 2)) << "yesterday as well";
  const auto last = kept().back();
  EXPECT_EQ(last.date, today);
  EXPECT_EQ(last.twilio.at(0).drift(), 70'000);
}

TEST_F(DriftKeeper, KeepsDaysWithCallsHoweverLongItWasAway) {
  take_call("salon", today - days{2}, 0);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  settle();
  {
    const std::lock_guard guard{known->lock};
    take_call("salon", today + days{58}, 70'000);
  }
  clock_is(today + days{60});
  settle();
  settle();
  ASSERT_EQ(kept().size(), 28u) << "and, since that one was, those before it that are made up for";
  EXPECT_EQ(kept().back().date, today + days{58});
  EXPECT_EQ(counted(R"(tonris_cost_drift_tenants{vendor="twilio"})"), 1);
  clock_is(today + days{61});
  settle();
  EXPECT_EQ(kept().back().date, today + days{59}) << "as ever, from then on";
}

/// Nodes that share their records each do it, and come to the same.
TEST_F(DriftKeeper, OfTwoNodesWithTheSameRecordsKeepsTheSame) {
  for (int n = 0; n < 20; ++n) take_call(n % 3 == 0 ? "salon" : "shop", today - days{2 + n % 4}, n);
  start();
  look();
  ASSERT_EQ(days_kept(14), 14u);
  const auto first = kept();
  stop();
  const a_directory other;
  ASSERT_TRUE(make_data_dir(other.data()));
  drift_keeper_settings settings;
  settings.open = [&] { return drift_database::open(other.data()); };
  settings.calls = store;
  settings.rates = std::make_shared<const model::rate_card>(model::rate_card::standard());
  settings.wall_clock = [from = known] { return system_clock::time_point{seconds{from->now_s.load()}}; };
  settings.counters = &counters;
  keeper = keep_drift(system, std::move(settings));
  look();
  ASSERT_EQ(days_kept(14), 14u);
  EXPECT_EQ(kept(), first);
  stop();
}

}  // namespace
}  // namespace tonris::actors::test
