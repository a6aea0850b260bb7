#include "net/websocket_stream.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <array>
#include <boost/asio/io_context.hpp>

#include "net/websocket_frame.hpp"
#include "websocket_fixture.hpp"

namespace tonris::net::test {
namespace {

using testing::ElementsAre;

/// Two of our WebSockets, the server's and the client's, over one connection.
class WebSocket : public StreamPair {
 protected:
  void TearDown() override {
    on(io, [this] {
      for (auto* socket : {&server, &client}) {
        if (!*socket) continue;
        (*socket)->detach();
        (*socket)->abort();
        socket->reset();
      }
      return 0;
    });
    StreamPair::TearDown();
  }

  void start(const websocket_limits& at_server_limits = {}, const websocket_limits& at_client_limits = {},
             std::string early = {}) {
    on(io, [&] {
      server = make_websocket(there, websocket_role::server, at_server_limits, std::move(early));
      client = make_websocket(here, websocket_role::client, at_client_limits, {});
      server->start(at_server);
      client->start(at_client);
      return 0;
    });
  }

  /// Only the server speaks our WebSocket; bytes are written at the other end by hand.
  void start_server(const websocket_limits& limits = {}) {
    on(io, [&] {
      server = make_websocket(there, websocket_role::server, limits, {});
      server->start(at_server);
      here->read_to(raw);
      return 0;
    });
  }

  bool both_ended() {
    return eventually(io, [this] { return at_server.end && at_client.end; });
  }

  collecting_handler at_server;
  collecting_handler at_client;
  collecting_reader raw;
  std::shared_ptr<websocket> server;
  std::shared_ptr<websocket> client;
};

INSTANTIATE_TEST_SUITE_P(Over, WebSocket, testing::Values(transport::tcp, transport::tls), to_name);

std::string masked(opcode what, std::string payload, bool fin = true) {
  const mask_key key{'k', '3', 'y', '!'};
  auto header = make_frame_header(what, payload.size(), key);
  if (!fin) header.bytes[0] = static_cast<char>(header.bytes[0] & 0x7F);
  apply_mask(payload, key);
  return std::string{header.view()} + payload;
}

TEST_P(WebSocket, CarriesTextBothWaysInOrder) {
  start();
  on(io, [this] {
    EXPECT_TRUE(client->send("one"));
    EXPECT_TRUE(client->send("t", "w", "o"));
    EXPECT_TRUE(client->send_both("th", "r", "ee", "four"));
    EXPECT_TRUE(server->send_both("a", "", "b", "c"));
    EXPECT_TRUE(server->send(""));
    return 0;
  });
  EXPECT_TRUE(eventually(io, [this] { return at_server.messages.size() == 4 && at_client.messages.size() == 3; }));
  EXPECT_THAT(at_server.messages, ElementsAre("one", "two", "three", "four"));
  EXPECT_THAT(at_client.messages, ElementsAre("ab", "c", ""));
}

TEST_P(WebSocket, CarriesBigMessagesWhole) {
  websocket_limits wide;
  wide.max_message_bytes = wide.max_queued_bytes = 8 << 20;
  start(wide, wide);
  const std::string big(4 << 20, 'b');
  on(io, [&] { return client->send(big) && server->send(big, "x"); });
  ASSERT_TRUE(eventually(io, [this] { return at_server.messages.size() == 1 && at_client.messages.size() == 1; }));
  EXPECT_EQ(at_server.messages[0], big);
  EXPECT_EQ(at_client.messages[0], big + "x");
}

TEST_P(WebSocket, DeliversFirstWhatCameWithTheHandshake) {
  start({}, {}, masked(opcode::text, "early") + masked(opcode::text, "bird").substr(0, 5));
  EXPECT_TRUE(eventually(io, [this] { return at_server.messages.size() == 1; }));
  on(io, [this] { return say(*here, masked(opcode::text, "bird").substr(5)); });
  EXPECT_TRUE(eventually(io, [this] { return at_server.messages.size() == 2; }));
  EXPECT_THAT(at_server.messages, ElementsAre("early", "bird"));
}

TEST_P(WebSocket, ClosesWithCodeAndReason) {
  start();
  on(io, [this] {
    EXPECT_TRUE(client->send("last"));
    client->close(1000, "done");
    client->close(1001, "again");
    EXPECT_FALSE(client->open());
    EXPECT_FALSE(client->send("too late"));
    return 0;
  });
  ASSERT_TRUE(both_ended());
  EXPECT_THAT(at_server.messages, ElementsAre("last"));
  EXPECT_EQ(at_server.end->why, errc::closed);
  EXPECT_EQ(at_server.end->close_code, 1000);
  EXPECT_EQ(at_server.end->reason, "done");
  EXPECT_EQ(at_client.end->why, errc::aborted);
  EXPECT_EQ(at_client.end->close_code, 1000);
}

TEST_P(WebSocket, BothMayCloseAtOnce) {
  start();
  on(io, [this] {
    client->close(1000);
    server->close(1001);
    return 0;
  });
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(at_server.end->why, errc::aborted);
  EXPECT_EQ(at_server.end->close_code, 1001);
  EXPECT_EQ(at_client.end->why, errc::aborted);
  EXPECT_EQ(at_client.end->close_code, 1000);
}

TEST_P(WebSocket, APeerThatDoesNotAnswerTheCloseIsCutOff) {
  websocket_limits limits;
  limits.close_handshake = 50ms;
  start_server(limits);
  on(io, [this] {
    server->close(1000, "bye");
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_server.end && raw.ended; }));
  EXPECT_EQ(at_server.end->why, errc::aborted);
  EXPECT_EQ(at_server.end->close_code, 1006);
  EXPECT_EQ(raw.received,
            "\x88\x05\x03\xE8"
            "bye");
}

TEST_P(WebSocket, ACloseWithoutCodeIs1005AndAnsweredWithoutCode) {
  start_server();
  on(io, [this] { return say(*here, masked(opcode::close, "")); });
  ASSERT_TRUE(eventually(io, [this] { return at_server.end && raw.ended; }));
  EXPECT_EQ(at_server.end->why, errc::closed);
  EXPECT_EQ(at_server.end->close_code, 1005);
  EXPECT_EQ(raw.received, std::string("\x88\x00", 2));
  EXPECT_EQ(raw.end_code, errc::closed);
}

TEST_P(WebSocket, CloseWith1005TellsNoCode) {
  start();
  on(io, [this] {
    server->close(1005, "unsaid");
    return 0;
  });
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(at_client.end->why, errc::closed);
  EXPECT_EQ(at_client.end->close_code, 1005);
  EXPECT_EQ(at_client.end->reason, "");
  EXPECT_EQ(at_server.end->why, errc::aborted);
  EXPECT_EQ(at_server.end->close_code, 1005);
}

TEST_P(WebSocket, AConnectionThatBreaksIs1006) {
  start_server();
  on(io, [this] {
    here->abort();
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_server.end.has_value(); }));
  EXPECT_EQ(at_server.end->why, errc::reset);
  EXPECT_EQ(at_server.end->close_code, 1006);
}

