// What a look-up and an admission cost, and many tenants in memory and in both stores (docs/performance.md). Starts a
// redis-server of its own. Usage: costs [TENANTS], 100,000 by default.
#include <unistd.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "actors/admission/admission.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/tenant/cache.hpp"
#include "actors/tenant/redis_store.hpp"
#include "actors/tenant/registry.hpp"
#include "actors/tenant/sqlite_store.hpp"
#include "model/admission/table.hpp"
#include "model/tenant/tenant.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
  const auto begun = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - begun).count();
}

double resident_mebibytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

std::string number_of(std::size_t which) {
  return "+1555" + std::to_string(1'000'000 + which);
}

/// A document of nine hundred bytes, as a business has it.
std::string document_of(std::size_t which) {
  const auto n = std::to_string(which);
  return R"({"id":"tenant-)" + n + R"(","name":"Business number )" + n +
         R"(","status":"active","businessType":"salon",)" + R"("twilioPhoneNumber":")" + number_of(which) +
         R"(","settings":{"elevenLabsAgentId":"agent_)" + n +
         R"(","greeting":"Thank you for calling business number )" + n + R"(. How can I help you?","language":"en",)" +
         R"("businessHours":{"timezone":"America/New_York","monday":[{"open":"09:00","close":"12:00"},)" +
         R"({"open":"13:00","close":"17:00"}],"saturday":{"open":"10:00","close":"14:00"},"closed":{"action":"voicemail"}},)" +
         R"("fallback":{"say":"Our assistant is not available. We are putting you through.","transferTo":"+15550109999",)" +
         R"("voicemail":false},"limits":{"maxConcurrentCalls":10,"callsPerMinute":30,"minutesPerMonth":2000,)" +
         R"("overflow":{"action":"wait","seconds":60}},"callerRules":[{"name":"regulars","callers":["+15550102222"],)" +
         R"("action":"agent","agentId":"agent_vip"}],"sentences":{"closed":"We are closed. We open at nine."}}})";
}

model::tenant tenant_of(std::size_t which) {
  return model::parse_tenant(document_of(which)).value();
}

std::vector<std::size_t> drawn(std::size_t count, std::size_t of) {
  std::mt19937 draw{7};
  std::vector<std::size_t> all(count);
  for (auto& one : all) one = draw() % of;
  return all;
}

void say(const char* what, double value, const char* unit) {
  std::printf("%-66s %12.2f %s\n", what, value, unit);
  std::fflush(stdout);
}

// --- in memory

void cached_look_ups() {
  constexpr std::size_t tenants = 20'000, look_ups = 2'000'000;
  const auto before = resident_mebibytes();
  tenant_cache cache;
  std::vector<std::string> numbers;
  const auto parsing = seconds_of([&] {
    for (std::size_t i = 0; i < tenants; ++i) {
      const auto t = tenant_of(i);
      numbers.push_back(called_numbers(t).at(0));
      cache.put(std::make_shared<const model::tenant>(t), "1-x");
    }
  });
  say("a document read and checked", parsing / tenants * 1e6, "us");
  say("20,000 tenants at hand, each", (resident_mebibytes() - before) * 1024 / tenants, "KiB");
  const auto order = drawn(look_ups, tenants);
  std::size_t found = 0;
  const auto took = seconds_of([&] {
    for (const auto which : order) found += cache.find_number(numbers[which]) != nullptr;
  });
  say("cached look-up by number", took / look_ups * 1e9, found == look_ups ? "ns" : "ns, NOT ALL FOUND");
}

void admissions_by_table() {
  constexpr std::size_t calls = 200'000, at_once = 500;
  model::admission_table table;
  model::admission_limits limits;
  limits.calls = 50, limits.calls_per_minute = 100'000, limits.vendor_calls = 1'000'000,
  limits.month_seconds = 1u << 30;
  std::vector<model::admission_place> places;
  for (std::size_t i = 0; i < calls; ++i)
    places.push_back({{"CA0000000000000000000000" + std::to_string(10'000'000 + i)},
                      {"tenant-" + std::to_string(i % 100)},
                      "shared",
                      {},
                      {}});
  auto now = clock::now();
  std::size_t admitted_calls = 0;
  const auto took = seconds_of([&] {
    for (std::size_t i = 0; i < calls; ++i) {
      now += 200us;
      admitted_calls += table.admit(places[i], limits, now).verdict == model::admission_verdict::ok;
      if (i >= at_once) (void)table.release({places[i - at_once], 1, 10, 0}, now);
    }
  });
  say("an admission with its release, 500 calls at once (table)", took / calls * 1e6,
      admitted_calls == calls ? "us" : "us, NOT ALL ADMITTED");
}

