#include "net/websocket_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/websocket_handshake.hpp"
#include "tests/net/raw_peer.hpp"
#include "tests/net/websocket_fixture.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;
using test::raw_listener;
using test::raw_peer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using outcome = result<std::shared_ptr<websocket>>;

/// A WebSocket client on a running loop; the server is the test itself, byte by byte.
class WebSocketClient : public testing::Test {
 protected:
  void SetUp() override { io.start(); }
  void TearDown() override {
    test::on(io, [this] {
      attempt.reset();
      if (!socket) return;
      socket->detach();
      socket->abort();
      socket.reset();
    });
    io.stop();
  }

  std::future<outcome> open(const std::string& url) {
    auto told = std::make_shared<std::promise<outcome>>();
    test::on(io, [&] {
      auto within = std::make_shared<bool>(true);
      attempt = open_websocket(io, nullptr, url, options, [told, within](outcome how) {
        EXPECT_FALSE(*within) << "called back from within open_websocket()";
        told->set_value(std::move(how));
      });
      *within = false;
    });
    return told->get_future();
  }
  std::future<outcome> open_here(const std::string& target = "/") {
    return open("ws://127.0.0.1:" + std::to_string(listener.port()) + target);
  }
  static std::string accept_for(const std::string& request) {
    const auto at = request.find("Sec-WebSocket-Key: ") + 19;
    return websocket_accept(request.substr(at, request.find("\r\n", at) - at));
  }
  static std::string switching(const std::string& accept, const std::string& more = "") {
    return "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: upgrade\r\nsec-websocket-accept: " +
           accept + "\r\n" + more + "\r\n";
  }

  raw_listener listener;
  loop io{"ws-client-test"};
  websocket_connect_options options;
  std::unique_ptr<websocket_connect> attempt;
  std::shared_ptr<websocket> socket;
  test::collecting_handler handler;
};

TEST_F(WebSocketClient, OpensASocketAndDeliversWhatCameRightBehindTheAnswer) {
  options.fields.add("xi-api-key", "k");
  options.fields.add("Sec-WebSocket-Extensions", "permessage-deflate");
  options.fields.add("Host", "elsewhere");
  auto told = open_here("/v1/convai?agent_id=a&sig=%20b");
  auto server = listener.accept();
  const auto request = server.until("\r\n\r\n");
  EXPECT_THAT(request, StartsWith("GET /v1/convai?agent_id=a&sig=%20b HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(request, HasSubstr("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nxi-api-key: k\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("deflate")));
  EXPECT_THAT(request, Not(HasSubstr("elsewhere")));
  server.say(switching(accept_for(request)) +
             "\x81\x03"
             "one"
             "\x81\x03"
             "tw");
  auto how = told.get();
  ASSERT_TRUE(how) << how.error().detail;
  server.say(
      "o\x81\x05"
      "three");
  std::this_thread::sleep_for(20ms);
  test::on(io, [&] {
    socket = std::move(*how);
    socket->start(handler);
  });
  EXPECT_TRUE(test::eventually(io, [this] { return handler.messages.size() == 3; }));
  test::on(io, [this] { EXPECT_THAT(handler.messages, ElementsAre("one", "two", "three")); });
  test::on(io, [this] { EXPECT_TRUE(socket->send("hi")); });
  const auto sent = server.bytes(8);
  EXPECT_EQ(sent.substr(0, 2), "\x81\x82") << "a client masks";
}

TEST_F(WebSocketClient, SaysWithWhichStatusItWasRefused) {
  auto told = open_here("/?token=secret");
  auto server = listener.accept();
  server.until("\r\n\r\n");
  server.say("HTTP/1.1 403 secret reason\r\nContent-Length: 100000\r\n\r\nsecret");
  const auto how = told.get();
  ASSERT_FALSE(how);
  EXPECT_EQ(how.error().code, errc::handshake_refused);
  EXPECT_EQ(how.error().http_status, 403U);
  EXPECT_TRUE(how.error().detail.starts_with("127.0.0.1:")) << how.error().detail;
  EXPECT_TRUE(how.error().detail.ends_with(": answered 403 Forbidden")) << how.error().detail;
  EXPECT_TRUE(server.ends());
}

struct bad_answer {
  std::string why, bytes;
  errc code;
};

