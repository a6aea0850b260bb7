#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "model/text/redis_address.hpp"
#include "net/loop.hpp"

namespace tonris::net {

/// Finds the master at Redis' Sentinels. Each is asked in turn, the one that answered last before the others; that one
/// also tells when it has made another server the master. Owner: a session, for its connection. Loop thread only, its
/// end included.
class redis_sentinel {
 public:
  struct times {
    std::chrono::milliseconds each{300};          ///< to connect, and to answer, before the next is asked
    std::chrono::milliseconds ping_every{2'000};  ///< the one that we listen to
    std::chrono::milliseconds ping_within{1'000};
  };
  struct answer {
    std::optional<model::host_port> master;
    std::string why;        ///< there is none
    bool is_fault = false;  ///< `why` is for whoever sets REDIS_URL
  };
  /// Ends by its destruction, and then tells nothing any more.
  class question {
   public:
    virtual ~question() = default;
  };
  class watch {
   public:
    virtual ~watch() = default;
  };

  /// `address` is redis+sentinel://; its user and password are the master's, Sentinels are not told them.
  static std::shared_ptr<redis_sentinel> make(loop& on, const model::redis_address& address, const times& limits);
  static std::shared_ptr<redis_sentinel> make(loop& on, const model::redis_address& address) {
    return make(on, address, times{});
  }
  virtual ~redis_sentinel() = default;

  [[nodiscard]] virtual std::unique_ptr<question> ask(std::function<void(answer)> done) = 0;  ///< never from within
  [[nodiscard]] virtual std::unique_ptr<watch> on_switch(std::function<void()> tell) = 0;
};

}  // namespace tonris::net
