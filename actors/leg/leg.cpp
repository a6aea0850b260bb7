#include "actors/leg/leg.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <exception>
#include <stdexcept>

#include "actors/leg/socket_session.hpp"
#include "actors/runtime/crash.hpp"
#include "actors/runtime/guard.hpp"

namespace tonris::actors {

leg::leg(caf::actor_config& actor, leg_config given)
    : loop_bound(actor), call_(std::move(given.call)), services_(given.services), bridge_(std::move(given.bridge)) {}

void leg::begin() {
  guard(this, *services_->counters);
  live_until_exit();
  follow(std::exchange(call_, nullptr));
  services_->add_leg(this);
}

caf::message_handler leg::told_every_leg() {
  return {
      [](const thrown& exception) { std::rethrow_exception(exception.what); },
      [this](const socket_ended& end) { socket_has_ended(*end.how); },
      [this](const close_leg& how) { close(how.code); },
      [this](const adopt& by) { adopted_by(by); },
      [this](const orphan_check&) {
        if (orphaned_) quit();
      },
      [this](const inject& rehearsed) { fail_as_rehearsed(rehearsed.failure); },
  };
}

void leg::on_exit() {
  call_ = nullptr;
  if (bridge_) bridge_->leave(*this);
  if (services_) services_->remove_leg(this);
  // Here, on the loop: whoever drops this actor's last handle does so on some other thread, perhaps much later.
  socket_ = nullptr;
  if (session_) std::exchange(session_, nullptr)->release();
  loop_bound::on_exit();
}

void leg::take(std::shared_ptr<net::websocket> socket) {
  socket_ = socket.get();
  session_ = std::make_shared<socket_session>(std::move(socket), *this);
  session_->start();
}

void leg::follow(leg_owner call) {
  call_ = std::move(call);
  monitor(call_);
  set_down_handler([this](const caf::down_msg& down) {
    if (!call_ || down.source != call_.address()) return;
    if (!is_crash(down.reason)) return quit();
    orphaned_ = true;
    delayed_send(this, orphan_limit, orphan_check{});
  });
}

void leg::adopted_by(const adopt& by) {
  if (call_) demonitor(call_.address());
  orphaned_ = false;
  call_ = by.call;
  monitor(call_);
  tell_again(beginning_);
  const auto unread = std::min<std::uint64_t>(told_ - std::min(told_, by.taken), retell_.size());
  std::for_each(retell_.end() - static_cast<std::ptrdiff_t>(unread), retell_.end(),
                [this](const caf::message& message) { tell_again(message); });
  tell_again(last_word_);
}

/// What is one of leg_owner's messages: it was sent as one before.
void leg::tell_again(const caf::message& message) {
  if (!message.empty()) send(caf::actor_cast<caf::actor>(call_), message);
}

void leg::fail_as_rehearsed(leg_failure how) {
  switch (how) {
    case leg_failure::crash: throw std::runtime_error("a rehearsed crash");
    case leg_failure::garbage: return read("\x7d\x7b a rehearsed garbage frame");
    case leg_failure::drop:
      if (has_socket()) socket().abort();
      return;
    case leg_failure::silence: return fall_silent();
  }
}

}  // namespace tonris::actors
