#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <utility>

#include "net/caught.hpp"
#include "net/loop.hpp"

namespace tonris::net {
namespace {

using clock = std::chrono::steady_clock;
using waitable =
    boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::io_context::executor_type>;

std::atomic<std::size_t> armed_timers{0};

}  // namespace

struct timer::state {
  explicit state(loop& on) : wait{on.context().get_executor()} {}

  void set(std::function<void()> callback) {
    if (!fire) armed_timers.fetch_add(1, std::memory_order_relaxed);
    fire = std::move(callback);
  }
  std::function<void()> take() {
    if (fire) armed_timers.fetch_sub(1, std::memory_order_relaxed);
    return std::exchange(fire, nullptr);
  }

  waitable wait;
  std::function<void()> fire;  // none: not armed
  std::uint64_t armed = 0;     // which arming counts: a wait that had already fired cannot be cancelled any more
};

timer::timer(loop& on) : state_{std::make_shared<state>(on)} {}

timer::~timer() {
  cancel();
}

void timer::after(std::chrono::milliseconds delay, std::function<void()> fire) {
  state_->set(std::move(fire));
  state_->wait.expires_after(delay);
  state_->wait.async_wait([s = state_, armed = ++state_->armed](boost::system::error_code) {
    if (armed != s->armed) return;
    ++s->armed;
    const auto due = s->take();  // it may re-arm or destroy this timer
    due();
  });
}

void timer::cancel() {
  ++state_->armed;
  (void)state_->take();
  state_->wait.cancel();
}

std::size_t timer::armed_in_process() noexcept {
  return armed_timers.load(std::memory_order_relaxed);
}

struct ticker::state : std::enable_shared_from_this<state> {
  state(loop& on, std::chrono::milliseconds every, std::function<void(clock::time_point)> each)
      : wait{on.context().get_executor()}, period{every}, tick{std::move(each)}, due{clock::now() + every} {}

  void arm() {
    wait.expires_at(due);
    wait.async_wait([s = shared_from_this()](boost::system::error_code) { s->turn(); });
  }

  void turn() {
    if (stopped) return;
    const auto now = clock::now();
    if (now >= due) {
      due += period;
      if (due <= now) due = now + period;  // behind by a whole period: missed ticks are not made up for
      guard([&] { tick(now); }, [] {});    // the next tick comes all the same
      if (stopped) return;
    }
    arm();
  }

  waitable wait;
  std::chrono::milliseconds period;
  std::function<void(clock::time_point)> tick;
  clock::time_point due;
  bool stopped = false;
};

ticker::ticker(loop& on, std::chrono::milliseconds period, std::function<void(clock::time_point)> tick)
    : state_{std::make_shared<state>(on, period, std::move(tick))} {
  state_->arm();
}

ticker::~ticker() {
  state_->stopped = true;
  state_->wait.cancel();
}

}  // namespace tonris::net
