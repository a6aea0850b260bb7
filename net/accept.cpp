#include "net/accept.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include "net/caught.hpp"
#include "net/descriptors.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::system::error_code;
using tcp_acceptor = boost::asio::basic_socket_acceptor<tcp, boost::asio::io_context::executor_type>;

constexpr int accepts_a_turn = 64;
constexpr auto pause_after_failure = 100ms;  // out of descriptors: trying again at once would only spin

/// Memory for one pending wait, so that a door never stays shut for want of it.
using wait_block = std::array<std::byte, 256>;

template <class T>
struct wait_allocator {
  using value_type = T;
  explicit wait_allocator(wait_block& in) noexcept : block{&in} {}
  template <class U>
  wait_allocator(const wait_allocator<U>& other) noexcept
      : block{other.block} {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] T* allocate(std::size_t count) const {
    static_assert(sizeof(T) <= sizeof(wait_block) && alignof(T) <= alignof(std::max_align_t));
    if (count != 1) throw std::bad_alloc{};
    return reinterpret_cast<T*>(block->data());
  }
  void deallocate(T*, std::size_t) const noexcept {}
  friend bool operator==(const wait_allocator& a, const wait_allocator& b) noexcept { return a.block == b.block; }

  wait_block* block;
};

tcp_acceptor adopt(loop& on, listening_socket door) {
  int domain = AF_INET;
  socklen_t size = sizeof domain;
  getsockopt(door.fd(), SOL_SOCKET, SO_DOMAIN, &domain, &size);
  tcp_acceptor made{on.context().get_executor(), domain == AF_INET6 ? tcp::v6() : tcp::v4(), door.fd()};
  (void)door.release();  // only now: what throws leaves it to its owner
  return made;
}

/// What accepts: shared with its pending wait and with what other threads have posted. It waits by Asio and accepts by
/// itself: many a wait, each at once non-blocking and not inherited, and none known to Asio's reactor before it is to
/// the stream's.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(loop& on, listening_socket door, acceptor::callbacks tell)
      : socket_{adopt(on, std::move(door))},
        tell_{std::make_shared<acceptor::callbacks>(std::move(tell))},
        again_{on} {}

  void start() {
    if (!stopped_) wait();
  }
  void stop() {
    stopped_ = true;
    again_.cancel();
    error_code ignored;
    socket_.close(ignored);
  }
  void forget() {  // nobody is told anything any more
    stop();
    tell_ = nullptr;
  }

 private:
  void wait() {
    if (std::exchange(waits_, true)) return;
    socket_.async_wait(tcp_acceptor::wait_read,
                       boost::asio::bind_allocator(wait_allocator<std::byte>{block_},
                                                   [self = shared_from_this()](error_code) { self->on_ready(); }));
  }

  /// After an exception: what it cost is one connection, the door stays open.
  void on_ready() noexcept {
    waits_ = false;
    guard([this] { accept_some(); }, [] {});
    if (!stopped_ && !resting_) wait();
  }

  void accept_some() {
    for (int taken = 0; taken < accepts_a_turn && !stopped_ && !resting_; ++taken) {
      const int fd = ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0)
        take(fd);
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        return;
      else if (errno != EINTR && errno != ECONNABORTED)
        rest(errno);
    }
  }

  void rest(int why) {
    again_.after(pause_after_failure, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->stopped_) return;
      self->resting_ = false;
      self->wait();
    });
    resting_ = true;  // only now: without the timer it goes on at once
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

  // owned
  alignas(std::max_align_t) wait_block block_;
  tcp_acceptor socket_;
  std::shared_ptr<acceptor::callbacks> tell_;
  timer again_;
  // state
  bool waits_ = false;
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
  loop& loop_;  // given
  std::shared_ptr<listener> listener_;
};

}  // namespace

std::unique_ptr<acceptor> acceptor::make(loop& on, listening_socket door, callbacks tell) {
  return std::make_unique<socket_acceptor>(on, std::move(door), std::move(tell));
}

}  // namespace tonris::net
