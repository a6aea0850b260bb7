#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/loop.hpp"
#include "net/redis_session.hpp"

namespace tonris::net {

struct redis_subscription_events {
  /// At each change; `ready` means that the server has confirmed all channels.
  std::function<void(const redis_state&)> state;
  std::function<void(std::string_view channel, std::string_view message)> message;
  /// Somebody has to change a setting: one line, told once until the subscription was ready again.
  std::function<void(const std::string& line)> fault;
};

/// What is published on some channels, over a connection of its own. It is asked with a PING whether it still hears:
/// the answer comes behind the messages before it, and when it does not come in time the connection is given up. What
/// is published while it is not ready is never heard: who remembers what he was told asks anew each time it is ready.
/// Loop thread only: make and destroy it there; its owner may destroy it from within what he is told.
class redis_subscription {
 public:
  static std::unique_ptr<redis_subscription> make(loop& on, redis_options options, std::vector<std::string> channels,
                                                  redis_subscription_events events);
  ~redis_subscription();  ///< nobody is told any more
  redis_subscription(const redis_subscription&) = delete;
  redis_subscription& operator=(const redis_subscription&) = delete;

  [[nodiscard]] const redis_state& state() const noexcept;

 private:
  class machine;
  explicit redis_subscription(std::shared_ptr<machine> what) : machine_{std::move(what)} {}
  std::shared_ptr<machine> machine_;
};

}  // namespace tonris::net
