#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <vector>

#include "tests/e2e/exact_call.hpp"
#include "tools/sim/demo/latency_probe.hpp"

namespace tonris::e2e {

/// Whom a stranger disturbs: live calls whose frames are timed from the caller to the agent, and callers who come
/// meanwhile, each with a signed voice webhook on a connection of its own.
class neighbours {
 public:
  explicit neighbours(world& around) : w_{around} {}
  ~neighbours();  ///< they hang up
  neighbours(const neighbours&) = delete;
  neighbours& operator=(const neighbours&) = delete;

  /// They talk, and are not heard of any more. False: not within ten seconds. `sid_of(1)` is the first one's CallSid.
  [[nodiscard]] bool place(std::uint32_t calls);

  struct figures {
    double frames_p50, frames_p99, webhooks_p50, webhooks_p99, webhooks_most;  ///< ms
    std::size_t frames, webhooks;                                              ///< how many arrived, were answered
  };
  /// For so long, a webhook each `webhook_every`. One that is not answered with a stream fails the test.
  figures measure(std::chrono::seconds duration, std::chrono::milliseconds webhook_every);
  static void print(const char* when, const figures& now);

 private:
  struct timed_listener final : sim::frame_sink {
    explicit timed_listener(neighbours& all) : of{all} {}
    void heard(std::uint64_t, std::span<const std::uint8_t>, bool) override {}
    void sent(std::uint64_t, std::span<const std::uint8_t> frame) override;
    neighbours& of;
  };
  [[nodiscard]] std::vector<double> post_webhooks(std::chrono::seconds duration, std::chrono::milliseconds every);

  world& w_;
  std::unique_ptr<sim::latency_probe> probe_ = std::make_unique<sim::latency_probe>();  // loop thread
  timed_listener listens_{*this};
  std::vector<std::unique_ptr<exact_call>> calls_;
  std::vector<std::shared_ptr<sim::twilio_caller>> callers_;
  std::vector<std::future<sim::caller_report>> reports_;
  std::uint32_t next_caller_ = 1000;
};

}  // namespace tonris::e2e
