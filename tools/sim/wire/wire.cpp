#include "tools/sim/wire/wire.hpp"

#include <netinet/tcp.h>

#include <array>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "tools/sim/wire/frame_seams.hpp"

namespace tonris::sim {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<tcp, executor>;
using segment_size = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_MAXSEG>;

constexpr int bytes_a_segment = 1360;
constexpr int receive_buffer = 16 * 1024;

/// Before listening or connecting: both are settled when the connection is made.
template <class Socket>
void make_narrow(Socket& socket) {
  error_code ignored;
  socket.set_option(segment_size{bytes_a_segment}, ignored);
  socket.set_option(boost::asio::socket_base::receive_buffer_size{receive_buffer}, ignored);
}

}  // namespace

/// The connection itself, shared with its pending operations.
class wire::link : public std::enable_shared_from_this<wire::link> {
 public:
  link(net::loop& on, std::uint16_t to_port, gateway_end where)
      : acceptor_{on.context().get_executor()},
        near_{on.context().get_executor()},
        far_{on.context().get_executor()},
        gateway_{where == gateway_end::dials ? near_ : far_},
        simulator_{where == gateway_end::dials ? far_ : near_},
        up_{gateway_, simulator_},
        down_{simulator_, gateway_},
        to_{boost::asio::ip::address_v4::loopback(), to_port} {}

  error_code listen() {
    error_code ec;
    acceptor_.open(tcp::v4(), ec);
    if (ec) return ec;
    make_narrow(acceptor_);
    acceptor_.bind({boost::asio::ip::address_v4::loopback(), 0}, ec);
    if (!ec) acceptor_.listen(1, ec);
    if (!ec) port_ = acceptor_.local_endpoint(ec).port();
    if (!ec) acceptor_.async_accept(near_, [me = shared_from_this()](error_code why) { me->accepted(why); });
    return ec;
  }

  void close() {
    closed_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    near_.close(ignored);
    far_.close(ignored);
  }

  void reset() {
    error_code ignored;
    gateway_.set_option(boost::asio::socket_base::linger{true, 0}, ignored);
    close();
  }

  void finish() {
    dark_ = true;
    error_code ignored;
    gateway_.shutdown(tcp_socket::shutdown_send, ignored);
    draining_ = true;
    if (!up_.reading) drain();
  }

  void go_dark() { dark_ = true; }

  void hold() { held_ = true; }

  void release() {
    if (!std::exchange(held_, false)) return;
    write(up_);
    read(up_);
  }

  void inject(const std::string& frames) {
    injected_ += frames;
    if (!seams_.at_seam()) return;
    down_.out += std::exchange(injected_, {});
    write(down_);
  }

  void corrupt() { corrupt_ = true; }

