// A tenant far beyond its limits is refused, and nobody else notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/e2e/neighbours.hpp"
#include "tests/e2e/webhooks_at_once.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

constexpr auto noisy_number = "+15550100042";

/// Callers of the noisy tenant, each with a call of his own, so many a second, until it ends.
class noise {
  static constexpr int hands = 8;

 public:
  noise(const gateway_process& gateway, int a_second) {
    for (int hand = 0; hand < hands; ++hand)
      callers_.emplace_back([this, &gateway, a_second] {
        for (auto next = std::chrono::steady_clock::now(); !over_; std::this_thread::sleep_until(next)) {
          next += std::chrono::microseconds{1'000'000 * hands / a_second};
          const auto answer = voice_webhook(gateway, 50'000 + calls_++, noisy_number);
          (has(answer, "<Stream") ? taken_ : refused_) += 1;
        }
      });
  }
  ~noise() { end(); }

  void end() {
    over_ = true;
    for (auto& one : callers_)
      if (one.joinable()) one.join();
  }
  [[nodiscard]] int taken() const noexcept { return taken_; }
  [[nodiscard]] int refused() const noexcept { return refused_; }

 private:
  std::atomic<bool> over_ = false;
  std::atomic<int> calls_ = 0, taken_ = 0, refused_ = 0;
  std::vector<std::thread> callers_;
};

/// Its limits are ten calls at once and 300 a minute: a hundred a second are twenty times as many.
TEST(NoisyNeighbour, AtTwentyTimesItsLimitsMovesNobodyElse) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  const auto& gateway = w.start_gateway(
      "[" + tenant("salon-1", "+15550100002", "agent_demo") + "," +
          tenant("noisy", noisy_number, "agent_noisy", R"("limits":{"maxConcurrentCalls":10,"callsPerMinute":300})") +
          "]",
      {{"LOG_LEVEL", "error"}});
  neighbours others(w);
  ASSERT_TRUE(others.place(10));
  // In turn, since the machine has other work as well: the middle of three of each.
  std::array<double, 3> quiet{}, loud{}, quiet_webhooks{}, loud_webhooks{};
  int refused = 0;
  for (std::size_t round = 0; round < quiet.size(); ++round) {
    const auto before = others.measure(2s, 100ms);
    neighbours::print("undisturbed", before);
    noise loudly(gateway, 100);
    const auto beside = others.measure(2s, 100ms);
    loudly.end();
    neighbours::print("beside the noise", beside);
    quiet[round] = before.frames_p99, loud[round] = beside.frames_p99;
    quiet_webhooks[round] = before.webhooks_p99, loud_webhooks[round] = beside.webhooks_p99;
    EXPECT_LE(loudly.taken(), 10);
    refused += loudly.refused();
  }
  EXPECT_GT(refused, 300) << "it was loud";
  EXPECT_GE(gateway.metric(R"(tonris_calls_refused_total{by="tenant",reason="tenant_busy"})"), 100);
  for (auto* figures : {&quiet, &loud, &quiet_webhooks, &loud_webhooks}) std::ranges::sort(*figures);
  std::printf("frames p99 %.2f -> %.2f ms, webhooks p99 %.1f -> %.1f ms\n", quiet[1], loud[1], quiet_webhooks[1],
              loud_webhooks[1]);
  // Generous: a test run has other work, and so has the process that plays all of them (docs/performance.md has
  // figures).
  EXPECT_LT(loud[1], 2 * quiet[1] + 20);
  EXPECT_LT(loud_webhooks[1], quiet_webhooks[1] + 50);
}

}  // namespace
}  // namespace tonris::e2e
