// A stranger who asks as fast as he can is served; nobody waits for him.
#include "tests/e2e/flood.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

#include "tests/e2e/exact_call.hpp"
#include "tests/sanitized.hpp"
#include "tools/sim/latency_probe.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

double percentile(std::vector<double> of, double share) {
  if (of.empty()) return NAN;
  std::ranges::sort(of);
  return of[std::min(of.size() - 1, static_cast<std::size_t>(share * static_cast<double>(of.size())))];
}

struct attack {
  const char* name;
  std::string request;
  std::size_t connections;
};

void PrintTo(const attack& row, std::ostream* out) {
  *out << row.name;
}

class Flood : public testing::TestWithParam<attack> {
 protected:
  /// A listener that also starts the clock of each frame.
  struct timed_listener final : sim::frame_sink {
    explicit timed_listener(Flood& of) : test(of) {}
    void heard(std::uint64_t, std::span<const std::uint8_t>, bool) override {}
    void sent(std::uint64_t, std::span<const std::uint8_t> frame) override { test.probe->sent(frame, clock::now()); }
    Flood& test;
  };

  Flood() : w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }) {
    w.agent_hears = [this](std::span<const std::uint8_t> bytes) { probe->arrived(bytes, clock::now()); };
  }

  /// Signed webhooks, each for a call of its own, ten a second for so long; how long each took, in milliseconds.
  std::vector<double> post_webhooks(std::chrono::seconds duration) {
    auto took = std::make_shared<std::vector<double>>();
    std::size_t sent = 0;
    for (const auto end = clock::now() + duration; clock::now() < end; std::this_thread::sleep_for(100ms)) {
      w.post_webhook(sid_of(next_call_++), [took, begun = clock::now()](const sim::webhook_poster::answer& got) {
        EXPECT_NE(got.body.find("<Stream"), std::string::npos) << got.status << got.body;
        took->push_back(std::chrono::duration<double, std::milli>(clock::now() - begun).count());
      });
      ++sent;
    }
    EXPECT_TRUE(w.wait_until([&] { return took->size() == sent; }, 20s)) << took->size() << " of " << sent;
    return w.on_loop([&] { return *took; });
  }

  struct figures {
    double frames_p50, frames_p99, webhooks_p50, webhooks_p99;
    std::size_t frames;
  };
  figures measure(std::chrono::seconds duration) {
    w.on_loop([&] { probe = std::make_unique<sim::latency_probe>(); });
    const auto webhooks = post_webhooks(duration);
    return w.on_loop([&] {
      return figures{probe->percentile_ms(0.5).value_or(NAN), probe->percentile_ms(0.99).value_or(NAN),
                     percentile(webhooks, 0.5), percentile(webhooks, 0.99), probe->count()};
    });
  }
  static void print(const char* when, const figures& now) {
    std::printf("%-18s frames p50 %7.2f p99 %7.2f ms (%zu), signed webhooks p50 %7.1f p99 %7.1f ms\n", when,
                now.frames_p50, now.frames_p99, now.frames, now.webhooks_p50, now.webhooks_p99);
  }

  world w;
  std::unique_ptr<sim::latency_probe> probe = std::make_unique<sim::latency_probe>();
  std::uint32_t next_call_ = 1000;
};

INSTANTIATE_TEST_SUITE_P(
    , Flood,
    testing::Values(attack{"OfUnsignedWebhooks",
                           "POST /api/webhooks/twilio/elevenlabs HTTP/1.1\r\nHost: x\r\n"
                           "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 41\r\n\r\n"
                           "CallSid=CA1&From=%2B15550100001&To=%2B155",
                           32},
                    attack{"OfMetrics", "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 8}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST_P(Flood, HoldsUpNeitherFramesNorCallers) {
  w.start_gateway(one_tenant(), {{"LOG_LEVEL", "error"}});
  std::vector<std::unique_ptr<exact_call>> calls;
  timed_listener listens{*this};
  std::vector<std::future<sim::caller_report>> reports;
  std::vector<std::shared_ptr<sim::twilio_caller>> callers;
  for (std::uint32_t id = 1; id <= 10; ++id) {
    auto& call = *calls.emplace_back(std::make_unique<exact_call>(id, 10'000));
    auto options = options_of(w, call);
    reports.push_back(w.place(options, call.says, listens, &callers.emplace_back()));
  }
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == calls.size(); }, 10s));
  const auto undisturbed = measure(2s);
  print("undisturbed", undisturbed);
  figures attacked{};
  {
    const flood stranger{w.gateway().port(), GetParam().request, GetParam().connections};
    EXPECT_TRUE(w.wait_until([&] { return stranger.answered_bytes() > 10'000; }, 20s)) << "he is served, too";
    attacked = measure(3s);
    print("attacked", attacked);
  }
  // Generous, and beside what the machine does undisturbed: it runs the callers, the agents and the stranger as well,
  // and in a test run others (docs/performance.md has figures). A turn that answers all took 650 and 1,300 ms.
  EXPECT_LT(attacked.frames_p99, 2 * undisturbed.frames_p99 + 150);
  EXPECT_LT(attacked.webhooks_p99, 2 * undisturbed.webhooks_p99 + 300);
  w.on_loop([&] {
    for (const auto& caller : callers) caller->hang_up();
  });
  for (auto& report : reports) (void)report.get();
}

}  // namespace
}  // namespace tonris::e2e
