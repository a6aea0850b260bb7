#include "net/accept.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/descriptors.hpp"
#include "net/reactor_socket.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_stream.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

constexpr int backlog = 4096;
constexpr int accepts_a_turn = 64;
constexpr auto pause_after_failure = 100ms;  // out of descriptors: trying again at once would only spin

tl::unexpected<error> cannot_listen(const std::string& why) {
  return tl::make_unexpected(error{errc::bad_url, why, 0});
}

struct address_list {
  ~address_list() {
    if (first) freeaddrinfo(first);
  }
  addrinfo* first = nullptr;
};

/// A bound and listening, non-blocking descriptor, or -1 with errno.
int open_listener(const addrinfo& address, bool reuse_port) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return -1;
  const int one = 1;
  const int zero = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  const bool ready = (!reuse_port || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0) &&
                     ::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, backlog) == 0;
  if (ready) return fd;
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

std::uint16_t port_of(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

/// What accepts: shared with its pending operation and with what other threads have posted.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(loop& on, int fd, std::shared_ptr<tls_server_context> tls, std::chrono::milliseconds tls_timeout,
           acceptor::callbacks tell)
      : loop_{on},
        socket_{on.context(), fd},
        tls_{std::move(tls)},
        tls_timeout_{tls_timeout},
        tell_{std::move(tell)},
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
    forgotten_ = true;
    tell_ = {};
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
    if (!stopped_ && !resting_) arm();
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

  void take(int fd) {
    if (tell_.room && !tell_.room()) {
      ::close(fd);
      return;
    }
    if (!tls_) return give(std::make_shared<socket_stream>(loop_, fd));
    accept_tls(loop_, fd, *tls_, tls_timeout_, [weak = weak_from_this()](result<std::shared_ptr<byte_stream>> done) {
      const auto self = weak.lock();
      if (!self || self->forgotten_) return;
      if (done)
        self->give(std::move(*done));
      else
        self->fail(done.error());
    });
  }

  // The callee may destroy the acceptor, and with it the callbacks: a copy of what is being called is kept.
  void give(std::shared_ptr<byte_stream> stream) {
    const auto keep = shared_from_this();
    if (const auto call = tell_.accepted) call(std::move(stream));
  }
  void fail(const error& why) {
    const auto keep = shared_from_this();
    if (const auto call = tell_.failed) call(why);
  }

  loop& loop_;
  reactor_socket socket_;
  std::shared_ptr<tls_server_context> tls_;
  std::chrono::milliseconds tls_timeout_;
  acceptor::callbacks tell_;
  timer again_;
  ready_op<listener, &listener::on_connection> op_;
  bool more_ = true;
  bool resting_ = false;
  bool stopped_ = false;
  bool forgotten_ = false;
};

class socket_acceptor final : public acceptor {
 public:
  socket_acceptor(loop& on, int fd, std::shared_ptr<tls_server_context> tls, std::chrono::milliseconds tls_timeout,
                  callbacks tell)
      : loop_{on},
        port_{port_of(fd)},
        listener_{std::make_shared<listener>(on, fd, std::move(tls), tls_timeout, std::move(tell))} {}
  ~socket_acceptor() override { listener_->forget(); }

  void start() override {
    loop_.post([l = listener_] { l->start(); });
  }
  void stop() override {
    loop_.post([l = listener_] { l->stop(); });
  }
  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

 private:
  loop& loop_;
  std::uint16_t port_;
  std::shared_ptr<listener> listener_;
};

}  // namespace

result<std::unique_ptr<acceptor>> acceptor::listen(loop& on, const std::string& host, std::uint16_t port,
                                                   bool reuse_port, std::shared_ptr<tls_server_context> tls,
                                                   std::chrono::milliseconds tls_timeout, callbacks tell) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  address_list found;
  const int rc = getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found.first);
  if (rc != 0) return tl::make_unexpected(error{errc::resolve_failed, gai_strerror(rc), 0});
  for (const auto* address = found.first; address; address = address->ai_next) {
    const int fd = open_listener(*address, reuse_port);
    if (fd < 0) continue;
    return std::make_unique<socket_acceptor>(on, fd, std::move(tls), tls_timeout, std::move(tell));
  }
  return cannot_listen(std::string{"cannot listen there: "} + std::strerror(errno));
}

}  // namespace tonris::net
