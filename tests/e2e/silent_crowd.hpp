#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tonris::e2e {

/// Strangers who connect and say nothing: so many at a time; whoever is sent away comes back, a few hundred a second,
/// or so many that all come within five seconds. In processes of their own, each with an address of its own: one may
/// not have so many descriptors, nor ports. Until destroyed.
class silent_crowd {
 public:
  silent_crowd(std::uint16_t port, std::size_t size);
  ~silent_crowd();
  silent_crowd(const silent_crowd&) = delete;
  silent_crowd& operator=(const silent_crowd&) = delete;

  /// Whether as many have tried to come in as there are.
  [[nodiscard]] bool has_come(std::chrono::seconds at_most) const;
  [[nodiscard]] std::size_t came() const noexcept { return *came_; }  ///< with those who came back

 private:
  std::size_t size_;
  std::atomic<std::size_t>* came_;  ///< shared with the processes
  std::vector<pid_t> processes_;
};

}  // namespace tonris::e2e
