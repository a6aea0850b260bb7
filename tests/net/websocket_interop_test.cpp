// The other end here is Boost.Beast's WebSocket: an independent reading of RFC 6455.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "net/http_server.hpp"
#include "net/websocket_client.hpp"
#include "websocket_fixture.hpp"

namespace tonris::net::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using plain_peer = beast::websocket::stream<tcp::socket>;
using secure_peer = beast::websocket::stream<asio::ssl::stream<tcp::socket>>;

/// Says back what it hears, and does what certain messages ask for.
struct echo_handler : collecting_handler {
  echo_handler() {
    each = [this](std::string_view message) {
      if (message == "close please")
        socket->close(1000, "as you wish");
      else
        EXPECT_TRUE(socket->send(message));
    };
  }
  std::shared_ptr<websocket> socket;
};

const std::vector<std::size_t> sizes{0, 1, 125, 126, 127, 4096, 65535, 65536, 65537, 300'000, 4 << 20};

std::string text_of(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + (i * 7 + size) % 26);
  return out;
}

websocket_limits wide_limits() {
  websocket_limits limits;
  limits.max_message_bytes = limits.max_queued_bytes = 16 << 20;
  return limits;
}

class WebSocketInterop : public testing::TestWithParam<transport> {
 protected:
  void SetUp() override { io.start(); }
  void TearDown() override {
    on(io, [this] {
      if (handler.socket) {
        handler.socket->detach();
        handler.socket->abort();
        handler.socket = nullptr;
      }
      attempt = nullptr;
      if (server) server->close_connections();
      return 0;
    });
    on(io, [this] {
      server = nullptr;
      return 0;
    });
    io.stop();
  }
  [[nodiscard]] bool secure() const { return GetParam() == transport::tls; }

  std::uint16_t serve() {
    auto made = http_server::listen(io, "127.0.0.1", 0, {}, secure() ? tls.server : nullptr,
                                    [this](const http_request& request, http_responder responder) {
                                      EXPECT_TRUE(is_upgrade(request));
                                      responder.upgrade(wide_limits(), [this](std::shared_ptr<websocket> socket) {
                                        handler.socket = std::move(socket);
                                        handler.socket->start(handler);
                                      });
                                    });
    EXPECT_TRUE(made);
    server = std::move(*made);
    server->start();
    return server->port();
  }

  /// Runs `talk` on a Beast client that is connected to our server.
  template <class Talk>
  void as_beast_client(Talk talk) {
    asio::io_context context;
    const tcp::endpoint to{asio::ip::address_v4::loopback(), serve()};
    if (secure()) {
      asio::ssl::context trust{asio::ssl::context::tls_client};
      trust.load_verify_file(tls.authority.path("ca.pem"));
      trust.set_verify_mode(asio::ssl::verify_peer);
      secure_peer peer{context, trust};
      beast::get_lowest_layer(peer).connect(to);
      peer.next_layer().handshake(asio::ssl::stream_base::client);
      peer.handshake("localhost", "/media");
      talk(peer);
    } else {
      plain_peer peer{context};
      peer.next_layer().connect(to);
      peer.handshake("localhost", "/media");
      talk(peer);
    }
  }

  /// Connects our client to a Beast server on a thread of its own that runs `talk`.
  template <class Talk>
  void as_beast_server(Talk talk) {
    asio::io_context context;
    tcp::acceptor listening{context, {asio::ip::address_v4::loopback(), 0}};
    const auto files = tls.authority.issue("beast", "DNS:localhost");
    std::thread other_end([&] {
      tcp::socket socket{context};
      listening.accept(socket);
      if (secure()) {
        asio::ssl::context identity{asio::ssl::context::tls_server};
        identity.use_certificate_chain_file(files.certificate);
        identity.use_private_key_file(files.key, asio::ssl::context::pem);
        secure_peer peer{std::move(socket), identity};
        peer.next_layer().handshake(asio::ssl::stream_base::server);
        peer.accept();
        talk(peer);
      } else {
        plain_peer peer{std::move(socket)};
        peer.accept();
        talk(peer);
      }
    });
    const auto address = std::string{secure() ? "wss" : "ws"} +
                         "://localhost:" + std::to_string(listening.local_endpoint().port()) + "/talk?a=b";
    on(io, [&] {
      websocket_connect_options options;
      options.limits = wide_limits();
      attempt = open_websocket(io, tls.client, address, options, [this](result<std::shared_ptr<websocket>> out) {
        ASSERT_TRUE(out) << out.error().detail;
        handler.socket = std::move(*out);
        handler.socket->start(handler);
      });
      return 0;
    });
    other_end.join();
  }

  tls_pair tls;
  loop io{"interop"};
  echo_handler handler;
  std::unique_ptr<http_server> server;
  std::unique_ptr<websocket_connect> attempt;
};

