// Strangers who take places and say nothing keep nobody out. TONRIS_CROWD (600) is how many there are, in front of a
// gateway with as many descriptors as it may have, or TONRIS_CROWD_DESCRIPTORS; without either it has 256.
#include "tests/e2e/silent_crowd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

#include "tests/e2e/neighbours.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

std::optional<std::size_t> wished(const char* name) {
  const char* const text = std::getenv(name);
  return text ? std::optional{std::strtoul(text, nullptr, 10)} : std::nullopt;
}

/// How many milliseconds the call with that CallSid is without its agent, whose socket is cut.
double heals_after(world& w, const std::string& call_sid) {
  const auto former = w.on_loop([&] { return w.vendor().of_call(call_sid); });
  const auto cut = std::chrono::steady_clock::now();
  w.on_loop([&] {
    if (former) former->drop();
  });
  EXPECT_TRUE(w.wait_until(
      [&] {
        const auto now = w.vendor().of_call(call_sid);
        return now && now != former;
      },
      5s));
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - cut).count();
}

TEST(SilentCrowd, KeepsOutNeitherCallersNorTheAgentOfALiveCall) {
  const auto size = wished("TONRIS_CROWD");
  auto descriptors = wished("TONRIS_CROWD_DESCRIPTORS");
  if (!size && !descriptors) descriptors = 256;
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  auto& gateway = w.start_gateway(one_tenant(), {{"LOG_LEVEL", "info"}}, {.descriptors = descriptors});
  if (descriptors) {
    EXPECT_TRUE(gateway.log_says("The limit of open descriptors is " + std::to_string(*descriptors)));
  }
  neighbours others(w);
  ASSERT_TRUE(others.place(1));
  neighbours::print("undisturbed", others.measure(2s, 1s));
  const auto resident = gateway.metric("process_resident_memory_bytes");

  const silent_crowd crowd{gateway.port(), size.value_or(600)};
  ASSERT_TRUE(crowd.has_come(30s) || size) << "a busy machine takes longer for so many";
  auto measured = std::async(std::launch::async, [&] { return others.measure(size ? 20s : 3s, size ? 1s : 300ms); });
  std::size_t most_open = 0;
  for (int drops = 1; drops <= 3; ++drops) {
    std::this_thread::sleep_for(size ? 5s : 500ms);
    std::printf("healed after %.0f ms\n", heals_after(w, sid_of(1)));
    most_open = std::max(most_open, gateway.open_descriptors());
  }
  const auto besieged = measured.get();
  neighbours::print("besieged", besieged);
  std::printf("%zu came; at most %zu descriptors seen, resident %.1f MiB before, %.1f MiB now\n", crowd.came(),
              most_open, resident / 1048576, gateway.metric("process_resident_memory_bytes") / 1048576);
  EXPECT_LT(besieged.webhooks_most, 2000);
  EXPECT_TRUE(gateway.log_says("Idle connections were given up for others: "));
  auto options = w.caller();
  options.hang_up_after = 500ms;
  const auto another = w.call(options);
  EXPECT_EQ(another.streams.size(), 1u);
  EXPECT_TRUE(another.violations.empty()) << violations_of(another.violations.all());
  EXPECT_GT(gateway.metric(R"(tonris_http_connection_errors_total{reason="given_up"})"), 0);
  EXPECT_EQ(gateway.metric(R"(tonris_http_connection_errors_total{reason="accept"})"), 0);
}

}  // namespace
}  // namespace tonris::e2e
