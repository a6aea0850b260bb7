#include "tools/sim/twilio/callbacks.hpp"

#include <utility>

namespace tonris::sim {

twilio_callbacks::twilio_callbacks(net::loop& on, callback_manner how, sender send)
    : loop_(on), how_(how), send_(std::move(send)) {}

void twilio_callbacks::tell(told what) {
  owed_ += how_.times;
  if (how_.last_first) {
    kept_.insert(kept_.end(), how_.times, what);
    return;
  }
  later([this, what = std::move(what)] {
    for (unsigned n = 0; n < how_.times; ++n) send(what);
  });
}

void twilio_callbacks::call_is_over() {
  if (!kept_.empty()) later([this] { send_next(); });
}

void twilio_callbacks::send(const told& what) {
  send_(what, [this] {
    --owed_;
    send_next();
  });
}

/// The next one goes when this one is answered: sent at once they might come in any order.
void twilio_callbacks::send_next() {
  if (kept_.empty()) return;
  const auto next = std::move(kept_.back());
  kept_.pop_back();
  send(next);
}

void twilio_callbacks::later(std::function<void()> work) {
  if (how_.late == std::chrono::milliseconds{0}) return work();
  timers_.push_back(std::make_unique<net::timer>(loop_));
  timers_.back()->after(how_.late, std::move(work));
}

}  // namespace tonris::sim
