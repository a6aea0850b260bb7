// Hundreds of calls with failures of every row at random, seeded: untouched calls stay byte-exact, and what was there
// before is all that is there afterwards. TONRIS_CHAOS_SECONDS (60) and TONRIS_CHAOS_SEED (1) choose how long and
// which.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/text.hpp"
#include "tests/sanitized.hpp"
#include "tools/sim/twilio/caller_faults.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

unsigned setting(const char* name, unsigned standard) {
  const char* const text = std::getenv(name);
  return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : standard;
}

constexpr std::size_t touched_at_once = sanitized ? 20 : 60, untouched_at_once = sanitized ? 4 : 10;

/// A tenant for each way to fail: its agent's name says what its conversations do.
std::string tenants_of_chaos() {
  const auto rehearses = [](const std::string& failure) {
    return R"("rehearsal":{"failure":")" + failure + R"(","afterSeconds":1,"callers":["+15550100001"]})";
  };
  return "[" + tenant("good", "+15550100002", "agent_good") + "," +
         tenant("bad", "+15550100003", "agent_bad", R"("fallback":{"transferTo":"+15550109999"})") + "," +
         tenant("crash1", "+15550100004", "agent_quiet", rehearses("callCrash")) + "," +
         tenant("crash2", "+15550100005", "agent_quiet", rehearses("agentCrash")) + "," +
         tenant("crash3", "+15550100006", "agent_quiet", rehearses("callerCrash")) + "," +
         tenant("drop", "+15550100007", "agent_quiet", rehearses("callerDrop")) + "," +
         tenant("slow", "+15550100008", "agent_quiet", rehearses("slowVendor")) + "," +
         tenant("garbage", "+15550100009", "agent_quiet", rehearses("garbageFrame")) + "]";
}

/// What the vendor does to conversation `number` of the agent that fails.
sim::agent_behaviour bad_agent(std::uint64_t number) {
  auto agent = quiet_agent();
  auto& failure = agent.failure;
  failure.after = std::chrono::milliseconds{100 + number * 37 % 900};
  failure.when = sim::agent_failure::point::after_metadata;
  switch (number % 13) {
    case 0: failure.how = sim::agent_failure::manner::drop; break;
    case 1: failure.code = 1011; break;
    case 2: failure.code = 1008; break;
    case 3: failure.code = 1012; break;
    case 4: agent.signed_url.status = 500; break;
    case 5: failure.when = sim::agent_failure::point::on_open; break;
    case 6: failure.how = sim::agent_failure::manner::reset; break;
    case 7: failure.how = sim::agent_failure::manner::binary; break;
    case 8: failure.how = sim::agent_failure::manner::broken_frame; break;
    case 9: failure.how = sim::agent_failure::manner::stall; break;
    case 10: failure.how = sim::agent_failure::manner::blackhole; break;
    case 11: failure.how = sim::agent_failure::manner::garbage; break;
    default: failure.when = sim::agent_failure::point::never; break;
  }
  return agent;
}

class Chaos : public testing::Test {
 protected:
  Chaos()
      : w([](const std::string& agent, std::uint64_t number) {
          if (agent == "agent_bad") return std::optional{bad_agent(number)};
          auto behaviour = exact_agent();
          if (agent != "agent_good") behaviour.greeting.reset();
          return std::optional{behaviour};
        }) {
    say_ids(w);
    w.start_gateway(tenants_of_chaos(), {{"LOG_LEVEL", "error"}});
  }

  std::unique_ptr<exact_call> place(bool untouched) {
    auto call = std::make_unique<exact_call>(++last_id);
    auto options = options_of(w, *call);
    options.at_most = 60s;
    if (untouched) {
      options.hang_up_after = 4s;
    } else {
      options.to = "+1555010000" + std::to_string(3 + random() % 7);
      options.hang_up_after = std::chrono::milliseconds{500 + random() % 4000};
      options.twiml.dial_outcome = random() % 2 ? "completed" : "no-answer";
      const auto at = std::chrono::milliseconds{200 + random() % 2000};
      switch (random() % 8) {
        case 0: options.faults.drops = {{at, sim::drop_manner::fin, 50ms}}; break;
        case 1:
          options.faults.drops = {{at, sim::drop_manner::reset, 50ms}, {at * 2, sim::drop_manner::fin, 10ms}};
          break;
        case 2: options.faults.pauses = {{at, 500ms}}; break;
        case 3: options.faults.deaf_from = at; break;
        case 4: options.faults.drops = {{at, sim::drop_manner::blackhole, 50ms}}; break;
        case 5:
          options.faults.drops = {{at, sim::drop_manner::silent}};
          options.hang_up_after = random() % 4 == 0 ? 13s : 5s;  // beyond the 10 s within which a frame must come
          break;
        default: break;
      }
    }
    call->report = w.place(options, call->says, call->hears);
    return call;
  }

