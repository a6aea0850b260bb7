#include "actors/tenant/sqlite_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <thread>

#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

/// A file that cannot be used when the node starts.
TEST(SqliteTenantStore, TellsItsWatchersOnceItOpensHoweverLate) {
  real_settings settings;
  caf::actor_system system{settings};
  metrics counters;
  a_directory directory;
  std::atomic<bool> there = false;
  std::atomic<int> told = 0;
  node_part part;
  part.healthy = [](bool) {};
  part.random = [] { return 0u; };
  part.counters = &counters;
  const auto store = spawn_sqlite_tenant_store(
      system, {[&, data = directory.data()]() -> tl::expected<tenant_database, unusable_database> {
        if (!there) return tl::unexpected(unusable_database{"away", true});
        return tenant_database::open(data, "a generation");
      }},
      part);
  const auto watch = [&] {
    const auto watcher = system.spawn([&told](caf::event_based_actor*) -> caf::behavior {
      return {[&told](const tenant_store_began& m) {
                EXPECT_TRUE(m.numbers);
                ++told;
              },
              [](const tenants_changed&) {}};
    });
    caf::anon_send(store, watch_tenants{caf::actor_cast<tenant_watcher>(watcher)});
    return watcher;
  };
  const auto answers = [&] {
    bool does = false;
    caf::scoped_actor self{system};
    self->request(store, 1s, read_tenant_page{{}, 1})
        .receive([&](const tenant_page_read&) { does = true; }, [](const caf::error&) {});
    return does;
  };
  const auto early = watch();
  EXPECT_FALSE(answers());
  EXPECT_EQ(told, 0);
  there = true;
  for (int i = 0; i < 300 && !answers(); ++i) std::this_thread::sleep_for(10ms);
  for (int i = 0; i < 100 && told == 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(told, 1);
  const auto late = watch();
  for (int i = 0; i < 100 && told == 1; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(told, 2) << "the others have heard of it";
  for (const auto& one : {early, late}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  system.await_all_actors_done();
}

}  // namespace
}  // namespace tonris::actors::test