TEST_P(WebSocket, AnOrderlyFinWithoutACloseFrameIs1006Too) {
  start_server();
  on(io, [this] {
    here->close_when_written();
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_server.end.has_value(); }));
  EXPECT_EQ(at_server.end->why, errc::reset);
}

TEST_P(WebSocket, AnswersPingsEvenInTheMiddleOfAFragmentedMessage) {
  start_server();
  on(io, [this] {
    return say(*here,
               masked(opcode::text, "half", false) + masked(opcode::ping, "now") + masked(opcode::continuation, "way"));
  });
  ASSERT_TRUE(eventually(io, [this] { return at_server.messages.size() == 1 && raw.received.size() == 5; }));
  EXPECT_THAT(at_server.messages, ElementsAre("halfway"));
  EXPECT_EQ(raw.received, "\x8A\x03now");
}

struct offence {
  std::string name;
  std::string bytes;
  errc why;
  std::uint16_t code;
};

TEST_P(WebSocket, EndsAnOffenderWithTheRightCode) {
  const std::vector<offence> offences{
      {"unmasked", std::string{make_frame_header(opcode::text, 1).view()} + "x", errc::protocol_error, 1002},
      {"reserved bit", "\xC1" + masked(opcode::text, "x").substr(1), errc::protocol_error, 1002},
      {"unknown opcode", "\x83" + masked(opcode::text, "x").substr(1), errc::protocol_error, 1002},
      {"long ping", masked(opcode::ping, std::string(126, 'p')), errc::protocol_error, 1002},
      {"fragmented ping", masked(opcode::ping, "p", false), errc::protocol_error, 1002},
      {"stray continuation", masked(opcode::continuation, "x"), errc::protocol_error, 1002},
      {"binary", masked(opcode::binary, "x"), errc::not_text, 1003},
      {"latin-1", masked(opcode::text, "caf\xE9"), errc::bad_utf8, 1007},
      {"too big", masked(opcode::text, std::string(2000, 'x')), errc::too_big, 1009},
      {"too big in pieces",
       masked(opcode::text, std::string(600, 'x'), false) + masked(opcode::continuation, std::string(600, 'x')),
       errc::too_big, 1009},
      {"garbage", "GET / HTTP/1.1\r\n\r\n", errc::protocol_error, 1002},
      {"close with one byte", masked(opcode::close, "x"), errc::protocol_error, 1002},
      {"close with 1005", masked(opcode::close, "\x03\xED"), errc::protocol_error, 1002},
  };
  websocket_limits small;
  small.max_message_bytes = 1000;
  for (const auto& row : offences) {
    SCOPED_TRACE(row.name);
    open();
    at_server = {};
    raw = {};
    start_server(small);
    on(io, [&] { return say(*here, row.bytes + masked(opcode::text, "never seen")); });
    ASSERT_TRUE(eventually(io, [this] { return at_server.end && raw.ended; }));
    EXPECT_EQ(at_server.end->why, row.why);
    EXPECT_EQ(at_server.end->close_code, row.code);
    EXPECT_THAT(at_server.messages, ElementsAre());
    const std::string close{'\x88', '\x02', static_cast<char>(row.code >> 8), static_cast<char>(row.code & 0xFF)};
    EXPECT_EQ(raw.received, close);
    EXPECT_EQ(raw.end_code, errc::closed);
  }
}

