#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <cstddef>
#include <deque>

#include "net/loop.hpp"

namespace tonris::actors {

/// Lets a net::loop run actors: CAF's own broker idea with Asio as the multiplexer (docs/architecture.md, "Two
/// planes"). An actor whose host is this unit (see loop_bound) runs on the loop's thread for life: its messages, its
/// socket callbacks and its timers' ends. Owner: the gateway; lives as long as the loop and longer than every actor on
/// it.
class io_loop final : public caf::execution_unit {
 public:
  io_loop(caf::actor_system& system, net::loop& loop);
  ~io_loop() override;  ///< after loop.stop(): releases actors that were still queued
  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;

  /// Any thread. Takes over one reference. Actors that are not loop-bound go to CAF's scheduler: a loop-bound actor
  /// that sends to an ordinary one must not drag it onto the loop.
  void exec_later(caf::resumable* job) override;

  [[nodiscard]] net::loop& loop() const noexcept { return loop_; }

 private:
  void drain();  // runs ready actors, at most a fixed number, so that sockets get their turn
  void run(caf::resumable* job);
  void arm();

  net::loop& loop_;
  std::deque<caf::resumable*> ready_;  // loop thread only
  bool armed_ = false;
};

}  // namespace tonris::actors
