#include "tools/bench/connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "tools/bench/tcp.hpp"

namespace tonris::bench {
namespace {

std::uint16_t port_of(int fd) noexcept {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

// Shared by all connections of a thread: a connection that waits holds no buffer.
thread_local std::array<char, 64 * 1024> received;
thread_local std::array<char, 16 * 1024> decrypted;
thread_local std::string written;   ///< ciphertext of a write
thread_local std::string answered;  ///< ciphertext that reading gave rise to

}  // namespace

connection::~connection() {
  close();
}

void connection::close() noexcept {
  if (fd_ < 0) return;
  ::close(fd_);
  fd_ = -1;
}

bool connection::dial(std::uint16_t port, const tls_context& tls) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  no_delay(fd_);
  if (tls) tls_ = tls_channel::client(tls, "127.0.0.1");
  connecting_ = true;
  const auto address = loopback(port);
  const int done = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if ((done == 0 || errno == EINPROGRESS) && events_.add(fd_, *this)) return true;
  close();
  return false;
}

bool connection::adopt(int fd, const tls_context& tls) {
  fd_ = fd;
  no_delay(fd_);
  if (tls) tls_ = tls_channel::server(tls);
  told_open_ = !tls;
  if (events_.add(fd_, *this)) return true;
  close();
  return false;
}

void connection::end(std::string_view why) {
  if (fd_ < 0) return;
  close();
  user_.on_closed(why);
}

void connection::write(std::string_view bytes) {
  if (fd_ < 0) return;
  if (!tls_) return send_raw(bytes);
  written.clear();
  if (tls_->write(bytes, written)) return send_raw(written);
  ::shutdown(fd_, SHUT_RDWR);  // the next read tells the user, who is never called from within its own write
}

void connection::send_raw(std::string_view bytes) {
  if (waiting_.empty() && !bytes.empty()) {
    const auto count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    // A broken connection shows at the next read as well.
    if (count < 0 && errno != EAGAIN) return;
  }
  waiting_ += bytes;
}

void connection::on_events(std::uint32_t events) {
  if (fd_ < 0) return;
  if (connecting_) {
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) on_connected();
    if (fd_ < 0 || connecting_) return;
  }
  if ((events & EPOLLOUT) != 0 && !waiting_.empty()) {
    const std::string bytes = std::exchange(waiting_, {});
    send_raw(bytes);
  }
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) on_readable();
}

void connection::on_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return end(std::strerror(error));
  connecting_ = false;
  if (!tls_) {
    told_open_ = true;
    return user_.on_open();
  }
  answered.clear();
  tls_->start(answered);
  send_raw(answered);
}

void connection::on_readable() {
  while (fd_ >= 0) {
    const auto count = recv(fd_, received.data(), received.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) return end(std::strerror(errno));
    if (count == 0) return end("closed by the peer");
    const auto bytes = std::span{received}.first(static_cast<std::size_t>(count));
    if (!tls_) {
      user_.on_data(bytes);
    } else if (!on_ciphertext(bytes)) {
      return;
    }
    if (bytes.size() < received.size()) return;  // edge-triggered: a short read has emptied the socket
  }
}

bool connection::on_ciphertext(std::span<const char> bytes) {
  answered.clear();
  tls_->give(bytes, answered);
  std::size_t count = tls_->read(decrypted);
  if (!answered.empty()) {  // a handshake's next flight; what follows in the loop answers nothing
    send_raw(answered);
    answered.clear();
  }
  if (!told_open_ && (count > 0 || tls_->where() == tls_channel::state::open)) {
    told_open_ = true;
    user_.on_open();
  }
  while (count > 0 && fd_ >= 0) {
    user_.on_data(std::span{decrypted}.first(count));
    if (fd_ < 0) return false;
    count = tls_->read(decrypted);
  }
  if (fd_ < 0) return false;
  if (!answered.empty()) send_raw(answered);
  if (tls_->where() == tls_channel::state::failed) {
    end(told_open_ ? "TLS failed" : "TLS handshake failed");
    return false;
  }
  if (tls_->where() == tls_channel::state::closed) {
    end("closed by the peer");
    return false;
  }
  return true;
}

outcome<std::unique_ptr<acceptor>> acceptor::listen(poller& events, handler take) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto address = loopback(0);
  if (fd < 0) return failed(std::string{"cannot make a socket: "} + std::strerror(errno));
  std::unique_ptr<acceptor> made{new acceptor(fd, std::move(take))};
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 4096) != 0 ||
      !events.add(fd, *made)) {
    return failed(std::string{"cannot listen on 127.0.0.1: "} + std::strerror(errno));
  }
  return made;
}

acceptor::~acceptor() {
  ::close(fd_);
}
std::uint16_t acceptor::port() const noexcept {
  return port_of(fd_);
}

void acceptor::on_events(std::uint32_t) {
  for (;;) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    take_(fd);
  }
}

std::uint16_t free_port() noexcept {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(0);
  const bool bound = fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const std::uint16_t port = bound ? port_of(fd) : std::uint16_t{0};
  if (fd >= 0) ::close(fd);
  return port;
}

}  // namespace tonris::bench
