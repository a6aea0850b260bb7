#pragma once

#include <chrono>
#include <deque>
#include <memory>

#include "net/loop.hpp"

namespace tonris::net {

/// Somebody whose next step keeps the loop busy for a while: a request to be handled, a handshake's arithmetic.
class turn_taker {
 public:
  virtual ~turn_taker() = default;
  virtual void take_turn() = 0;
  virtual void fail() = 0;  ///< its step threw: it ends, and nothing else
};

/// A queue of such steps on a loop: in a turn of the loop as many as its other sockets can wait for, one at least, and
/// behind what they have to tell: frames come first. Loop thread only.
class turns : public std::enable_shared_from_this<turns> {
 public:
  /// A hundredth of a frame's time and, where one step alone takes longer, that one.
  static constexpr std::chrono::microseconds turn_limit{200};

  explicit turns(loop& on) : on_{on} {}
  void wait(std::shared_ptr<turn_taker> one);
  void wait_ahead(std::shared_ptr<turn_taker> one);  ///< of all who wait now
  void clear();                                      ///< who waits is let go
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

 private:
  void take();
  void post();

  loop& on_;
  std::deque<std::shared_ptr<turn_taker>> waiting_;
  bool posted_ = false;
};

}  // namespace tonris::net