INSTANTIATE_TEST_SUITE_P(Over, WebSocketInterop, testing::Values(transport::tcp, transport::tls), to_name);

template <class Peer>
void expect_echo(Peer& peer, const std::string& text) {
  beast::flat_buffer buffer;
  peer.read(buffer);
  EXPECT_TRUE(peer.got_text());
  EXPECT_TRUE(beast::buffers_to_string(buffer.data()) == text) << text.size();
}

/// Every size, whole and in fragments with a ping between, many at once, and a close.
template <class Peer>
void converse(Peer& peer) {
  peer.text(true);
  peer.read_message_max(16 << 20);
  std::string pong;
  peer.control_callback([&pong](beast::websocket::frame_type kind, beast::string_view payload) {
    if (kind == beast::websocket::frame_type::pong) pong = std::string{payload};
  });
  for (const auto size : sizes) {
    const auto text = text_of(size);
    peer.auto_fragment(false);
    peer.write(asio::buffer(text));
    expect_echo(peer, text);
  }
  const auto long_text = text_of(10'000);
  for (std::size_t from = 0; from < long_text.size(); from += 1000) {
    peer.write_some(from + 1000 == long_text.size(), asio::buffer(long_text.data() + from, 1000));
    if (from == 5000) peer.ping("between");
  }
  expect_echo(peer, long_text);
  EXPECT_EQ(pong, "between");
  for (int i = 0; i < 200; ++i) peer.write(asio::buffer(std::to_string(i)));
  for (int i = 0; i < 200; ++i) expect_echo(peer, std::to_string(i));
}

TEST_P(WebSocketInterop, BeastTalksToOurServerAndCloses) {
  as_beast_client([](auto& peer) {
    converse(peer);
    peer.close({beast::websocket::close_code::going_away, "off home"});
    EXPECT_EQ(peer.reason().code, beast::websocket::close_code::going_away);
  });
  ASSERT_TRUE(eventually(io, [this] { return handler.end.has_value(); }));
  EXPECT_EQ(handler.end->why, errc::closed);
  EXPECT_EQ(handler.end->close_code, 1001);
  EXPECT_EQ(handler.end->reason, "off home");
}

TEST_P(WebSocketInterop, OurClientTalksToBeastAndCloses) {
  as_beast_server([](auto& peer) {
    converse(peer);
    peer.write(asio::buffer(std::string{"close please"}));
    beast::flat_buffer buffer;
    beast::error_code ec;
    peer.read(buffer, ec);
    EXPECT_EQ(ec, beast::websocket::error::closed);
    EXPECT_EQ(peer.reason().code, beast::websocket::close_code::normal);
    EXPECT_EQ(peer.reason().reason, "as you wish");
  });
  ASSERT_TRUE(eventually(io, [this] { return handler.end.has_value(); }));
  EXPECT_EQ(handler.end->why, errc::aborted);
  EXPECT_EQ(handler.end->close_code, 1000);
}

TEST_P(WebSocketInterop, OurServerClosesAndBeastAnswers) {
  as_beast_client([](auto& peer) {
    peer.write(asio::buffer(std::string{"close please"}));
    beast::flat_buffer buffer;
    beast::error_code ec;
    peer.read(buffer, ec);
    EXPECT_EQ(ec, beast::websocket::error::closed);
    EXPECT_EQ(peer.reason().reason, "as you wish");
  });
  ASSERT_TRUE(eventually(io, [this] { return handler.end.has_value(); }));
  EXPECT_EQ(handler.end->why, errc::aborted);
  EXPECT_EQ(handler.end->close_code, 1000);
}

TEST_P(WebSocketInterop, BinaryFromBeastIsRefusedWith1003) {
  as_beast_client([](auto& peer) {
    peer.binary(true);
    peer.write(asio::buffer(std::string{"\0\1", 2}));
    beast::flat_buffer buffer;
    beast::error_code ec;
    peer.read(buffer, ec);
    EXPECT_EQ(ec, beast::websocket::error::closed);
    EXPECT_EQ(peer.reason().code, beast::websocket::close_code::unknown_data);
  });
  ASSERT_TRUE(eventually(io, [this] { return handler.end.has_value(); }));
  EXPECT_EQ(handler.end->why, errc::not_text);
}

TEST_P(WebSocketInterop, ABeastServerThatVanishesIs1006) {
  as_beast_server([](auto& peer) {
    peer.write(asio::buffer(std::string{"hello"}));
    expect_echo(peer, "hello");
    beast::get_lowest_layer(peer).close();
  });
  ASSERT_TRUE(eventually(io, [this] { return handler.end.has_value(); }));
  EXPECT_EQ(handler.end->why, errc::reset);
  EXPECT_EQ(handler.end->close_code, 1006);
}

}  // namespace
}  // namespace tonris::net::test
