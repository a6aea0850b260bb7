// Strangers who take places and say nothing keep nobody out.
#include "tests/e2e/silent_crowd.hpp"

#include <gtest/gtest.h>

#include "tests/e2e/exact_call.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class SilentCrowd : public testing::Test {
 protected:
  SilentCrowd() : w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }) {}

  /// How long a signed voice webhook takes to be answered with a stream.
  std::chrono::milliseconds webhook(std::uint32_t id) {
    std::promise<sim::webhook_poster::answer> answered;
    const auto begun = std::chrono::steady_clock::now();
    w.close_webhook_connections();  // each comes as Twilio's do, on a connection of its own
    w.post_webhook(sid_of(id), [&](const sim::webhook_poster::answer& got) { answered.set_value(got); });
    EXPECT_NE(answered.get_future().get().body.find("<Stream"), std::string::npos);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  }

  world w;
};

TEST_F(SilentCrowd, KeepsOutNeitherCallersNorTheAgentOfALiveCall) {
  auto& gateway = w.start_gateway(one_tenant(), {{"LOG_LEVEL", "info"}}, {.descriptors = 256});
  ASSERT_TRUE(gateway.log_says("The limit of open descriptors is 256"));
  exact_call live(7, 10'000);
  std::shared_ptr<sim::twilio_caller> caller;
  live.report = w.place(options_of(w, live), live.says, live.hears, &caller);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().of_call(sid_of(7)) != nullptr; }, 10s));

  const silent_crowd crowd{gateway.port(), 600};
  ASSERT_TRUE(crowd.has_come(20s));
  for (std::uint32_t id = 100; id < 110; ++id) EXPECT_LT(webhook(id), 2s);

  for (int drops = 1; drops <= 3; ++drops) {
    const auto former = w.on_loop([&] { return w.vendor().of_call(sid_of(7)); });
    ASSERT_TRUE(former);
    w.on_loop([&] { former->drop(); });
    EXPECT_TRUE(w.wait_until(
        [&] {
          const auto now = w.vendor().of_call(sid_of(7));
          return now && now != former;
        },
        5s))
        << drops;
  }
  auto options = w.caller();
  options.hang_up_after = 500ms;
  const auto another = w.call(options);
  EXPECT_EQ(another.streams.size(), 1u);
  EXPECT_TRUE(another.violations.empty()) << violations_of(another.violations.all());
  EXPECT_GT(gateway.metric(R"(tonris_http_connection_errors_total{reason="given_up"})"), 0);
  EXPECT_EQ(gateway.metric(R"(tonris_http_connection_errors_total{reason="accept"})"), 0);

  w.on_loop([&] { caller->hang_up(); });
  EXPECT_TRUE(live.report.get().violations.empty());
}

}  // namespace
}  // namespace tonris::e2e
