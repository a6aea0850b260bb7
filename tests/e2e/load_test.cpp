// A node that has enough to do takes no further call; those that are in do not notice.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <thread>

#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/text.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string with_transfer = one_tenant(R"("fallback":{"transferTo":"+15550109999"})");

class NodeLoad : public testing::Test {
 protected:
  NodeLoad() : w([](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; }) { say_ids(w); }

  /// A call that is in, talking both ways, and says so many frames.
  void begin(exact_call& call) {
    auto options = options_of(w, call);
    options.hang_up_after_last_word = 1s;
    call.report = w.place(options, call.says, call.hears);
    ASSERT_TRUE(w.wait_until([&] { return w.vendor().of_call(sid_of(call.id)) != nullptr; }, 20s));
  }
  /// A caller who is refused hears the tenant's fallback, and the record says why.
  void expect_refused() {
    auto options = w.caller();
    options.twiml.dial_outcome = "completed";
    const auto report = w.call(options);
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_TRUE(report.streams.empty());
    ASSERT_EQ(report.dials.size(), 1u);
    EXPECT_EQ(report.dials[0].numbers, std::vector<std::string>{"+15550109999"});
    const auto record = w.record(report.call_sid, R"("fallback":)");
    EXPECT_TRUE(has(record, R"("endReason":"node_overloaded")")) << record;
    EXPECT_TRUE(has(record, R"("fallback":"transferred")")) << record;
  }
  void expect_taken() {
    auto options = w.caller();
    options.hang_up_after = 1s;
    const auto report = w.call(options);
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_TRUE(report.dials.empty());
    EXPECT_EQ(report.streams.size(), 1u);
    EXPECT_TRUE(has(w.record(report.call_sid), R"("endReason":"caller_hung_up")"));
  }
  /// What a voice webhook of that call is answered.
  std::string rings(std::uint32_t id) {
    auto body = std::make_shared<std::promise<std::string>>();
    auto answer = body->get_future();
    w.post_webhook(sid_of(id), [body](const sim::webhook_poster::answer& got) { body->set_value(got.body); });
    return answer.get();
  }
  double refused() {
    return w.gateway().metric(R"(tonris_calls_refused_total{by="gateway",reason="node_overloaded"})");
  }
  double resident_bytes() { return w.gateway().metric("process_resident_memory_bytes"); }
  double loop_lag_ms() { return 1000 * w.gateway().metric("tonris_loop_lag_seconds"); }
  [[nodiscard]] bool lag_comes_to(const std::function<bool(double)>& enough) {
    for (const auto until = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < until;)
      if (enough(loop_lag_ms())) return true;
    return false;
  }

  world w;
};

TEST_F(NodeLoad, BeyondTheMemoryLimitGivesEachCallerTheFallbackAtTheWebhook) {
  w.start_gateway(with_transfer, {{"MAX_MEMORY_MB", "1"}});
  for (int i = 0; i < 3; ++i) expect_refused();
  EXPECT_EQ(refused(), 3);
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_started_total", 0));
  EXPECT_EQ(w.on_loop([&] { return w.vendor().signed_urls_given(); }), 0u) << "they cost nothing";
}

TEST_F(NodeLoad, ThatComesToTheMemoryLimitLeavesTheCallsThatAreInUntouched) {
  w.start_gateway(with_transfer);
  const auto idle_mib = std::ceil(resident_bytes() / (1024 * 1024));  // another one in each kind of build
  constexpr unsigned room = sanitized ? 64 : 8;                       // a sanitizer's own memory comes and goes
  w.start_gateway(with_transfer, {{"MAX_MEMORY_MB", std::to_string(static_cast<unsigned>(idle_mib) + room)},
                                  {"MAX_CALLS", "100000"},
                                  {"LOG_LEVEL", "error"}});
  exact_call inside(7, 600);
  begin(inside);
  std::uint32_t rung = 0;  // calls that wait for their streams: each takes some memory
  while (++rung < 20'000 && has(rings(1000 + rung), "<Stream")) {
  }
  EXPECT_EQ(refused(), 1) << "after " << rung << " calls, " << resident_bytes() << " bytes";
  EXPECT_GT(rung, 1u);
  expect_refused();
  EXPECT_EQ(refused(), 2);
  EXPECT_EQ(inside.report.wait_for(0s), std::future_status::timeout) << "it was in all the time";
  expect_exact(w, inside);
  EXPECT_TRUE(has(w.record(sid_of(7)), R"("endReason":"caller_hung_up")")) << w.record(sid_of(7));
}

/// Stops a process again and again for most of the time, so that whatever is due in it comes late.
class stutter {
 public:
  explicit stutter(const gateway_process& of) : of_(of), thread_([this] { run(); }) {}
  ~stutter() {
    over_ = true;
    thread_.join();
  }
  stutter(const stutter&) = delete;
  stutter& operator=(const stutter&) = delete;

 private:
  void run() {
    while (!over_) {
      of_.signal(SIGSTOP);
      std::this_thread::sleep_for(180ms);
      of_.signal(SIGCONT);
      std::this_thread::sleep_for(20ms);
    }
  }

  const gateway_process& of_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

TEST_F(NodeLoad, ThatLagsTakesNoFurtherCallUntilTheLagIsOver) {
  constexpr double limit_ms = 20;
  w.start_gateway(with_transfer, {{"MAX_LOOP_LAG_MS", "20"}, {"LOG_LEVEL", "info"}});
  exact_call inside(7, 600);
  begin(inside);
  {
    const stutter lag(w.gateway());
    ASSERT_TRUE(lag_comes_to([](double ms) { return ms > 1.5 * limit_ms; })) << loop_lag_ms();
    expect_refused();
    expect_refused();
    EXPECT_EQ(refused(), 2);
  }
  ASSERT_TRUE(lag_comes_to([](double ms) { return ms < limit_ms / 2; })) << loop_lag_ms();
  expect_taken();
  EXPECT_EQ(refused(), 2);
  expect_exact(w, inside);
  EXPECT_TRUE(has(w.record(sid_of(7)), R"("endReason":"caller_hung_up")")) << w.record(sid_of(7));
}

}  // namespace
}  // namespace tonris::e2e
