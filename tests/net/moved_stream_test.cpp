#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "net/websocket_frame.hpp"
#include "net/websocket_stream.hpp"
#include "websocket_fixture.hpp"

namespace tonris::net::test {
namespace {

using testing::ElementsAre;

/// A connection whose accepted end leaves its loop for another one.
class MovedStream : public StreamPair {
 protected:
  void SetUp() override {
    StreamPair::SetUp();
    other.start();
  }
  void TearDown() override {
    on(other, [this] {
      if (socket) {
        socket->detach();
        socket->abort();
      }
      if (moved) moved->abort();
      socket = nullptr;
      moved = nullptr;
      return 0;
    });
    on(io, [this] {
      here->detach();
      there->detach();
      return 0;
    });
    StreamPair::TearDown();
    other.stop();
  }
  void move_there() {
    auto left = on(io, [this] { return there->leave_loop(); });
    ASSERT_TRUE(left);
    on(other, [&] {
      moved = left(other);
      return 0;
    });
  }
  void move_websocket(std::string early = {}) {
    on(io, [&] {
      make_websocket(there, websocket_role::server, {}, std::move(early))->move_to(other, [this](auto now) {
        socket = std::move(now);
        is_told = true;
        if (socket) socket->start(at_socket);
      });
      return 0;
    });
    ASSERT_TRUE(eventually(other, [this] { return is_told; }));
  }

  loop other{"other-io"};
  collecting_reader at_here, at_there, at_moved;
  collecting_handler at_socket;
  std::shared_ptr<byte_stream> moved;
  std::shared_ptr<websocket> socket;
  bool is_told = false;
};

INSTANTIATE_TEST_SUITE_P(Over, MovedStream, testing::Values(transport::tcp, transport::tls), to_name);

std::string masked(const std::string& text) {
  const mask_key key{'k', '3', 'y', '!'};
  auto payload = text;
  apply_mask(payload, key);
  return std::string{make_frame_header(opcode::text, text.size(), key).view()} + payload;
}

TEST_P(MovedStream, LosesNothingEitherWay) {
  const std::string big(4 << 20, 'q');
  at_there.each = [this] { there->pause_reading(); };  // what came with the first piece is held
  on(io, [&] {
    here->read_to(at_here);
    there->read_to(at_there);
    here->pause_reading();
    EXPECT_TRUE(say(*here, "first"));
    EXPECT_TRUE(say(*here, "second"));
    EXPECT_TRUE(say(*there, big));
    EXPECT_GT(there->queued_bytes(), 0U);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_there.reads == 1; }));
  move_there();
  on(io, [this] {
    here->resume_reading();
    return say(*here, "third");
  });
  on(other, [this] {
    moved->read_to(at_moved);
    EXPECT_EQ(&moved->on_loop(), &other);
    EXPECT_EQ(moved->secure(), GetParam() == transport::tls);
    return say(*moved, "tail");
  });
  EXPECT_TRUE(eventually(io, [&] { return at_here.received.size() == big.size() + 4; }));
  EXPECT_TRUE(at_here.received.ends_with("qtail"));
  EXPECT_TRUE(eventually(other, [this] { return at_moved.received.ends_with("third"); }));
  EXPECT_EQ(at_there.received + at_moved.received, "firstsecondthird");
  EXPECT_FALSE(at_there.ended);
}

TEST_P(MovedStream, EndsForItsPeerWhereNobodyTakesItUp) {
  on(io, [this] {
    here->read_to(at_here);
    EXPECT_TRUE(there->leave_loop());  // and drops it
    return 0;
  });
  EXPECT_TRUE(eventually(io, [this] { return at_here.ended; }));
}

TEST_P(MovedStream, DoesNotLeaveWhenItIsOver) {
  on(io, [this] {
    there->abort();
    EXPECT_FALSE(there->leave_loop());
    return 0;
  });
}

TEST_P(MovedStream, IsAWebSocketThatHasHeardNothingMeanwhile) {
  on(io, [this] {
    here->read_to(at_here);
    return say(*here, masked("between"));
  });
  move_websocket(masked("early"));
  on(io, [this] { return say(*here, masked("late")); });
  EXPECT_TRUE(eventually(other, [this] { return at_socket.messages.size() == 3; }));
  EXPECT_THAT(at_socket.messages, ElementsAre("early", "between", "late"));
  on(other, [this] {
    EXPECT_EQ(&socket->on_loop(), &other);
    return socket->send("back");
  });
  EXPECT_TRUE(eventually(io, [this] { return at_here.received.ends_with("back"); }));
}

TEST_P(MovedStream, IsNoWebSocketWhereTheConnectionBroke) {
  on(io, [this] {
    there->abort();
    return 0;
  });
  move_websocket();
  EXPECT_FALSE(socket);
}

/// As a server's place does, the stream may hold something that belongs to its loop.
TEST_P(MovedStream, GivesItsPlaceBackOnTheLoopItCameFrom) {
  bool given_back = false, on_its_loop = false;
  on(io, [&] {
    auto* const raw = there.get();
    std::shared_ptr<byte_stream> placed{raw, [&, held = there](byte_stream*) {
                                          on_its_loop = io.on_thread();
                                          given_back = true;
                                        }};
    make_websocket(std::move(placed), websocket_role::server, {}, {})->move_to(other, [this](auto now) {
      socket = std::move(now);
      socket->start(at_socket);
    });
    return 0;
  });
  ASSERT_TRUE(eventually(other, [this] { return socket != nullptr; }));
  EXPECT_FALSE(on(io, [&] { return given_back; }));
  on(other, [this] {
    socket->detach();
    socket->abort();
    socket = nullptr;
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return given_back; }));
  EXPECT_TRUE(on_its_loop);
}

}  // namespace
}  // namespace tonris::net::test
