#include "net/dial.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <utility>
#include <vector>

#include "net/descriptors.hpp"
#include "net/name_resolver.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_stream.hpp"

namespace tonris::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using dial_done = std::function<void(result<std::shared_ptr<byte_stream>>)>;

/// The attempt itself: shared with the operation that is pending. Phases: name, the addresses in turn, each with TCP
/// and TLS, done. What is learned of the name while old addresses are tried is tried behind them.
class dialling : public std::enable_shared_from_this<dialling> {
 public:
  dialling(loop& on, std::shared_ptr<tls_client_context> tls, const url& to, std::chrono::milliseconds tls_timeout,
           dial_done done, dial_filter may_dial)
      : loop_{on},
        tls_{std::move(tls)},
        to_{to},
        tls_timeout_{tls_timeout},
        done_{std::move(done)},
        may_dial_{std::move(may_dial)},
        limit_{on},
        share_{on},
        socket_{on.context().get_executor()} {}

  void start(std::chrono::milliseconds connect_timeout) {
    deadline_ = loop_.now() + connect_timeout;
    limit_.after(connect_timeout, [self = weak_from_this()] {
      if (const auto alive = self.lock()) alive->finish(tl::make_unexpected(alive->too_late()));
    });
    error_code not_numeric;
    const auto address = boost::asio::ip::make_address(to_.host, not_numeric);
    if (!not_numeric) {  // nothing to ask
      addresses_.emplace_back(address, to_.port);
      return connect_next();
    }
    auto found = loop_.resolver().ask(loop_, to_.host, [self = weak_from_this()](const result<address_list>& what) {
      if (const auto alive = self.lock()) alive->on_resolved(what);
    });
    name_ = std::move(found.more);
    add(found.known);
    if (!addresses_.empty()) connect_next();
  }

  void cancel() {
    if (std::exchange(over_, true)) return;
    done_ = nullptr;
    let_go();
  }

 private:
  void on_resolved(const result<address_list>& what) {
    if (over_) return;
    const auto keep = shared_from_this();
    name_ = nullptr;
    const bool waits = next_ == addresses_.size() && !trying_;
    if (what) add(*what);
    if (!what && addresses_.empty()) failure_ = what.error();
    if (waits) return connect_next();
    if (what && trying_ && !tls_begun_) share_time();
  }

  void add(const address_list& found) {
    for (const auto& text : found) {
      error_code ec;
      const tcp::endpoint one{boost::asio::ip::make_address(text, ec), to_.port};
      if (!ec && std::find(addresses_.begin(), addresses_.end(), one) == addresses_.end()) addresses_.push_back(one);
    }
  }

  /// What may not be called is passed over.
  void skip_refused() {
    while (may_dial_ && next_ < addresses_.size() &&
           !may_dial_(to_.host, addresses_[next_].address().to_string(), to_.port)) {
      keep_failure({errc::address_refused, "its address may not be called", 0});
      addresses_.erase(addresses_.begin() + static_cast<std::ptrdiff_t>(next_));
    }
  }

  void connect_next() {
    trying_ = tls_begun_ = false;
    skip_refused();
    if (next_ == addresses_.size()) {
      if (name_) return;  // what is still to be learned may help: on_resolved, or the limit
      return finish(tl::make_unexpected(std::move(failure_)));
    }
    error_code ignored;
    socket_.close(ignored);
    trying_ = true;
    const auto to = addresses_[next_++];
    share_time();
    socket_.async_connect(to, [self = shared_from_this()](error_code ec) { self->on_connected(ec); });
  }

  /// An address that swallows our packets may not use up the time of the others.
  void share_time() {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - loop_.now());
    share_.after(left / static_cast<int>(addresses_.size() - next_ + 1), [self = weak_from_this()] {
      const auto alive = self.lock();
      if (!alive || alive->over_ || (alive->next_ == alive->addresses_.size() && !alive->name_)) return;
      error_code none;
      alive->socket_.cancel(none);  // on_connected goes on with the next
    });
  }

  void on_connected(error_code ec) {
    if (over_) return;
    share_.cancel();
    if (!ec) socket_.non_blocking(true, ec);
    if (ec) {
      const bool ours = is_out_of_descriptors(ec.value());
      if (!ours) report(false);
      keep_failure({ours ? errc::no_descriptors : errc::connect_refused, ec.message(), 0});
      return connect_next();
    }
    const int fd = socket_.release(ec);
    if (ec) return finish(tl::make_unexpected(error{errc::connect_refused, ec.message(), 0}));
    if (!to_.secure()) {
      report(true);
      return finish(make_stream<socket_stream>(loop_, fd));
    }
    if (!tls_) {
      ::close(fd);
      return finish(tl::make_unexpected(error{errc::tls_failed, "a secure address, and no TLS context", 0}));
    }
    limit_.cancel();
    tls_begun_ = true;
    cut_tls_ = connect_tls(loop_, fd, *tls_, to_.host, tls_timeout_,
                           [self = weak_from_this()](result<std::shared_ptr<byte_stream>> stream) {
                             if (const auto alive = self.lock()) alive->on_secure(std::move(stream));
                           });
  }

  /// Whoever is not who we want may sit at an address that a wrong answer gave: the others are tried as well.
  void on_secure(result<std::shared_ptr<byte_stream>> stream) {
    cut_tls_ = nullptr;
    report(stream.has_value());
    const auto left = std::chrono::floor<std::chrono::milliseconds>(deadline_ - loop_.now());
    if (stream || left.count() <= 0) return finish(std::move(stream));
    keep_failure(std::move(stream.error()));
    limit_.after(left, [self = weak_from_this()] {
      if (const auto alive = self.lock()) alive->finish(tl::make_unexpected(std::move(alive->failure_)));
    });
    connect_next();
  }

  void report(bool good) { loop_.resolver().report(to_.host, addresses_[next_ - 1].address().to_string(), good); }

  /// What TLS says of one address tells more than that nobody is at another.
  void keep_failure(error why) {
    const auto tells = [](errc code) { return code != errc::connect_refused && code != errc::resolve_failed; };
    if (tells(why.code) || !tells(failure_.code)) failure_ = std::move(why);
  }

  [[nodiscard]] error too_late() const {
    return {errc::connect_timeout, addresses_.empty() ? "the name was not resolved in time" : "no connection in time",
            0};
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
    name_ = nullptr;
    error_code ignored;
    socket_.close(ignored);
    if (cut_tls_) std::exchange(cut_tls_, nullptr)();
  }

  // given
  loop& loop_;
  std::shared_ptr<tls_client_context> tls_;
  url to_;
  std::chrono::milliseconds tls_timeout_;
  dial_done done_;
  dial_filter may_dial_;
  // owned
  timer limit_;
  timer share_;                                ///< of the address that is being tried
  std::unique_ptr<name_resolver::wait> name_;  ///< while there is something to be learned of the name
  tcp_socket socket_;
  tls_cancel cut_tls_;
  // state
  std::chrono::steady_clock::time_point deadline_{};
  std::vector<tcp::endpoint> addresses_;
  std::size_t next_ = 0;
  error failure_{errc::resolve_failed, "the host has no address", 0};  ///< the one to tell, so far
  bool trying_ = false;                                                ///< an address; else the name is waited for
  bool tls_begun_ = false;
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
                                   dial_done done, dial_filter may_dial) {
  auto what = std::make_shared<dialling>(on, std::move(tls), to, tls_timeout, std::move(done), std::move(may_dial));
  what->start(connect_timeout);
  return std::make_unique<pending_dial>(std::move(what));
}

}  // namespace tonris::net
