#include "actors/drift/keeper.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <mutex>
#include <thread>

#include "model/call/costing.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"

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
  std::atomic<std::int64_t> now_s{(today + 12h).time_since_epoch() / 1s};
};

caf::behavior store_of(caf::event_based_actor*, std::shared_ptr<world> known) {
  return {[known](const find_calls& m) -> caf::result<found_calls> {
    const std::lock_guard guard{known->lock};
    known->asked.push_back(m.query);
    if (known->refuses > 0 && known->refuses-- > 0) return caf::make_error(caf::sec::runtime_error, "away");
    found_calls found;
    for (const auto& one : known->calls) {
      if (one.started < *m.query.from || one.started >= *m.query.to || found.records.size() >= m.query.limit) continue;
      if (m.query.after && !comes_before(*m.query.after, place_of(one))) continue;
      found.records.push_back(to_json(one));
      if (found.records.size() == m.query.limit) found.last = place_of(one);
    }
    return found;
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
    store = nullptr;
    system.await_all_actors_done();
  }
  void start() {
    drift_keeper_settings settings;
    settings.open = [this] { return drift_database::open(folder.data()); };
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
  std::vector<drift_database::kept_day> kept() {
    caf::scoped_actor self{system};
    std::vector<drift_database::kept_day> days;
    self->request(keeper, 10s, read_drift{{{}, today - std::chrono::days{100}, today + std::chrono::days{100}, 1000}})
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