// --- by actors

/// So many questions, at most `at_once` under way: seconds until all are answered.
template <class Answer, class To, class Question>
double ask_all(caf::actor_system& system, const To& whom, std::size_t count, std::size_t at_once,
               const std::function<Question(std::size_t)>& question,
               const std::function<bool(const Answer&)>& is_right) {
  caf::scoped_actor waits{system};
  std::size_t wrong = 0;
  const auto took = seconds_of([&] {
    auto asker = system.spawn([&, me = caf::actor{waits}](caf::event_based_actor* self) {
      auto next = std::make_shared<std::size_t>(0), answers = std::make_shared<std::size_t>(0);
      auto ask_next = std::make_shared<std::function<void()>>();
      *ask_next = [=, &whom, &question, &is_right, &wrong, again = std::weak_ptr{ask_next}] {
        if (*next == count) return;
        self->request(whom, caf::infinite, question((*next)++))
            .then(
                [=, &is_right, &wrong](const Answer& answer) {
                  wrong += !is_right(answer);
                  if (++*answers == count) return self->send(me, true);
                  if (const auto go_on = again.lock()) (*go_on)();
                },
                [=, &wrong](const caf::error&) {
                  ++wrong;
                  if (++*answers == count) return self->send(me, true);
                  if (const auto go_on = again.lock()) (*go_on)();
                });
      };
      for (std::size_t i = 0; i < at_once; ++i) (*ask_next)();
      self->become([keep = ask_next](bool) {});
    });
    waits->receive([](bool) {});
    caf::anon_send_exit(asker, caf::exit_reason::user_shutdown);
  });
  if (wrong > 0) std::printf("%zu of %zu answers were wrong\n", wrong, count);
  return took;
}

