#include "tests/e2e/neighbours.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace tonris::e2e {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t frames_of_minutes = 10'000;

double percentile(std::vector<double> of, double share) {
  if (of.empty()) return NAN;
  std::ranges::sort(of);
  return of[std::min(of.size() - 1, static_cast<std::size_t>(share * static_cast<double>(of.size())))];
}

}  // namespace

void neighbours::timed_listener::sent(std::uint64_t, std::span<const std::uint8_t> frame) {
  of.probe_->sent(frame, clock::now());
}

neighbours::~neighbours() {
  w_.on_loop([this] {
    for (const auto& caller : callers_) caller->hang_up();
  });
  for (auto& report : reports_) {
    const auto of = report.get();
    EXPECT_TRUE(of.violations.empty()) << violations_of(of.violations.all());
  }
  w_.on_loop([this] { w_.agent_hears = nullptr; });
}

bool neighbours::place(std::uint32_t calls) {
  w_.on_loop([this] {
    w_.agent_hears = [this](std::span<const std::uint8_t> bytes) { probe_->arrived(bytes, clock::now()); };
  });
  for (std::uint32_t id = 1; id <= calls; ++id) {
    auto& call = *calls_.emplace_back(std::make_unique<exact_call>(id, frames_of_minutes));
    reports_.push_back(w_.place(options_of(w_, call), call.says, listens_, &callers_.emplace_back()));
  }
  return w_.wait_until([&] { return w_.vendor().live().size() == calls; }, 10s);
}

std::vector<double> neighbours::post_webhooks(std::chrono::seconds duration, std::chrono::milliseconds every) {
  auto took = std::make_shared<std::vector<double>>();
  std::size_t sent = 0;
  for (const auto end = clock::now() + duration; clock::now() < end; std::this_thread::sleep_for(every)) {
    w_.post_webhook(sid_of(next_caller_++), [took, begun = clock::now()](const sim::webhook_poster::answer& got) {
      EXPECT_NE(got.body.find("<Stream"), std::string::npos) << got.status << got.body;
      took->push_back(std::chrono::duration<double, std::milli>(clock::now() - begun).count());
    });
    ++sent;
  }
  EXPECT_TRUE(w_.wait_until([&] { return took->size() == sent; }, 20s)) << took->size() << " of " << sent;
  return w_.on_loop([&] { return *took; });
}

neighbours::figures neighbours::measure(std::chrono::seconds duration, std::chrono::milliseconds webhook_every) {
  w_.on_loop([&] { probe_ = std::make_unique<sim::latency_probe>(); });
  const auto webhooks = post_webhooks(duration, webhook_every);
  return w_.on_loop([&] {
    return figures{probe_->percentile_ms(0.5).value_or(NAN),
                   probe_->percentile_ms(0.99).value_or(NAN),
                   percentile(webhooks, 0.5),
                   percentile(webhooks, 0.99),
                   percentile(webhooks, 1),
                   probe_->count(),
                   webhooks.size()};
  });
}

void neighbours::print(const char* when, const figures& now) {
  std::printf("%-18s frames p50 %7.2f p99 %7.2f ms (%zu), signed webhooks p50 %7.1f p99 %7.1f most %7.1f ms (%zu)\n",
              when, now.frames_p50, now.frames_p99, now.frames, now.webhooks_p50, now.webhooks_p99, now.webhooks_most,
              now.webhooks);
}

}  // namespace tonris::e2e