  [[nodiscard]] bool gateway_gone() {
    if (closed_ || !connected_) return closed_;
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(gateway_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
           info.tcpi_state != TCP_ESTABLISHED;
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint64_t bytes_from_gateway() const noexcept { return from_gateway_; }

 private:
  /// One direction. No more is read than has been passed on.
  struct pump {
    pump(tcp_socket& source, tcp_socket& target) : from{source}, to{target} {}
    tcp_socket& from;
    tcp_socket& to;
    std::array<char, 8192> buffer{};
    std::string out, sending;
    bool reading = false, over = false;
  };

  void accepted(error_code ec) {
    error_code ignored;
    acceptor_.close(ignored);
    if (ec || closed_) return;
    far_.open(tcp::v4(), ignored);
    make_narrow(far_);
    far_.async_connect(to_, [me = shared_from_this()](error_code why) { me->connected(why); });
  }

  void connected(error_code ec) {
    if (closed_) return;
    if (ec) return close();
    connected_ = true;
    error_code ignored;
    near_.set_option(tcp::no_delay{true}, ignored);
    far_.set_option(tcp::no_delay{true}, ignored);
    read(up_);
    read(down_);
  }

  [[nodiscard]] bool stands_still(const pump& p) const noexcept { return closed_ || dark_ || (held_ && &p == &up_); }

  void read(pump& p) {
    if (stands_still(p) || p.over || p.reading || !p.out.empty() || !p.sending.empty()) return;
    p.reading = true;
    p.from.async_read_some(boost::asio::buffer(p.buffer),
                           [me = shared_from_this(), &p](error_code ec, std::size_t size) {
                             p.reading = false;
                             me->came(p, ec, size);
                           });
  }

  void came(pump& p, error_code ec, std::size_t size) {
    if (closed_) return;
    if (&p == &up_) from_gateway_ += size;
    if (draining_ && &p == &up_) return ec ? close() : drain();
    if (dark_) return;
    if (ec == boost::asio::error::eof) return ended(p);
    if (ec) return reset();
    const std::string_view bytes{p.buffer.data(), size};
    if (&p == &down_)
      pass_down(bytes);
    else
      p.out += bytes;
    write(p);
  }

  void pass_down(std::string_view bytes) {
    const auto seam = seams_.feed(bytes);
    const auto cut = seam && !injected_.empty() ? *seam : bytes.size();
    down_.out += bytes.substr(0, cut);
    if (seam) down_.out += std::exchange(injected_, {});
    down_.out += bytes.substr(cut);
    if (std::exchange(corrupt_, false)) down_.out.back() ^= 0x55;
  }

  void write(pump& p) {
    if (stands_still(p) || !p.sending.empty() || p.out.empty()) return;
    p.sending = std::exchange(p.out, {});
    boost::asio::async_write(p.to, boost::asio::buffer(p.sending),
                             [me = shared_from_this(), &p](error_code ec, std::size_t) {
                               p.sending.clear();
                               if (me->closed_ || me->dark_) return;
                               if (ec) return me->reset();
                               me->write(p);
                               me->read(p);
                             });
  }

  void ended(pump& p) {
    p.over = true;
    error_code ignored;
    p.to.shutdown(tcp_socket::shutdown_send, ignored);
    if (up_.over && down_.over) close();
  }

  /// After our FIN the gateway's own is waited for, and what it still says is lost.
  void drain() {
    up_.reading = true;
    gateway_.async_read_some(boost::asio::buffer(up_.buffer),
                             [me = shared_from_this()](error_code ec, std::size_t size) {
                               me->up_.reading = false;
                               me->came(me->up_, ec, size);
                             });
  }

  tcp_acceptor acceptor_;
  tcp_socket near_, far_;  ///< of whoever dialled us; to where we dial
  tcp_socket& gateway_;
  tcp_socket& simulator_;
  pump up_;    ///< from the gateway
  pump down_;  ///< to the gateway
  tcp::endpoint to_;
  frame_seams seams_;
  std::string injected_;
  std::uint64_t from_gateway_ = 0;
  std::uint16_t port_ = 0;
  bool connected_ = false, closed_ = false, dark_ = false, held_ = false, draining_ = false, corrupt_ = false;
};

net::result<std::unique_ptr<wire>> wire::lay(net::loop& on, std::uint16_t to_port, gateway_end where) {
  auto made = std::make_shared<link>(on, to_port, where);
  if (const auto ec = made->listen()) return tl::unexpected{net::error{net::errc::bad_url, ec.message(), 0}};
  return std::unique_ptr<wire>{new wire{std::move(made)}};
}

wire::wire(std::shared_ptr<link> what) : link_{std::move(what)} {}

wire::~wire() {
  link_->close();
}

std::uint16_t wire::port() const noexcept {
  return link_->port();
}

void wire::reset() {
  link_->reset();
}

void wire::finish() {
  link_->finish();
}

void wire::go_dark() {
  link_->go_dark();
}

void wire::hold() {
  link_->hold();
}

void wire::release() {
  link_->release();
}

void wire::inject(const std::string& frames) {
  link_->inject(frames);
}

void wire::corrupt() {
  link_->corrupt();
}

bool wire::gateway_gone() const {
  return link_->gateway_gone();
}

std::uint64_t wire::bytes_from_gateway() const noexcept {
  return link_->bytes_from_gateway();
}

std::string binary_frame() {
  return "\x82\x04\x01\x02\x03\x04";
}

std::string broken_frame() {
  return "\x83\x02hi";
}

}  // namespace tonris::sim
