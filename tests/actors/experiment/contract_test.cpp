/// Two gateways that come to the same end, by tenant stores that there are. Real time, real files, a real Redis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <thread>

#include "actors/experiment/keeper.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/store/tenant_write.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/tenant/opened_stores.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

enum class kept_in { sqlite, redis };

class TwoExperimentKeepers : public testing::TestWithParam<kept_in> {
 protected:
  void SetUp() override {
    GetParam() == kept_in::redis ? open_redis() : open_sqlite();
    calls = caf::actor_cast<call_store>(system.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](const read_usage& m) {
        call_database::usage_part part;
        for (int i = 0; i < 200; ++i) {
          auto& one = part.rows.emplace_back();
          one.whose = {*m.wanted.tenant, m.wanted.from, {}, i % 2 == 0 ? "old" : "new"};
          one.success = i % 2 == 0;
          one.used.outcome = model::end_reason::caller_hung_up;
        }
        return usage_read{part};
      }};
    }));
    access = caf::actor_cast<access_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const note_change&) {
        ++noted;
        return change_noted{};
      }};
    }));
  }
  ~TwoExperimentKeepers() override {
    for (const auto& one : keepers) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    keepers.clear();
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(calls, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(access, caf::exit_reason::user_shutdown);
    store = nullptr;
    calls = nullptr;
    access = nullptr;
    system.await_all_actors_done();
  }
  void open_sqlite() { store = tenants_in_sqlite(system, directory.data(), counters); }
  void open_redis() {
    redis = std::make_unique<net::test::redis_server>();
    loop = std::make_unique<net::loop>("redis");
    unit = std::make_unique<io_loop>(system, *loop);
    loop->start();
    store = tenants_in_redis(system, *unit, tenants_at(redis->url(), *loop, counters));
  }
  void start_one() {
    experiment_keeper_settings with;
    with.tenants = store;
    with.calls = calls;
    with.access = access;
    with.notices = notices;
    with.wall_clock = [] { return std::chrono::system_clock::now(); };
    with.random = [this] { return ++random; };
    with.counters = &counters;
    keepers.push_back(keep_experiments(system, std::move(with)));
  }
  void write(const model::tenant& t) {
    caf::scoped_actor self{system};
    self->request(store, 10s, write_tenants{{write_of(t, "")}})
        .receive([](const tenants_written& m) { EXPECT_EQ(m.answers.at(0).is, tenant_written::outcome::ok); },
                 [](const caf::error&) { ADD_FAILURE() << "not written"; });
  }
  stored_tenant read() {
    stored_tenant there;
    caf::scoped_actor self{system};
    self->request(store, 10s, look_up_tenants{{{"", {"salon"}, ""}}})
        .receive([&](const looked_up_tenants& m) { there = m.found.at(0).tenant; }, [](const caf::error&) {});
    return there;
  }

  real_settings settings;
  caf::actor_system system{settings};
  metrics counters;
  a_directory directory;
  std::unique_ptr<net::test::redis_server> redis;
  std::unique_ptr<net::loop> loop;
  std::unique_ptr<io_loop> unit;
  std::atomic<int> noted{0};
  std::atomic<std::uint32_t> random{0};
  std::shared_ptr<notice_queue> notices = std::make_shared<notice_queue>();
  tenant_store store;
  call_store calls;
  access_registry access;
  std::vector<experiment_keeper> keepers;
};

INSTANTIATE_TEST_SUITE_P(Kept, TwoExperimentKeepers, testing::Values(kept_in::sqlite, kept_in::redis),
                         [](const auto& of) { return of.param == kept_in::redis ? "InRedis" : "InSqlite"; });

TEST_P(TwoExperimentKeepers, StopAVariantOnce) {
  model::tenant salon;
  salon.id = {"salon"};
  salon.name = "Salon";
  salon.phone_number = "+15550100001";
  salon.agents = {{{"agent_old"}, 80, "old"}, {{"agent_new"}, 20, "new"}};
  salon.experiment = model::tenant::experiment_type{{}, true, std::chrono::system_clock::now() - 24h};
  salon.webhooks = {{"crm", "https://crm.example/", {model::tenant::event::experiment_stopped}}};
  salon.secrets.webhooks["crm"] = {model::tenant_secret::form::sealed, "k1:x"};
  write(salon);
  start_one();
  start_one();
  for (const auto& one : keepers) caf::anon_send(one, look_at_experiments{});
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (noted == 0 && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(300ms);
  const auto now = model::parse_tenant(read().json);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->agents[0].weight, 80u);
  EXPECT_EQ(now->agents[1].weight, 0u);
  EXPECT_EQ(now->secrets.webhooks.at("crm").text, "k1:x");
  EXPECT_EQ(read().etag.substr(0, 2), "2-") << "one change";
  EXPECT_EQ(noted, 1);
  EXPECT_EQ(notices->take().size(), 1u);
}

}  // namespace
}  // namespace tonris::actors::test
