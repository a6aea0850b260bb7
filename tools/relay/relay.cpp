#include "tools/relay/relay.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tools/bench/tcp.hpp"

namespace tonris::relay {
namespace {

using bench::loopback;
using bench::no_delay;
using bench::tls_channel;

struct pair;

/// One socket of a pair.
struct side {
  pair* owner = nullptr;
  int fd = -1;
  std::unique_ptr<tls_channel> tls;
  enum class phase : std::uint8_t { connecting, handshaking, up } at = phase::up;
  bool ended = false;   ///< the peer sends no more
  bool held = false;    ///< something may be readable that we have not asked for
  bool shut = false;    ///< we send no more
  std::string waiting;  ///< bytes the socket would not take yet
  std::string early;    ///< plaintext that came for it before its handshake was done
};

struct pair {
  side accepted, upstream;
  bool dead = false;
};

side& other(side& one) noexcept {
  return &one == &one.owner->accepted ? one.owner->upstream : one.owner->accepted;
}

}  // namespace

struct relay::state {
  plan how;
  int epoll = -1;
  int listener = -1;
  std::unordered_set<pair*> pairs;
  std::vector<pair*> graves;  ///< freed after the batch of events that may still name them
  std::array<char, 64 * 1024> bytes;
  std::array<char, 16 * 1024> plain;
  std::string wire, answer;  ///< ciphertext on its way out

  ~state() {
    for (pair* p : std::unordered_set<pair*>{pairs}) bury(*p);
    sweep();
    if (listener >= 0) close(listener);
    if (epoll >= 0) close(epoll);
  }

