#pragma once

#include <memory>
#include <string_view>

#include "actors/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

/// Did the peer break the wire's rules, rather than the wire break?
[[nodiscard]] constexpr bool broke_the_rules(net::errc why) noexcept {
  return why == net::errc::protocol_error || why == net::errc::not_text || why == net::errc::bad_utf8 ||
         why == net::errc::too_big;
}

/// The socket beside a leg actor: brings its callbacks into the actor's behaviour. An actor's members die when it ends,
/// pending I/O does not, so the session stands between them. Loop thread only.
class socket_session final : public net::websocket_handler, public std::enable_shared_from_this<socket_session> {
 public:
  socket_session(std::shared_ptr<net::websocket> socket, loop_bound& owner)
      : socket_(std::move(socket)), owner_(&owner) {}

  void start() { socket_->start(*this); }

  /// The owner has ended: nothing reaches it any more, the socket is cut unless it has closed in order.
  void release() {
    if (!owner_) return;
    owner_ = nullptr;
    socket_->detach();
    if (!ended_) socket_->abort();
  }

  [[nodiscard]] net::websocket& socket() const noexcept { return *socket_; }

  void on_text(std::string_view message) override {
    const auto alive = shared_from_this();
    if (owner_) owner_->deliver(wire_text{message});
  }
  void on_end(const net::websocket_end& how) override {
    const auto alive = shared_from_this();
    ended_ = true;
    if (owner_) owner_->deliver(socket_ended{&how});
  }

 private:
  std::shared_ptr<net::websocket> socket_;
  loop_bound* owner_;
  bool ended_ = false;
};

}  // namespace tonris::actors
