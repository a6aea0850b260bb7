#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace tonris::e2e {

/// Strangers who connect and say nothing: so many at a time; whoever is sent away comes back, a few hundred a second.
/// On a thread of its own, until destroyed.
class silent_crowd {
 public:
  silent_crowd(std::uint16_t port, std::size_t size);
  ~silent_crowd();
  silent_crowd(const silent_crowd&) = delete;
  silent_crowd& operator=(const silent_crowd&) = delete;

  /// Whether all have tried to come in at least once.
  [[nodiscard]] bool has_come(std::chrono::seconds at_most) const;

 private:
  void run(std::uint16_t port);

  std::vector<pollfd> all_;
  std::atomic<std::size_t> came_{0};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace tonris::e2e
