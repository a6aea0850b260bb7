#pragma once

#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "net/caught.hpp"

namespace tonris::net {

/// "Tell me when the socket is ready", as an operation that lives inside its owner and is armed again and again: no
/// allocation, no handler copied. While armed it shares the owner. `Ready` is called on the loop, outside all locks.
/// It says nothing about how ready: an armed operation whose socket was closed is called as well. What `Ready` throws
/// ends its owner, and it alone, by `Fail`.
template <class Owner, void (Owner::*Ready)(), void (Owner::*Fail)()>
class ready_op final : public boost::asio::detail::reactor_op {
 public:
  ready_op() : reactor_op({}, &ready_op::perform, &ready_op::complete) {}

  [[nodiscard]] bool armed() const noexcept { return owner_ != nullptr; }
  void hold(std::shared_ptr<Owner> owner) noexcept { owner_ = std::move(owner); }

 private:
  // "Exhausted": the edge is used up, so arming again waits for the next one instead of trying at once.
  static status perform(reactor_op*) { return done_and_exhausted; }

  static void complete(void* running, boost::asio::detail::operation* base, const boost::system::error_code&,
                       std::size_t) {
    const auto owner = std::exchange(static_cast<ready_op*>(base)->owner_, nullptr);
    if (!running) return;  // the io_context is being destroyed
    guard([&] { (owner.get()->*Ready)(); }, [&] { (owner.get()->*Fail)(); });
  }

  std::shared_ptr<Owner> owner_;
};

/// A non-blocking socket on a loop's own epoll reactor, edge-triggered. Asio's public operations cost a frame a second
/// recv (after each read Asio tries once more and gets EAGAIN) or an epoll_ctl (async_wait); this asks the reactor
/// directly, below Asio's public face, so it is the only place that knows Asio's detail (Boost 1.81).
/// Loop thread only.
class reactor_socket {
 public:
  /// Takes the descriptor over, unless it throws. When the reactor will not have it, the socket is closed from the
  /// start.
  reactor_socket(boost::asio::io_context& context, int descriptor)
      : reactor_{boost::asio::use_service<boost::asio::detail::reactor>(context)}, fd_{descriptor} {
    reactor_.init_task();
    if (reactor_.register_descriptor(fd_, data_) != 0) close();
  }
  ~reactor_socket() { close(); }
  reactor_socket(const reactor_socket&) = delete;
  reactor_socket& operator=(const reactor_socket&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_; }  ///< -1 once closed

  void when_readable(boost::asio::detail::reactor_op& op) {
    reactor_.start_op(boost::asio::detail::reactor::read_op, fd_, data_, &op, true, true);
  }
  void when_writable(boost::asio::detail::reactor_op& op) {
    reactor_.start_op(boost::asio::detail::reactor::write_op, fd_, data_, &op, true, true);
  }
  void at_once(boost::asio::detail::reactor_op& op) { reactor_.post_immediate_completion(&op, true); }

  void close() noexcept;
  [[nodiscard]] int release() noexcept;  ///< for another reactor; what is armed completes here. -1: it is closed

 private:
  boost::asio::detail::reactor& reactor_;
  boost::asio::detail::reactor::per_descriptor_data data_{};
  int fd_;
};

}  // namespace tonris::net
