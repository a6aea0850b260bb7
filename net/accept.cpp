#include "net/accept.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "net/descriptors.hpp"
#include "net/reactor_socket.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

constexpr int accepts_a_turn = 64;
constexpr auto pause_after_failure = 100ms;  // out of descriptors: trying again at once would only spin

/// What accepts: shared with its pending operation and with what other threads have posted.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(loop& on, listening_socket door, acceptor::callbacks tell)
      : socket_{on.context(), door.release(), holders::perhaps_others},
        tell_{std::make_shared<acceptor::callbacks>(std::move(tell))},
        again_{on} {}

  void start() {
    if (!stopped_) arm();
  }
  void stop() {
    stopped_ = true;
    again_.cancel();
    socket_.close();
  }
  void forget() {  // nobody is told anything any more
    stop();
    tell_ = nullptr;
  }

 private:
  void arm() {
    if (op_.armed()) return;
    op_.hold(shared_from_this());
    if (more_)
      socket_.at_once(op_);
    else
      socket_.when_readable(op_);
  }

  void on_connection() {
    more_ = true;
    for (int taken = 0; taken < accepts_a_turn && more_ && !stopped_; ++taken) accept_one();
    go_on();
  }

  void accept_one() {
    const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) return take(fd);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      more_ = false;
      return;
    }
    if (errno == EINTR || errno == ECONNABORTED) return;
    rest(errno);
  }

  void rest(int why) {
    resting_ = true;
    more_ = false;
    again_.after(pause_after_failure, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->stopped_) return;
      self->resting_ = false;
      self->more_ = true;
      self->arm();
    });
    fail(error{is_out_of_descriptors(why) ? errc::no_descriptors : errc::aborted,
               std::string{"accept: "} + std::strerror(why), 0});
  }

  // The callee may destroy the acceptor, and with it the callbacks: what is being called is kept.
  void take(int fd) {
    const auto keep = shared_from_this();
    if (const auto tell = tell_; tell && tell->accepted) return tell->accepted(fd);
    ::close(fd);
  }
  void fail(const error& why) {
    const auto keep = shared_from_this();
    if (const auto tell = tell_; tell && tell->failed) tell->failed(why);
  }

  /// After an exception: what it cost is one connection, the door stays open.
  void go_on() {
    if (!stopped_ && !resting_) arm();
  }

  reactor_socket socket_;
  std::shared_ptr<acceptor::callbacks> tell_;
  timer again_;
  ready_op<listener, &listener::on_connection, &listener::go_on> op_;
  bool more_ = true;
  bool resting_ = false;
  bool stopped_ = false;
};

class socket_acceptor final : public acceptor {
 public:
  socket_acceptor(loop& on, listening_socket door, callbacks tell)
      : loop_{on}, listener_{std::make_shared<listener>(on, std::move(door), std::move(tell))} {}
  ~socket_acceptor() override { listener_->forget(); }

  void start() override {
    loop_.post([l = listener_] { l->start(); });
  }
  void stop() override {
    loop_.post([l = listener_] { l->stop(); });
  }

 private:
  loop& loop_;
  std::shared_ptr<listener> listener_;
};

}  // namespace

std::unique_ptr<acceptor> acceptor::make(loop& on, listening_socket door, callbacks tell) {
  return std::make_unique<socket_acceptor>(on, std::move(door), std::move(tell));
}

}  // namespace tonris::net