TEST_P(WebSocket, AServerThatMasksIsRefusedByTheClient) {
  on(io, [this] {
    client = make_websocket(here, websocket_role::client, {}, {});
    client->start(at_client);
    there->read_to(raw);
    return say(*there, masked(opcode::text, "x"));
  });
  ASSERT_TRUE(eventually(io, [this] { return at_client.end.has_value(); }));
  EXPECT_EQ(at_client.end->why, errc::protocol_error);
}

TEST_P(WebSocket, APeerThatDoesNotReadIsCutOffWhenTheQueueIsFull) {
  websocket_limits limits;
  limits.max_queued_bytes = 100'000;
  start_server(limits);
  const bool refused = on(io, [this] {
    here->pause_reading();
    const std::string message(50'000, 'm');
    int sent = 0;
    while (sent < 2000 && server->send(message)) ++sent;
    EXPECT_GT(sent, 1);
    EXPECT_FALSE(at_server.end) << "told from within";
    EXPECT_FALSE(server->send("x"));
    return sent < 2000;
  });
  EXPECT_TRUE(refused);
  ASSERT_TRUE(eventually(io, [this] { return at_server.end.has_value(); }));
  EXPECT_EQ(at_server.end->why, errc::slow_peer);
}

TEST_P(WebSocket, TellsWhenTheQueueHasDrained) {
  start_server();
  on(io, [this] {
    here->pause_reading();
    while (server->queued_bytes() == 0 && server->send(std::string(60'000, 'm'))) {
    }
    EXPECT_EQ(at_server.drained, 0);
    here->resume_reading();
    return 0;
  });
  EXPECT_TRUE(eventually(io, [this] { return at_server.drained == 1 && server->queued_bytes() == 0; }));
  EXPECT_FALSE(at_server.end);
}

TEST_P(WebSocket, PausingHoldsBackEvenMessagesThatCameInOnePiece) {
  start_server();
  at_server.each = [this](std::string_view) { server->pause_reading(); };
  on(io,
     [this] { return say(*here, masked(opcode::text, "1") + masked(opcode::text, "2") + masked(opcode::text, "3")); });
  for (std::size_t seen = 1; seen <= 3; ++seen) {
    ASSERT_TRUE(eventually(io, [&] { return at_server.messages.size() == seen; }));
    std::this_thread::sleep_for(5ms);
    on(io, [&] {
      EXPECT_EQ(at_server.messages.size(), seen);
      server->resume_reading();
      EXPECT_EQ(at_server.messages.size(), seen) << "delivered from within";
      return 0;
    });
  }
  EXPECT_THAT(at_server.messages, ElementsAre("1", "2", "3"));
}

TEST_P(WebSocket, EndsASilentPeerAndNotABusyOne) {
  websocket_limits limits;
  limits.idle = 150ms;
  start_server(limits);
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(30ms);
    on(io, [this] { return say(*here, masked(opcode::text, "still here")); });
  }
  EXPECT_FALSE(on(io, [this] { return at_server.end.has_value(); }));
  ASSERT_TRUE(eventually(io, [this] { return at_server.end.has_value(); }));
  EXPECT_EQ(at_server.end->why, errc::idle_timeout);
}

TEST_P(WebSocket, PingsAQuietPeerWhosePongsKeepItAlive) {
  websocket_limits limits;
  limits.ping_every = 20ms;
  limits.idle = 300ms;
  start(limits);
  std::this_thread::sleep_for(500ms);
  EXPECT_FALSE(on(io, [this] { return at_server.end.has_value() || at_client.end.has_value(); }));
}

TEST_P(WebSocket, AnAbortIsToldOnceFromTheLoopAndBreaksThePeer) {
  start();
  on(io, [this] {
    server->abort();
    server->abort();
    EXPECT_FALSE(at_server.end);
    EXPECT_FALSE(server->send("x"));
    return 0;
  });
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(at_server.end->why, errc::aborted);
  EXPECT_EQ(at_client.end->why, errc::reset);
}

TEST_P(WebSocket, ADetachedHandlerHearsNothing) {
  start();
  on(io, [this] {
    server->detach();
    return client->send("unheard");
  });
  on(io, [this] {
    client->close(1000);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_client.end.has_value(); }));
  EXPECT_TRUE(at_server.messages.empty());
  EXPECT_FALSE(at_server.end);
}

TEST_P(WebSocket, AHandlerMayDoAnythingFromWithin) {
  for (int what = 0; what < 4; ++what) {
    SCOPED_TRACE(what);
    open();
    at_server = {};
    raw = {};
    at_server.each = [&](std::string_view) {
      if (what == 0) server->abort();
      if (what == 1) server->close(1000);
      if (what == 2) server->detach();
      if (what == 3) server->send("echo");
      server = nullptr;
    };
    start_server();
    std::weak_ptr<websocket> gone = server;
    std::weak_ptr<byte_stream> stream_gone = there;
    there = nullptr;
    on(io, [this] { return say(*here, masked(opcode::text, "1") + masked(opcode::close, "\x03\xE8")); });
    ASSERT_TRUE(eventually(io, [&] { return gone.expired() && raw.ended; }));
    EXPECT_EQ(at_server.messages.size(), 1U);
    on(io, [this] {
      here->abort();
      return 0;
    });
    EXPECT_TRUE(eventually(io, [&] { return stream_gone.expired(); }));
    EXPECT_EQ(at_server.end.has_value(), what != 2);
  }
}

TEST_P(WebSocket, TheOwnerMayDropItAfterCloseBeforeItEverStarted) {
  std::weak_ptr<websocket> gone;
  on(io, [&] {
    here->read_to(raw);
    auto socket = make_websocket(there, websocket_role::server, {}, {});
    gone = socket;
    there = nullptr;
    socket->close(1008, "bad ticket");
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return raw.received.size() == 14; }));
  on(io, [this] { return say(*here, masked(opcode::close, "\x03\xF0")); });
  EXPECT_TRUE(eventually(io, [&] { return gone.expired() && raw.ended; }));
}

TEST(WebSocketAlone, IsFreedThoughItsLoopStopsInTheMomentOfItsEnd) {
  std::weak_ptr<websocket> gone;
  collecting_handler told;
  {
    loop io{"stops"};
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    {
      auto socket = make_websocket(make_stream<socket_stream>(io, ends[0]), websocket_role::server, {}, {});
      socket->start(told);
      gone = socket;
    }
    told.at_end = [&] { io.context().stop(); };
    ::close(ends[1]);
    io.context().run();
    EXPECT_TRUE(told.end);
    EXPECT_FALSE(gone.expired()) << "it is told from its own callback";
  }
  EXPECT_TRUE(gone.expired());
}

}  // namespace
}  // namespace tonris::net::test
