#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/loop.hpp"
#include "net/redis_greeting.hpp"
#include "net/redis_refusal.hpp"
#include "net/redis_reply.hpp"
#include "net/redis_session.hpp"

namespace tonris::net {

/// What came of a command.
enum class redis_outcome : std::uint8_t {
  ok,        ///< executed; `reply` is its answer
  refused,   ///< the server answered with an error; `reply` is that, `refusal` what it means
  not_sent,  ///< it never left: it may be repeated anywhere; `why` says why
  unknown,   ///< sent, and no answer came: it may have been executed, or may still be
};
[[nodiscard]] std::string_view to_string(redis_outcome outcome) noexcept;

struct redis_answer {
  redis_outcome outcome = redis_outcome::not_sent;
  redis_reply reply;
  redis_refusal refusal = redis_refusal::other;
  std::string why;  ///< for a log line: no address, no secret
};
using redis_done = std::function<void(redis_answer)>;

struct redis_link_limits {
  std::size_t commands = 1'000;          ///< waiting and unanswered; beyond: not_sent at once
  std::size_t bytes = 16 * 1024 * 1024;  ///< of those commands
};

struct redis_link_events {
  /// At each change. What is asked from within, when it is `ready`, goes before all that waited.
  std::function<void(const redis_state&)> state;
  /// Somebody has to change a setting: one line, told once until the link was ready again.
  std::function<void(const std::string& line)> fault;
};

/// Commands to one Redis. They are sent as they come, without waiting for answers, and answered in order; the first
/// that is late ends the connection, and all behind it with it: unknown. While the link finds its server again,
/// commands wait, for their time; once that has failed they are not_sent at once. Loop thread only: make, use and
/// destroy it there. No command may be one that answers never, later or twice (SUBSCRIBE, BLPOP, MONITOR, HELLO).
class redis_link {
 public:
  /// Connects from then on, for as long as it lives. `scripts` are those it is asked to run.
  static std::unique_ptr<redis_link> make(loop& on, redis_options options, std::vector<redis_script> scripts,
                                          redis_link_events events, const redis_link_limits& limits = {});
  ~redis_link();  ///< what is under way is told not_sent or unknown first
  redis_link(const redis_link&) = delete;
  redis_link& operator=(const redis_link&) = delete;

  /// `done` is called exactly once, on the loop, never from within this call; it may destroy the link.
  void command(std::span<const std::string_view> arguments, std::chrono::milliseconds within, redis_done done);
  /// The same of a script: by its hash and, where the server has forgotten it, once more with its text.
  void run(const redis_script& script, std::span<const std::string> keys, std::span<const std::string> arguments,
           std::chrono::milliseconds within, redis_done done);

  [[nodiscard]] const redis_state& state() const noexcept;
  [[nodiscard]] std::uint64_t losses() const noexcept;  ///< connections so far that were ready, and lost or given up

 private:
  class machine;
  explicit redis_link(std::shared_ptr<machine> what) : machine_{std::move(what)} {}
  std::shared_ptr<machine> machine_;
};

}  // namespace tonris::net
