#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "actors/runtime/io_loop.hpp"
#include "actors/tenant/redis_store.hpp"
#include "actors/tenant/sqlite_store.hpp"
#include "model/text/redis_address.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {

/// A store of tenants in a file of that directory.
inline tenant_store tenants_in_sqlite(caf::actor_system& system, const std::string& data_dir, metrics& counters) {
  node_part part;
  part.name = "tenant_store";
  part.healthy = [](bool) {};
  part.random = [] { return 0u; };
  part.counters = &counters;
  return open_sqlite_tenant_store(system, data_dir, "a generation", part).value();
}

/// Of a store at that Redis.
inline redis_tenant_store::config tenants_at(const std::string& url, net::loop& loop, metrics& counters) {
  redis_tenant_store::config with;
  with.loop = &loop;
  with.options.address = model::read_redis_address(url).value();
  with.options.client_name = "tonris:test";
  with.fresh_generation = [] { return "a generation"; };
  with.counters = &counters;
  return with;
}

inline void wait_until_it_answers(caf::actor_system& system, const tenant_store& store) {
  using std::chrono::seconds;
  EXPECT_TRUE(tonris::test::comes_to(
      [&] {
        return answer_of<tenant_page_read>(system, store, read_tenant_page{{}, 1}, seconds{1}).has_value();
      },
      seconds{30}));
}

inline tenant_store tenants_in_redis(caf::actor_system& system, io_loop& unit, redis_tenant_store::config with) {
  auto store = caf::actor_cast<tenant_store>(spawn_on<redis_tenant_store>(system, unit, std::move(with)));
  wait_until_it_answers(system, store);
  return store;
}

}  // namespace tonris::actors::test