  void expect_rules_kept(const sim::caller_report& report) {
    for (const auto& one : report.violations.all()) {
      // A caller leg that crashes cuts its stream, which is what Twilio complains of then. And a stream may be on its
      // way to a call whose agent is lost for good meanwhile: Twilio goes on to `action`, where the fallback is.
      if (one.rule == "stream_refused" && one.detail.starts_with("handshake_refused 404"))
        EXPECT_TRUE(has(w.record(report.call_sid), R"("endReason":"agent_)")) << report.call_sid;
      else
        EXPECT_EQ(one.rule, "stream_broken") << report.call_sid << ": " << one.detail;
    }
  }

  /// The gateway's own account of what lives in it, once it is quiet.
  bool comes_down_to(const std::string& name, double at_most) {
    for (int i = 0; i < 400; ++i) {
      if (gauge(name) <= at_most) return true;
      std::this_thread::sleep_for(100ms);
    }
    return false;
  }
  double gauge(const std::string& name) { return w.gateway().metric(name); }

  std::mt19937 random{setting("TONRIS_CHAOS_SEED", 1)};
  world w;
  std::uint32_t last_id = 0;
};

TEST_F(Chaos, LeavesUntouchedCallsExactAndNothingBehind) {
  place_first_call(w);
  const auto actors = gauge("tonris_actors"), descriptors = gauge("process_open_fds"),
             timers = gauge("tonris_timers_armed");
  const auto memory = gauge("process_resident_memory_bytes");
  std::vector<std::unique_ptr<exact_call>> touched, untouched;
  const auto until = clock::now() + std::chrono::seconds{setting("TONRIS_CHAOS_SECONDS", 60)};
  std::size_t calls = 0;
  const auto ready = [](const std::unique_ptr<exact_call>& call) {
    return call->report.wait_for(0s) == std::future_status::ready;
  };
  while (clock::now() < until) {
    for (auto* group : {&touched, &untouched}) {
      for (auto& call : *group) {
        if (!ready(call)) continue;
        if (group == &untouched)
          expect_exact(w, *call);
        else
          expect_rules_kept(call->report.get());
        call.reset();
      }
      std::erase(*group, nullptr);
      const auto most = group == &untouched ? untouched_at_once : touched_at_once;
      if (group->size() < most) {
        group->push_back(place(group == &untouched));
        ++calls;
      }
    }
    std::this_thread::sleep_for(30ms);
  }
  for (auto& call : touched) expect_rules_kept(call->report.get());
  for (auto& call : untouched) expect_exact(w, *call);
  ASSERT_TRUE(w.gateway().running());
  std::printf("%zu calls; crashes: call %g, agent leg %g, caller leg %g\n", calls,
              w.gateway().metric(R"(tonris_actor_crashes_total{actor="tonris.call"})"),
              w.gateway().metric(R"(tonris_actor_crashes_total{actor="tonris.elevenlabs_socket"})"),
              w.gateway().metric(R"(tonris_actor_crashes_total{actor="tonris.twilio_socket"})"));
  EXPECT_GT(w.gateway().metric(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 0);
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 0));
  const auto vendors = w.vendor_violations();
  for (const auto* const rule : {"two_conversations", "nobody_there"})
    EXPECT_EQ(std::ranges::count(vendors, rule, &sim::violation::rule), 0) << rule;
  // Every conversation is closed: none bills on.
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 10s));
  w.close_http_connections();
  EXPECT_TRUE(comes_down_to("tonris_legs", 0)) << gauge("tonris_legs");
  EXPECT_TRUE(comes_down_to("tonris_actors", actors)) << gauge("tonris_actors") << " of " << actors;
  EXPECT_TRUE(comes_down_to("process_open_fds", descriptors)) << gauge("process_open_fds") << " of " << descriptors;
  EXPECT_TRUE(comes_down_to("tonris_timers_armed", timers + 3)) << gauge("tonris_timers_armed") << " of " << timers;
  std::printf("resident %.1f MiB before, %.1f MiB after; timers %g, %g\n", memory / 1048576,
              gauge("process_resident_memory_bytes") / 1048576, timers, gauge("tonris_timers_armed"));
  if (!sanitized) {
    EXPECT_LT(gauge("process_resident_memory_bytes"), memory + 64.0 * 1024 * 1024)
        << "2,000 ended calls are remembered";
  }
}

TEST_F(Chaos, OfManyShortCallsLeavesMemoryAndDescriptorsFlat) {
  constexpr unsigned until_full = 2200;  // pools and caches, and the 2,000 ended calls that are remembered
  const auto total = std::max(setting("TONRIS_SOAK_CALLS", 3200), until_full + 1);
  std::vector<std::unique_ptr<exact_call>> running;
  const auto run = [&](std::size_t calls) {
    for (std::size_t placed = 0; placed < calls || !running.empty();) {
      for (auto& call : running)
        if (call->report.wait_for(0s) == std::future_status::ready) (void)call->report.get(), call.reset();
      std::erase(running, nullptr);
      for (; placed < calls && running.size() < 80; ++placed) {
        auto call = std::make_unique<exact_call>(++last_id);
        auto options = options_of(w, *call);
        options.to = "+15550100003";
        options.hang_up_after = 150ms;
        call->report = w.place(options, call->says, call->hears);
        running.push_back(std::move(call));
      }
      std::this_thread::sleep_for(5ms);
    }
  };
  run(until_full);
  const auto descriptors = gauge("process_open_fds"), memory = gauge("process_resident_memory_bytes");
  run(total - until_full);
  std::printf("%u calls: resident %.1f MiB after %u, %.1f MiB at the end; descriptors %g, %g\n", total,
              memory / 1048576, until_full, gauge("process_resident_memory_bytes") / 1048576, descriptors,
              gauge("process_open_fds"));
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 0));
  if (!sanitized) {
    EXPECT_LT(gauge("process_resident_memory_bytes"), memory + 8.0 * 1024 * 1024);
  }
  w.close_http_connections();
  EXPECT_TRUE(comes_down_to("tonris_legs", 0));
  EXPECT_TRUE(comes_down_to("process_open_fds", descriptors + 10))
      << gauge("process_open_fds") << " of " << descriptors;
}

}  // namespace
}  // namespace tonris::e2e