TEST_F(WebSocketClient, RefusesAnAnswerThatIsNotCorrect) {
  const std::string right = "ACCEPT";
  const std::vector<bad_answer> rows{
      {"wrong key", switching("dGhlIHNhbXBsZSBub25jZQ=="), errc::protocol_error},
      {"no key", "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", errc::protocol_error},
      {"no upgrade", "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n",
       errc::protocol_error},
      {"no connection", "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n",
       errc::protocol_error},
      {"subprotocol", switching(right, "Sec-WebSocket-Protocol: convai\r\n"), errc::protocol_error},
      {"extension", switching(right, "Sec-WebSocket-Extensions: permessage-deflate\r\n"), errc::protocol_error},
      {"not HTTP", "hello\r\n\r\n", errc::protocol_error},
      {"endless header", "HTTP/1.1 101 S\r\nX: " + std::string(20'000, 'x'), errc::protocol_error},
      {"redirect", "HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere/\r\n\r\n", errc::handshake_refused},
      {"ends half-way", "HTTP/1.1 101 S\r\n", errc::closed},
  };
  for (const auto& row : rows) {
    auto told = open_here();
    auto server = listener.accept();
    const auto request = server.until("\r\n\r\n");
    auto bytes = row.bytes;
    if (const auto at = bytes.find(right); at != std::string::npos)
      bytes.replace(at, right.size(), accept_for(request));
    server.say(bytes);
    if (row.code == errc::closed) server.close();
    const auto how = told.get();
    ASSERT_FALSE(how) << row.why;
    EXPECT_EQ(how.error().code, row.code) << row.why;
    if (row.code == errc::closed) continue;
    EXPECT_TRUE(server.ends()) << row.why;
  }
}

TEST_F(WebSocketClient, GivesTheUpgradeTheTimeThatConnectingLeft) {
  options.connect_timeout = options.handshake_timeout = 500ms;
  auto told = open_here();
  auto server = listener.accept();
  const auto request = server.until("\r\n\r\n");
  EXPECT_EQ(told.wait_for(650ms), std::future_status::timeout) << "longer than half, less than the whole";
  server.say(switching(accept_for(request)));
  auto how = told.get();
  ASSERT_TRUE(how) << how.error().detail;
  test::on(io, [&] { socket = std::move(*how); });
}

TEST_F(WebSocketClient, GivesUpOnASilentServer) {
  options.connect_timeout = options.handshake_timeout = 60ms;
  const auto began = std::chrono::steady_clock::now();
  auto told = open_here();
  auto server = listener.accept();
  server.until("\r\n\r\n");
  server.say("HTTP/1.1 101 S\r\n");
  EXPECT_EQ(told.get().error().code, errc::handshake_timeout);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 120ms);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  EXPECT_TRUE(server.ends());
}

TEST_F(WebSocketClient, DoesNotTakeTheHandshakesTimeToConnect) {
  const raw_listener full{0};
  const auto first = raw_peer::to(full.port());  // nobody takes it, so there is no room for another
  options.connect_timeout = 60ms;
  options.handshake_timeout = 5s;
  const auto began = std::chrono::steady_clock::now();
  auto told = open("ws://127.0.0.1:" + std::to_string(full.port()));
  EXPECT_EQ(told.get().error().code, errc::connect_timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
}

TEST_F(WebSocketClient, SaysWhyItCannotConnect) {
  std::uint16_t closed = 0;
  {
    const raw_listener gone;
    closed = gone.port();
  }
  EXPECT_EQ(open("ws://127.0.0.1:" + std::to_string(closed)).get().error().code, errc::connect_refused);
  EXPECT_EQ(open("ws://no-such-host.invalid/").get().error().code, errc::resolve_failed);
  EXPECT_EQ(open("http://127.0.0.1/").get().error().code, errc::bad_url);
  EXPECT_EQ(open("wss//").get().error().code, errc::bad_url);
  options.fields.add("X", "a\r\nb: c");
  EXPECT_EQ(open_here().get().error().code, errc::protocol_error);
  EXPECT_FALSE(listener.anybody(0ms));
}

TEST_F(WebSocketClient, IsCancelledByDestroyingTheAttempt) {
  std::atomic<int> calls{0};
  const auto url = "ws://127.0.0.1:" + std::to_string(listener.port());
  const auto begin = [&](const std::string& to) {
    test::on(io, [&] { attempt = open_websocket(io, nullptr, to, options, [&](outcome) { ++calls; }); });
  };
  test::on(io, [&] {
    attempt = open_websocket(io, nullptr, "not a url", options, [&](outcome) { ++calls; });
    attempt.reset();
  });
  begin(url);
  auto at_once = listener.accept();
  test::on(io, [this] { attempt.reset(); });
  EXPECT_TRUE(at_once.ends());
  begin(url);
  auto server = listener.accept();
  server.until("\r\n\r\n");
  test::on(io, [this] { attempt.reset(); });
  EXPECT_TRUE(server.ends());
  test::on(io, [] {});
  EXPECT_EQ(calls, 0);
}

TEST_F(WebSocketClient, MayDropTheAttemptFromWithinTheCallback) {
  std::promise<bool> opened;
  test::on(io, [&] {
    attempt =
        open_websocket(io, nullptr, "ws://127.0.0.1:" + std::to_string(listener.port()), options, [&](outcome how) {
          attempt.reset();
          if (how) (*how)->abort();
          opened.set_value(how.has_value());
        });
  });
  auto server = listener.accept();
  const auto request = server.until("\r\n\r\n");
  server.say(switching(accept_for(request)));
  EXPECT_TRUE(opened.get_future().get());
  EXPECT_TRUE(server.ends());
}

}  // namespace
}  // namespace tonris::net
