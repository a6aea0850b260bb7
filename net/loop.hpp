#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace tonris::net {

class name_resolver;

/// One I/O thread: an `asio::io_context` that one thread runs. Everything that lives on a loop is touched by its thread
/// only, so nothing on it takes a lock. What a callback throws is caught and counted (net/caught.hpp), and the loop
/// goes on: whoever has something to end by it guards his own. Owner: the program, which starts it, stops it, and
/// destroys it after everything that lives on it is gone.
class loop {
 public:
  explicit loop(std::string name);  ///< asks for names as all loops of the process do
  loop(std::string name, std::shared_ptr<name_resolver> names);
  ~loop();  ///< stops and joins
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  void start();  ///< starts the thread; once
  void stop();   ///< any thread but the loop's own: stops running handlers and joins; idempotent
  void post(std::function<void()> work);          ///< any thread; runs on the loop, in order
  [[nodiscard]] bool on_thread() const noexcept;  ///< is this the loop's thread?
  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] boost::asio::io_context& context() noexcept;
  [[nodiscard]] name_resolver& resolver() const noexcept;

  /// The loop's clock. Loop thread only.
  [[nodiscard]] std::chrono::steady_clock::time_point now() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A one-shot timer on a loop. Loop thread only. Destroying or re-arming it cancels what was pending: the old callback
/// is then never called.
class timer {
 public:
  explicit timer(loop& on);
  ~timer();
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;
  void after(std::chrono::milliseconds delay, std::function<void()> fire);
  void cancel();
  /// How many wait now, on all loops: what a leak of timers shows in. Any thread.
  [[nodiscard]] static std::size_t armed_in_process() noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// Calls `tick` on the loop's thread every `period`, until destroyed. One a loop serves all its calls, so that no call
/// needs a periodic timer of its own. Loop thread only.
class ticker {
 public:
  ticker(loop& on, std::chrono::milliseconds period, std::function<void(std::chrono::steady_clock::time_point)> tick);
  ~ticker();
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace tonris::net
