#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/http_server.hpp"
#include "net/websocket_handshake.hpp"
#include "tests/net/http_server_fixture.hpp"
#include "tests/net/websocket_fixture.hpp"

namespace tonris::net {
namespace {

using test::raw_peer;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(WebSocketHandshake, AnswersTheKeyOfTheStandardAsTheStandardDoes) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, MakesKeysThatAreKeysAndDiffer) {
  EXPECT_TRUE(is_websocket_key(websocket_key()));
  EXPECT_NE(websocket_key(), websocket_key());
  for (const auto* bad : {"", "AAECAwQFBgcICQoLDA0ODw=", "AAECAwQFBgcICQoLDA0ODw===", "AAECAwQFBgcICQoLDA0OD===",
                          "AAECAwQFBgcICQoLDA0OD!==", "AAECAwQFBgcICQoLDA0ODwAA"})
    EXPECT_FALSE(is_websocket_key(bad)) << bad;
}

http_request opening() {
  http_request request;
  request.method = "GET";
  request.target = "/s";
  request.fields.add("host", "gw.example.com");
  request.fields.add("connection", "keep-alive, Upgrade");
  request.fields.add("upgrade", "WebSocket");
  request.fields.add("sec-websocket-version", "13");
  request.fields.add("sec-websocket-key", "AAECAwQFBgcICQoLDA0ODw==");
  return request;
}

TEST(IsUpgrade, KnowsAnOpeningRequestWhateverElseItOffers) {
  auto request = opening();
  request.fields.add("Origin", "https://elsewhere");
  request.fields.add("Sec-WebSocket-Protocol", "convai");
  request.fields.add("Sec-WebSocket-Extensions", "permessage-deflate");
  EXPECT_TRUE(is_upgrade(request));
}

TEST(IsUpgrade, RefusesOneThatIsNotCorrect) {
  const std::vector<std::pair<std::string, std::string>> flaws{
      {"Connection", "keep-alive"},      {"Connection", "upgraded"},   {"Upgrade", "h2c"},
      {"Sec-WebSocket-Version", "8"},    {"Sec-WebSocket-Key", "abc"}, {"Sec-WebSocket-Key", ""},
      {"Sec-WebSocket-Version", "13, 8"}};
  for (const auto& [name, value] : flaws) {
    auto request = opening();
    request.fields.set(name, value);
    EXPECT_FALSE(is_upgrade(request)) << name << ": " << value;
  }
  auto request = opening();
  request.method = "POST";
  EXPECT_FALSE(is_upgrade(request));
  request = opening();
  request.body = "x";
  EXPECT_FALSE(is_upgrade(request));
}

constexpr std::string_view upgrade_request =
    "GET /media-stream/t HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "sec-websocket-protocol: convai\r\nsec-websocket-extensions: permessage-deflate\r\n\r\n";

/// A text frame as a client sends it, masked with zeros.
std::string frame(const std::string& text) {
  return std::string{'\x81', static_cast<char>(0x80 | text.size()), '\0', '\0', '\0', '\0'} + text;
}

class HttpUpgrade : public test::ServerTest {
 protected:
  void TearDown() override {
    test::on(io, [this] {
      if (!socket) return;
      socket->detach();
      socket->abort();
      socket.reset();
    });
    ServerTest::TearDown();
  }
  void take(std::shared_ptr<websocket> made) {
    socket = std::move(made);
    if (socket) socket->start(handler);
  }
  std::vector<std::string> messages() {
    return test::on(io, [this] { return handler.messages; });
  }

  std::shared_ptr<websocket> socket;
  test::collecting_handler handler;
};

TEST_F(HttpUpgrade, SpeaksWebSocketAfterTheAnswerAndOffersNothing) {
  serve([this](http_request request, http_responder responder) {
    EXPECT_TRUE(is_upgrade(request));
    responder.upgrade({}, [this](auto made) { take(std::move(made)); });
  });
  auto peer = connect();
  peer.say(upgrade_request);
  const auto answer = peer.until("\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nUpgrade: websocket\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: Upgrade\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Protocol:")));
  EXPECT_THAT(answer, Not(HasSubstr("Extensions")));
  peer.say(frame("hello"));
  EXPECT_TRUE(test::eventually(io, [this] { return handler.messages.size() == 1; }));
  test::on(io, [this] { socket->send("back"); });
  EXPECT_EQ(peer.bytes(6),
            "\x81\x04"
            "back");
}

