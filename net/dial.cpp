#include "net/dial.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "net/descriptors.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_stream.hpp"

namespace tonris::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using resolver = boost::asio::ip::basic_resolver<tcp, executor>;
using dial_done = std::function<void(result<std::shared_ptr<byte_stream>>)>;

/// The attempt itself: shared with the operation that is pending. Phases: name, the addresses in turn, TLS, done.
class dialling : public std::enable_shared_from_this<dialling> {
 public:
  dialling(loop& on, std::shared_ptr<tls_client_context> tls, const url& to, std::chrono::milliseconds tls_timeout,
           dial_done done)
      : loop_{on},
        tls_{std::move(tls)},
        to_{to},
        tls_timeout_{tls_timeout},
        done_{std::move(done)},
        limit_{on},
        share_{on},
        resolver_{on.context().get_executor()},
        socket_{on.context().get_executor()} {}

  void start(std::chrono::milliseconds connect_timeout) {
    deadline_ = loop_.now() + connect_timeout;
    limit_.after(connect_timeout, [self = weak_from_this()] {
      if (const auto alive = self.lock()) alive->finish(tl::make_unexpected(alive->too_late()));
    });
    error_code not_numeric;
    const auto address = boost::asio::ip::make_address(to_.host, not_numeric);
    if (!not_numeric) {  // no need for the resolver's thread
      addresses_.emplace_back(address, to_.port);
      return connect_next();
    }
    resolver_.async_resolve(to_.host, std::to_string(to_.port), tcp::resolver::numeric_service,
                            [self = shared_from_this()](error_code ec, const tcp::resolver::results_type& found) {
                              self->on_resolved(ec, found);
                            });
  }

  void cancel() {
    if (std::exchange(over_, true)) return;
    done_ = nullptr;
    let_go();
  }

 private:
  void on_resolved(error_code ec, const tcp::resolver::results_type& found) {
    if (over_) return;
    resolved_ = true;
    if (ec) return finish(tl::make_unexpected(error{errc::resolve_failed, ec.message(), 0}));
    for (const auto& entry : found) addresses_.push_back(entry.endpoint());
    connect_next();
  }

  void connect_next() {
    resolved_ = true;
    if (next_ == addresses_.size())
      return finish(tl::make_unexpected(error{
          is_out_of_descriptors(last_.value()) ? errc::no_descriptors : errc::connect_refused, last_.message(), 0}));
    error_code ignored;
    socket_.close(ignored);
    // An address that swallows our packets may not use up the time of the others.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - loop_.now());
    share_.after(left / static_cast<int>(addresses_.size() - next_), [self = weak_from_this()] {
      const auto alive = self.lock();
      if (!alive || alive->over_ || alive->next_ == alive->addresses_.size()) return;
      error_code none;
      alive->socket_.cancel(none);  // on_connected goes on with the next
    });
    socket_.async_connect(addresses_[next_++], [self = shared_from_this()](error_code ec) { self->on_connected(ec); });
  }

  void on_connected(error_code ec) {
    if (over_) return;
    share_.cancel();
    if (!ec) socket_.non_blocking(true, ec);
    if (ec) {
      last_ = ec;
      return connect_next();
    }
    const int fd = socket_.release(ec);
    if (ec) return finish(tl::make_unexpected(error{errc::connect_refused, ec.message(), 0}));
    if (!to_.secure()) return finish(std::make_shared<socket_stream>(loop_, fd));
    limit_.cancel();
    if (!tls_) {
      ::close(fd);
      return finish(tl::make_unexpected(error{errc::tls_failed, "a secure address, and no TLS context", 0}));
    }
    cut_tls_ = connect_tls(loop_, fd, *tls_, to_.host, tls_timeout_,
                           [self = weak_from_this()](result<std::shared_ptr<byte_stream>> stream) {
                             if (const auto alive = self.lock()) alive->finish(std::move(stream));
                           });
  }

  [[nodiscard]] error too_late() const {
    return {errc::connect_timeout, resolved_ ? "no connection in time" : "the name was not resolved in time", 0};
  }

  void finish(result<std::shared_ptr<byte_stream>> what) {
    if (std::exchange(over_, true)) return;
    cut_tls_ = nullptr;
    let_go();
    const auto keep = shared_from_this();  // `done` may destroy the attempt
    std::exchange(done_, nullptr)(std::move(what));
  }

  void let_go() {
    limit_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
    if (cut_tls_) std::exchange(cut_tls_, nullptr)();
  }

  loop& loop_;
  std::shared_ptr<tls_client_context> tls_;
  url to_;
  std::chrono::milliseconds tls_timeout_;
  dial_done done_;
  timer limit_;
  timer share_;  ///< of the address that is being tried
  std::chrono::steady_clock::time_point deadline_{};
  resolver resolver_;
  tcp_socket socket_;
  std::vector<tcp::endpoint> addresses_;
  std::size_t next_ = 0;
  error_code last_;
  tls_cancel cut_tls_;
  bool resolved_ = false;
  bool over_ = false;
};

class pending_dial final : public dial_attempt {
 public:
  explicit pending_dial(std::shared_ptr<dialling> what) : what_{std::move(what)} {}
  ~pending_dial() override { what_->cancel(); }

 private:
  std::shared_ptr<dialling> what_;
};

}  // namespace

std::unique_ptr<dial_attempt> dial(loop& on, std::shared_ptr<tls_client_context> tls, const url& to,
                                   std::chrono::milliseconds connect_timeout, std::chrono::milliseconds tls_timeout,
                                   dial_done done) {
  auto what = std::make_shared<dialling>(on, std::move(tls), to, tls_timeout, std::move(done));
  what->start(connect_timeout);
  return std::make_unique<pending_dial>(std::move(what));
}

}  // namespace tonris::net
