#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <utility>

#include "tests/pair_relay.hpp"

namespace tonris::net::test {

struct lossy_pair : tonris::test::relayed_pair {
  struct held {
    std::chrono::steady_clock::time_point due;
    std::string bytes;
  };
  bool mute = false;
  std::deque<held> answers{};
};

/// Does to a server's answers what a network does: holds them up, or loses them. An answer that is lost takes all that
/// come after it on its connection along, as a stream does, and the server has done what was asked.
class lossy_proxy final : public tonris::test::pair_relay<lossy_pair> {
 public:
  explicit lossy_proxy(std::uint16_t server) {
    lead_to(server);
    begin();
  }
  ~lossy_proxy() { end(); }

  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port()); }

  /// From now on every n-th piece of answers is lost, of all connections together; 0: none.
  void lose_every(unsigned n) { lose_every_ = n; }
  /// Each piece so long, and by chance up to `more` longer: two connections of a client then have no common order.
  void hold_up(std::chrono::milliseconds each, std::chrono::milliseconds more = std::chrono::milliseconds{0}) {
    hold_up_ = each;
    by_chance_ = more;
  }
  [[nodiscard]] unsigned lost() const noexcept { return lost_; }

 private:
  bool pass_on(lossy_pair& one) override {
    const auto bytes = read(one.client);
    return !bytes.empty() && write(one.server, bytes);
  }
  bool pass_back(lossy_pair& one) override {
    auto bytes = read(one.server);
    if (bytes.empty()) return false;
    const bool greets = bytes.find("redis_version:") != std::string::npos;
    if (const auto every = lose_every_.load(); every > 0 && !greets && !one.mute && ++pieces_ % every == 0) {
      one.mute = true;
      ++lost_;
    }
    auto wait = hold_up_.load();
    if (const auto more = by_chance_.load().count(); more > 0) wait += std::chrono::milliseconds{draw_() % (more + 1)};
    if (!one.mute) one.answers.push_back({std::chrono::steady_clock::now() + wait, std::move(bytes)});
    return true;
  }
  bool go_on(lossy_pair& one) override {
    const auto now = std::chrono::steady_clock::now();
    for (; !one.answers.empty() && one.answers.front().due <= now; one.answers.pop_front())
      if (!write(one.client, one.answers.front().bytes)) return false;
    return true;
  }

  std::atomic<unsigned> lose_every_{0}, lost_{0};
  std::atomic<std::chrono::milliseconds> hold_up_{std::chrono::milliseconds{0}}, by_chance_{hold_up_.load()};
  std::minstd_rand draw_{11};  // its thread's
  unsigned pieces_ = 0;
};

}  // namespace tonris::net::test
