#pragma once

#include <atomic>
#include <cstddef>

namespace tonris::net {

/// What of the process's descriptors the connections to its servers may have. The rest is kept back for whatever else
/// it opens; and beside each WebSocket so many as that will want elsewhere. One a process; any thread.
class descriptor_budget {
 public:
  descriptor_budget(std::size_t for_connections, std::size_t beside_a_websocket) noexcept
      : for_connections_{for_connections}, beside_a_websocket_{beside_a_websocket} {}

  void take(std::size_t count) noexcept { taken_.fetch_add(count, std::memory_order_relaxed); }
  void give_back(std::size_t count) noexcept { taken_.fetch_sub(count, std::memory_order_relaxed); }
  [[nodiscard]] bool allows(std::size_t more) const noexcept {
    return taken_.load(std::memory_order_relaxed) + more <= for_connections_;
  }
  [[nodiscard]] std::size_t beside_a_websocket() const noexcept { return beside_a_websocket_; }

 private:
  const std::size_t for_connections_;
  const std::size_t beside_a_websocket_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace tonris::net