  bool watch(side& s) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &s;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, s.fd, &event) == 0;
  }

  void bury(pair& p) {
    if (std::exchange(p.dead, true)) return;
    for (side* s : {&p.accepted, &p.upstream}) {
      if (s->fd >= 0) close(s->fd);
    }
    pairs.erase(&p);
    graves.push_back(&p);
  }

  void sweep() {
    for (pair* p : graves) delete p;
    graves.clear();
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      if (pairs.size() >= how.max_pairs) {
        close(fd);
        continue;
      }
      begin(fd);
    }
  }

  void begin(int fd) {
    auto* p = new pair;
    pairs.insert(p);
    p->accepted.owner = p->upstream.owner = p;
    p->accepted.fd = fd;
    p->upstream.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->upstream.fd < 0) return bury(*p);
    no_delay(fd);
    no_delay(p->upstream.fd);
    if (how.server) p->accepted.tls = tls_channel::server(how.server);
    if (how.client) p->upstream.tls = tls_channel::client(how.client, "127.0.0.1");
    p->accepted.at = how.server ? side::phase::handshaking : side::phase::up;
    p->upstream.at = side::phase::connecting;
    const auto address = loopback(how.upstream);
    const int done = connect(p->upstream.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (done != 0 && errno != EINPROGRESS) return bury(*p);
    if (!watch(p->upstream) || !watch(p->accepted)) bury(*p);
  }

  /// Sends or keeps. False: the pair is dead.
  bool send_raw(side& to, std::string_view data) {
    if (to.waiting.empty() && !data.empty()) {
      const auto count = send(to.fd, data.data(), data.size(), MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return bury(*to.owner), false;
      if (count > 0) data.remove_prefix(static_cast<std::size_t>(count));
    }
    to.waiting += data;
    return true;
  }

  void on_connected(side& s) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(s.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return bury(*s.owner);
    s.at = s.tls ? side::phase::handshaking : side::phase::up;
    if (!s.tls) return resume(other(s));
    answer.clear();
    s.tls->start(answer);
    send_raw(s, answer);
  }

  void on_writable(side& s) {
    if (s.at == side::phase::connecting) return on_connected(s);
    if (!s.waiting.empty()) {
      const std::string data = std::exchange(s.waiting, {});
      if (!send_raw(s, data) || !s.waiting.empty()) return;
    }
    resume(other(s));
  }

  void resume(side& from) {
    if (from.held && !from.owner->dead) on_readable(from);
    if (!from.owner->dead) pass_end(from);
  }

  void on_readable(side& from) {
    side& to = other(from);
    for (;;) {
      // A slow receiver holds its sender back; what is accepted is not read before there is somewhere to put it.
      const bool accepted = &from == &from.owner->accepted;
      if (!to.waiting.empty() || !to.early.empty() || (accepted && to.at != side::phase::up)) {
        from.held = true;
        return;
      }
      from.held = false;
      const auto count = recv(from.fd, bytes.data(), bytes.size(), 0);
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) return bury(*from.owner);
      if (count == 0) {
        from.ended = true;
        return pass_end(from);
      }
      if (!pass(from, to, {bytes.data(), static_cast<std::size_t>(count)})) return;
      if (static_cast<std::size_t>(count) < bytes.size()) return;  // edge-triggered: a short read has emptied it
    }
  }

  bool pass(side& from, side& to, std::span<const char> data) {
    if (!from.tls) return forward(to, {data.data(), data.size()}) && flush(to);
    answer.clear();
    from.tls->give(data, answer);
    wire.clear();
    while (const auto count = from.tls->read(plain)) {
      if (!forward(to, {plain.data(), count})) return false;
    }
    if (from.tls->where() == tls_channel::state::failed) return bury(*from.owner), false;
    if (from.tls->where() == tls_channel::state::closed) from.ended = true;
    if (!send_raw(from, answer) || !flush(to)) return false;
    if (from.at != side::phase::up && from.tls->where() == tls_channel::state::open && !came_up(from)) return false;
    if (from.ended) pass_end(from);
    return !from.owner->dead;
  }

  /// Plain: sends. TLS: encrypts into `wire`, which `flush` sends.
  bool forward(side& to, std::string_view data) {
    if (!to.tls) return send_raw(to, data);
    if (to.at != side::phase::up) {
      to.early += data;
      return true;
    }
    if (to.tls->write(data, wire)) return true;
    bury(*to.owner);
    return false;
  }

  bool flush(side& to) {
    if (!to.tls || wire.empty()) return true;
    const bool sent = send_raw(to, wire);
    wire.clear();
    return sent;
  }

  bool came_up(side& s) {
    s.at = side::phase::up;
    if (!s.early.empty() && (!forward(s, std::exchange(s.early, {})) || !flush(s))) return false;
    resume(other(s));
    return !s.owner->dead;
  }

  /// When a side has ended and all it said is delivered, its peer is told; both ended: the pair is done.
  void pass_end(side& from) {
    side& to = other(from);
    if (!from.ended || !to.waiting.empty() || !to.early.empty()) return;
    if (to.at != side::phase::up) return bury(*from.owner);
    if (!std::exchange(to.shut, true)) {
      answer.clear();
      if (to.tls) to.tls->finish(answer);
      if (!send_raw(to, answer)) return;
      shutdown(to.fd, SHUT_WR);
    }
    if (to.ended) bury(*from.owner);
  }

  void on_event(side& s, std::uint32_t events) {
    if (s.owner->dead) return;
    if ((events & EPOLLERR) != 0) return bury(*s.owner);
    const bool wants = s.at == side::phase::connecting || !s.waiting.empty() || other(s).held;
    if ((events & EPOLLOUT) != 0 && wants) on_writable(s);
    if (s.owner->dead || s.at == side::phase::connecting) return;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0) on_readable(s);
  }
};

relay::relay(std::unique_ptr<state> made) : state_(std::move(made)) {}
relay::~relay() = default;

tl::expected<std::unique_ptr<relay>, std::string> relay::listen(const plan& how) {
  auto made = std::make_unique<state>();
  made->how = how;
  made->epoll = epoll_create1(EPOLL_CLOEXEC);
  made->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(made->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = loopback(how.port);
  epoll_event event{};
  event.events = EPOLLIN;  // level-triggered, and no data: see run
  if (bind(made->listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(made->listener, 1024) != 0 || epoll_ctl(made->epoll, EPOLL_CTL_ADD, made->listener, &event) != 0) {
    return tl::unexpected("cannot listen on 127.0.0.1:" + std::to_string(how.port) + ": " + std::strerror(errno));
  }
  return std::unique_ptr<relay>{new relay(std::move(made))};
}

std::uint16_t relay::port() const noexcept {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void relay::run(int stop_fd) {
  epoll_event stop{};
  stop.events = EPOLLIN;
  stop.data.ptr = this;
  epoll_ctl(state_->epoll, EPOLL_CTL_ADD, stop_fd, &stop);
  std::array<epoll_event, 512> events;
  for (;;) {
    const int count = epoll_wait(state_->epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.ptr == this) return;
      if (events[i].data.ptr == nullptr) {
        state_->accept_all();
      } else {
        state_->on_event(*static_cast<side*>(events[i].data.ptr), events[i].events);
      }
    }
    state_->sweep();
  }
}

}  // namespace tonris::relay