TEST_F(HttpUpgrade, LosesNoFrameThatCameRightBehindTheRequest) {
  serve([this](http_request, http_responder responder) {
    responder.upgrade({}, [this](auto made) { take(std::move(made)); });
  });
  auto peer = connect();
  peer.say(std::string{upgrade_request} + frame("one") + frame("two") + frame("three").substr(0, 5));
  peer.until("\r\n\r\n");
  peer.say(frame("three").substr(5));
  EXPECT_TRUE(test::eventually(io, [this] { return handler.messages.size() == 3; }));
  EXPECT_THAT(messages(), ElementsAre("one", "two", "three"));
}

TEST_F(HttpUpgrade, LosesNoFrameThatCameWhileTheAnswerWasDecidedElsewhere) {
  std::thread decides;
  std::promise<void> frames_sent;
  serve([&](http_request, http_responder responder) {
    decides = std::thread{[&, r = std::move(responder)]() mutable {
      frames_sent.get_future().wait();
      r.upgrade({}, [this](auto made) { socket = std::move(made); });
    }};
  });
  auto peer = connect();
  peer.say(upgrade_request);
  for (int i = 0; i < 1000; ++i) peer.say(frame(std::to_string(i) + std::string(50, '.')));
  frames_sent.set_value();
  EXPECT_TRUE(test::eventually(io, [this] { return socket != nullptr; }));
  // Nothing is read before the socket is started, and nothing of it is lost.
  peer.say(frame("last"));
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  test::on(io, [this] { socket->start(handler); });
  EXPECT_TRUE(test::eventually(io, [this] { return handler.messages.size() == 1001; }));
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_THAT(messages()[i], StartsWith(std::to_string(i) + "."));
  EXPECT_EQ(messages().back(), "last");
  decides.join();
}

TEST_F(HttpUpgrade, RefusesInPlainHttpAndKeepsTheConnection) {
  serve([](http_request, http_responder responder) { responder.respond(make_response(403, "", "")); });
  auto peer = connect();
  peer.say(std::string{upgrade_request} + std::string{upgrade_request});
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 403 Forbidden\r\n"));
}

TEST_F(HttpUpgrade, AnswersWithAnErrorWhenNobodyAskedForIt) {
  bool null = false;
  serve([&](http_request, http_responder responder) {
    responder.upgrade({}, [&](auto made) { null = made == nullptr; });
  });
  auto peer = connect();
  peer.say(get("/"));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 500 "));
  EXPECT_TRUE(test::eventually(io, [&] { return null; }));
}

TEST_F(HttpUpgrade, SaysSoWhenTheConnectionIsGone) {
  std::vector<http_responder> held;
  serve([&](http_request, http_responder responder) { held.push_back(std::move(responder)); });
  auto peer = connect();
  peer.say(upgrade_request);
  EXPECT_TRUE(test::eventually(io, [&] { return held.size() == 1; }));
  peer.reset();
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 0; }));
  std::promise<bool> null;
  held[0].upgrade({}, [&](auto made) { null.set_value(made == nullptr); });
  EXPECT_TRUE(null.get_future().get());
  held.clear();
}

TEST_F(HttpUpgrade, CountsAWebSocketAmongTheConnectionsAndLeavesItAloneWhenTheyAreCut) {
  limits.max_connections = 1;
  serve([this](http_request, http_responder responder) {
    responder.upgrade({}, [this](auto made) { take(std::move(made)); });
  });
  auto peer = connect();
  peer.say(upgrade_request);
  peer.until("\r\n\r\n");
  EXPECT_TRUE(connect().ends()) << "one is all there is room for";
  server->close_connections();
  test::on(io, [this] { server.reset(); });
  peer.say(frame("still here"));
  EXPECT_TRUE(test::eventually(io, [this] { return handler.messages.size() == 1; }));
}

TEST_F(HttpUpgrade, GivesTheRoomBackWhenTheWebSocketIsLetGo) {
  serve([this](http_request, http_responder responder) {
    responder.upgrade({}, [this](auto made) { take(std::move(made)); });
  });
  auto peer = connect();
  peer.say(upgrade_request);
  peer.until("\r\n\r\n");
  EXPECT_EQ(stats().open, 1U);
  peer.close();
  EXPECT_TRUE(test::eventually(io, [this] { return handler.end.has_value(); }));
  test::on(io, [this] { socket.reset(); });
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 0; }));
}

}  // namespace
}  // namespace tonris::net
