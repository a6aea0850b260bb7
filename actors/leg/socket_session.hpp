#pragma once

#include <memory>
#include <string_view>

#include "actors/leg/leg.hpp"
#include "actors/leg/messages.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

/// The socket beside a leg actor: brings its callbacks to the actor. An actor's members die when it ends,
/// pending I/O does not, so the session stands between them. Telling the owner is each callback's last act: the owner
/// may end by it, and the session with it. Loop thread only.
class socket_session final : public net::websocket_handler {
 public:
  socket_session(std::shared_ptr<net::websocket> socket, leg& owner) : socket_(std::move(socket)), owner_(&owner) {}

  void start() { socket_->start(*this); }

  /// The owner has ended: nothing reaches it any more, the socket is cut unless it has closed in order.
  void release() {
    if (!owner_) return;
    owner_ = nullptr;
    socket_->detach();
    if (!ended_) socket_->abort();
  }

  void on_text(std::string_view message) override {
    if (owner_) owner_->run([&] { owner_->read(message); });
  }
  void on_drained() override {
    if (owner_) owner_->run([&] { owner_->drained(); });
  }
  void on_end(const net::websocket_end& how) override {
    ended_ = true;
    if (owner_) owner_->deliver(socket_ended{&how});
  }

 private:
  std::shared_ptr<net::websocket> socket_;
  leg* owner_;
  bool ended_ = false;
};

}  // namespace tonris::actors
