#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/bench/connection.hpp"
#include "tools/bench/poller.hpp"
#include "tools/bench/problems.hpp"
#include "tools/bench/tls_channel.hpp"

namespace tonris::bench {

/// Counts what comes before each event's name in a stream of server-sent events, however it is cut.
class event_count {
 public:
  void feed(std::string_view bytes);
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

 private:
  std::string rest_;  // what may be the beginning of one
  std::uint64_t events_ = 0;
};

/// Clients that watch all calls of a gateway (GET /api/calls/events), each by a connection of its own, and take
/// everything at once. One thread.
class watchers {
 public:
  watchers(poller& events, problems& faults, std::uint32_t count);
  ~watchers();
  watchers(const watchers&) = delete;
  watchers& operator=(const watchers&) = delete;

  void begin(std::uint16_t port, const tls_context& tls, std::string_view token);
  void end();
  [[nodiscard]] bool all_watch() const noexcept;        ///< each has had its snapshot
  [[nodiscard]] std::uint64_t events() const noexcept;  ///< that they have had together
  [[nodiscard]] std::uint64_t bytes() const noexcept;

 private:
  class one;
  problems& faults_;
  std::vector<std::unique_ptr<one>> all_;
};

}  // namespace tonris::bench
