#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "tools/bench/clock.hpp"

namespace tonris::bench {

/// Something that waits for a file descriptor.
class pollable {
 public:
  virtual void on_events(std::uint32_t events) = 0;
  virtual ~pollable() = default;
};

/// Edge-triggered epoll. One thread.
class poller {
 public:
  poller();
  ~poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  /// Both readiness edges, for as long as the descriptor is open. What is added must live until it was buried or the
  /// descriptor closed outside of `wait`.
  [[nodiscard]] bool add(int fd, pollable& what);
  /// Hands out what is ready, waiting for it until the time `until` at most (in the past: not at all).
  void wait(nanos until);
  /// Takes `what`, which is destroyed when the events at hand, which may still name it, have been handed out.
  void bury(std::unique_ptr<pollable> what);

 private:
  int epoll_;
  std::vector<std::unique_ptr<pollable>> graves_;
  std::unordered_set<const pollable*> buried_;
};

}  // namespace tonris::bench
