#pragma once

#include <functional>
#include <memory>

#include "net/error.hpp"
#include "net/listening_socket.hpp"
#include "net/loop.hpp"

namespace tonris::net {

/// Accepts on a loop what comes in at a door. Several a turn, then the loop's other sockets; out of descriptors it
/// waits a little, and who knocks waits with it.
class acceptor {
 public:
  struct callbacks {
    std::function<void(int)> accepted;         ///< on the loop: a connected, non-blocking descriptor, the callee's own
    std::function<void(const error&)> failed;  ///< on the loop: accept(2) failed
  };
  static std::unique_ptr<acceptor> make(loop& on, listening_socket door, callbacks tell);
  virtual ~acceptor() = default;  ///< loop stopped, or on the loop's thread
  virtual void start() = 0;       ///< any thread
  virtual void stop() = 0;        ///< any thread: no further connection; the door is let go
};

}  // namespace tonris::net
