// Look-ups and changes that overtake each other on their way from a real Redis, many thousand times.
#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "actors/runtime/io_loop.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/tenant/registry.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/tenant/opened_stores.hpp"
#include "tests/net/lossy_proxy.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t tenants = 40;

model::tenant tenant_named(std::size_t which, const std::string& name) {
  model::tenant t;
  t.id = {"tenant-" + std::to_string(which)};
  t.name = name;
  t.phone_number = "+1555" + std::to_string(1'000'000 + which);
  return t;
}

class TenantRace : public testing::Test {
 protected:
  ~TenantRace() override {
    for (const auto& one : {caf::actor_cast<caf::actor>(registry), caf::actor_cast<caf::actor>(here),
                            caf::actor_cast<caf::actor>(elsewhere)})
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    registry = nullptr;
    here = elsewhere = nullptr;
    system.await_all_actors_done();
    loop.stop();
  }

  tenant_store store_at(const std::string& url) {
    return tenants_in_redis(system, unit, tenants_at(url, loop, counters));
  }
  void write(caf::scoped_actor& self, std::size_t which, const std::string& name, const std::string& want) {
    self->request(elsewhere, 10s, write_tenants{{write_of(tenant_named(which, name), want)}})
        .receive([](const tenants_written& m) { EXPECT_EQ(m.answers.at(0).is, tenant_written::outcome::ok); },
                 [](const caf::error&) { ADD_FAILURE() << "not written"; });
  }
  std::string found(caf::scoped_actor& self, std::size_t which) {
    std::string name;
    self->request(registry, 10s, find_tenant{tenant_named(which, "").phone_number})
        .receive([&](const found_tenant& m) { name = m.tenant ? m.tenant->name : "nobody"; },
                 [](const caf::error&) { ADD_FAILURE() << "not found"; });
    return name;
  }

  real_settings settings;
  caf::actor_system system{settings};
  metrics counters;
  net::test::redis_server redis;
  net::test::lossy_proxy far{redis.port()};
  net::loop loop{"redis"};
  io_loop unit{system, loop};
  tenant_store here, elsewhere;
  tenant_registry registry;
};

/// A look-up's answer, and the announcement of a change after it, may arrive in either order, up to 20 ms late.
TEST_F(TenantRace, LeavesNobodyWithAnOldTenant) {
  loop.start();
  elsewhere = store_at(redis.url());
  here = store_at(far.url());
  tenant_registry_state::config with;
  with.store = here;
  with.counters = &counters;
  registry = caf::actor_cast<tenant_registry>(system.spawn(tenant_registrar, with));
  caf::scoped_actor writer{system};
  std::vector<std::string> last(tenants);
  for (std::size_t i = 0; i < tenants; ++i) write(writer, i, last[i] = "first", "");
  far.hold_up(0ms, 20ms);
  std::atomic<bool> over = false;
  std::atomic<std::size_t> look_ups = 0;
  std::vector<std::thread> callers;
  for (unsigned n = 0; n < 16; ++n)
    callers.emplace_back([&, n] {
      caf::scoped_actor self{system};
      std::minstd_rand draw{n + 1};
      for (; !over; ++look_ups) (void)found(self, draw() % tenants);
    });
  std::minstd_rand draw{99};
  auto next = std::chrono::steady_clock::now();
  for (int n = 0; n < 1'600; ++n) {  // 400 a second
    const auto which = draw() % tenants;
    write(writer, which, last[which] = "change " + std::to_string(n), "*");
    std::this_thread::sleep_until(next += 2500us);
  }
  over = true;
  for (auto& one : callers) one.join();
  std::this_thread::sleep_for(200ms);  // what is on its way arrives
  EXPECT_GT(look_ups, 1'000u);
  for (std::size_t i = 0; i < tenants; ++i) EXPECT_EQ(found(writer, i), last[i]) << i;
  std::printf("%zu look-ups beside 1,600 changes\n", look_ups.load());
}

}  // namespace
}  // namespace tonris::actors::test