void look_ups_in(caf::actor_system& system, const tenant_store& store, metrics& counters, std::size_t tenants,
                 const char* where) {
  tenant_registry_state::config with;
  with.store = store;
  with.counters = &counters;
  with.patience = 10s;
  const auto registry = caf::actor_cast<tenant_registry>(system.spawn(tenant_registrar, with));
  const auto order = drawn(10'000, tenants);
  const std::function<find_tenant(std::size_t)> ask = [&](std::size_t i) { return find_tenant{number_of(order[i])}; };
  const std::function<bool(const found_tenant&)> found = [](const found_tenant& m) { return m.tenant != nullptr; };
  const auto line = [&](const char* what, double seconds, std::size_t count) {
    say((std::string{where} + ": " + what).c_str(), seconds / static_cast<double>(count) * 1e6, "us");
  };
  line("first look-up, one at a time", ask_all(system, registry, 1'000, 1, ask, found), 1'000);
  line("first look-up, 64 under way", ask_all(system, registry, order.size(), 64, ask, found), order.size());
  line("the same again from the registry, 64 under way", ask_all(system, registry, order.size(), 64, ask, found),
       order.size());
  caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
}

double fill(caf::actor_system& system, const tenant_store& store, std::size_t tenants) {
  constexpr std::size_t at_once = 500;
  std::vector<write_tenants> parts;
  for (std::size_t i = 0; i < tenants; ++i) {
    if (i % at_once == 0) parts.emplace_back();
    parts.back().writes.push_back(write_of(tenant_of(i), ""));
  }
  const std::function<write_tenants(std::size_t)> ask = [&](std::size_t i) { return parts[i]; };
  const std::function<bool(const tenants_written&)> well = [](const tenants_written& m) {
    return std::ranges::all_of(m.answers, [](const auto& one) { return one.is == tenant_written::outcome::ok; });
  };
  return ask_all(system, store, parts.size(), 1, ask, well);
}

/// Until it answers.
double wait_for(caf::actor_system& system, const tenant_store& store) {
  return seconds_of([&] {
    caf::scoped_actor self{system};
    for (bool answers = false; !answers;)
      self->request(store, 10s, look_up_tenants{{{number_of(0), {}, {}}}})
          .receive([&](const looked_up_tenants&) { answers = true; },
                   [](const caf::error&) { std::this_thread::sleep_for(1ms); });
  });
}

tenant_store open_sqlite(caf::actor_system& system, metrics& counters, const std::string& directory) {
  node_part part;
  part.name = "tenant_store";
  part.healthy = [](bool) {};
  part.random = [] { return 0u; };
  part.counters = &counters;
  return open_sqlite_tenant_store(system, directory, "a generation", part).value();
}

void end(caf::actor_system& system, tenant_store& store) {
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  store = nullptr;
  system.await_all_actors_done();
}

void tenants_in_sqlite(caf::actor_system& system, metrics& counters, std::size_t tenants) {
  const test::a_directory directory;
  auto store = open_sqlite(system, counters, directory.data());
  say("SQLite: all brought in", fill(system, store, tenants), "s");
  end(system, store);
  const auto before = resident_mebibytes();
  const auto opened = seconds_of([&] {
    store = open_sqlite(system, counters, directory.data());
    (void)wait_for(system, store);
  });
  say("SQLite: opened again and answering", opened * 1e3, "ms");
  look_ups_in(system, store, counters, tenants, "SQLite");
  say("SQLite: resident more, with 10,000 look-ups", resident_mebibytes() - before, "MiB");
  end(system, store);
}

void tenants_in_redis(caf::actor_system& system, metrics& counters, std::size_t tenants) {
  net::test::redis_server redis{{"--appendonly", "yes"}};
  net::loop loop{"redis"};
  io_loop unit{system, loop};
  loop.start();
  const auto open = [&] {
    redis_tenant_store::config with;
    with.loop = &loop;
    with.options.address = model::read_redis_address(redis.url()).value();
    with.options.client_name = "tonris:costs";
    with.fresh_generation = [] { return "a generation"; };
    with.counters = &counters;
    return caf::actor_cast<tenant_store>(spawn_on<redis_tenant_store>(system, unit, std::move(with)));
  };
  auto store = open();
  (void)wait_for(system, store);
  say("Redis: all brought in", fill(system, store, tenants), "s");
  const auto memory = redis.say({"INFO", "memory"});
  const auto at = memory.find("used_memory:");
  say("Redis: its memory", std::strtod(memory.c_str() + at + 12, nullptr) / (1024 * 1024), "MiB");
  end(system, store);
  const auto before = resident_mebibytes();
  const auto opened = seconds_of([&] {
    store = open();
    (void)wait_for(system, store);
  });
  say("Redis: opened again and answering", opened * 1e3, "ms");
  look_ups_in(system, store, counters, tenants, "Redis");
  say("Redis: resident more, with 10,000 look-ups", resident_mebibytes() - before, "MiB");
  end(system, store);
  loop.stop();
}

void admissions_by_actor(caf::actor_system& system, metrics& counters) {
  constexpr std::size_t calls = 100'000;
  local_admission::config with;
  with.rules.books = std::make_shared<admission_books>();
  with.rules.vendor_calls = 1'000'000;
  with.rules.hash_caller = [](std::string_view number) { return std::string{number}; };
  with.rules.wall_clock = [] { return std::chrono::system_clock::now(); };
  with.rules.counters = &counters;
  const auto counts = caf::actor_cast<admission>(system.spawn(admit_locally, with));
  auto t = tenant_of(1);
  t.limits.max_concurrent_calls = calls;
  t.limits.calls_per_minute = calls;
  t.limits.minutes_per_month.reset();
  const auto shared = std::make_shared<const model::tenant>(t);
  const std::function<admit_call(std::size_t)> ask = [&](std::size_t i) {
    return admit_call{{"CA0000000000000000000000" + std::to_string(10'000'000 + i)}, shared, "+15550100001"};
  };
  const std::function<bool(const admitted&)> in = [](const admitted& m) { return m.is == admitted::answer::come_in; };
  say("an admission by the actor, in memory, 64 under way", ask_all(system, counts, calls, 64, ask, in) / calls * 1e6,
      "us");
  caf::anon_send_exit(counts, caf::exit_reason::user_shutdown);
}

void measure(std::size_t tenants) {
  test::real_settings settings;
  caf::actor_system system{settings};
  metrics counters;
  std::printf("%zu tenants of %zu bytes\n", tenants, document_of(1).size());
  cached_look_ups();
  admissions_by_table();
  admissions_by_actor(system, counters);
  tenants_in_sqlite(system, counters, tenants);
  tenants_in_redis(system, counters, tenants);
}

}  // namespace
}  // namespace tonris::actors

int main(int count, char** words) {
  tonris::actors::measure(count > 1 ? std::strtoul(words[1], nullptr, 10) : 100'000);
}
