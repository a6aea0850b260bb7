#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

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
/// everything at once. They run on a thread of their own, behind everything else that wants its core: whoever measures
/// frames must not be held up by what he reads for them.
class watchers {
 public:
  /// They are begun at once. `tls` is used by that thread alone, too.
  watchers(std::uint32_t count, std::uint16_t port, const tls_context& tls, std::string_view token);
  ~watchers();
  watchers(const watchers&) = delete;
  watchers& operator=(const watchers&) = delete;

  [[nodiscard]] bool all_watch() const noexcept { return figures_.watching.load() == count_; }  ///< had a snapshot
  [[nodiscard]] std::uint64_t events() const noexcept { return figures_.events.load(); }        ///< of all together
  [[nodiscard]] std::uint64_t bytes() const noexcept { return figures_.bytes.load(); }
  /// Ends them. What went wrong is told once.
  [[nodiscard]] problems end();

 private:
  class one;
  struct figures {
    std::atomic<std::uint64_t> watching{0}, events{0}, bytes{0};
  };
  void run(std::uint16_t port, const tls_context& tls, std::string_view token);

  const std::uint32_t count_;
  figures figures_;
  problems faults_;  // the thread's
  std::atomic<bool> is_over_{false};
  std::thread thread_;  // behind what it uses
};

}  // namespace tonris::bench
