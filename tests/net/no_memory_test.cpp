// What is thrown in a loop's callback ends what it belongs to, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dirent.h>

#include "allocations.hpp"
#include "net/caught.hpp"
#include "net/websocket_stream.hpp"
#include "tests/net/http_server_fixture.hpp"
#include "websocket_fixture.hpp"

namespace tonris::net::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class NoMemory : public ServerTest {
 protected:
  /// The loop's allocation of that number from now on fails.
  void fail(long number) {
    on(io, [number] {
      fail_allocation(number);
      return 0;
    });
  }
  static std::size_t open_descriptors() {
    std::size_t count = 0;
    const std::unique_ptr<DIR, int (*)(DIR*)> all{::opendir("/proc/self/fd"), ::closedir};
    while (::readdir(all.get())) ++count;
    return count;
  }
  bool serves() {
    auto peer = connect();
    peer.say(get("/"));
    return peer.message().starts_with("HTTP/1.1 200 ");
  }
};

TEST_F(NoMemory, AtAnyPointOfAConnectionCostsThatConnectionAlone) {
  serve();
  auto neighbour = connect();
  neighbour.say(get("/neighbour"));
  neighbour.message();
  ASSERT_TRUE(serves());
  EXPECT_TRUE(eventually(io, [this] { return stats().open == 1; }));
  const auto descriptors = open_descriptors();
  const auto before = exceptions_caught().count;
  for (long number = 1; number <= 80; ++number) {
    fail(number);
    {
      auto peer = connect();
      peer.say(post("/", std::string(2000, 'b')) + get("/"));
      // Answered, or ended: never left alone.
      if (peer.message().starts_with("HTTP/1.1 200 ")) peer.message();
    }
    fail(0);
    ASSERT_TRUE(serves()) << number;
  }
  EXPECT_GT(exceptions_caught().count, before + 10);
  EXPECT_EQ(exceptions_caught().last, "std::bad_alloc");
  neighbour.say(get("/still"));
  EXPECT_THAT(neighbour.message(), testing::EndsWith("GET /still "));
  EXPECT_TRUE(eventually(io, [this] { return stats().open == 1; })) << stats().open;
  EXPECT_LE(open_descriptors(), descriptors + 1);
}

TEST_F(NoMemory, AtAnyPointOfAnAnswerFromAnotherThreadCostsThatConnectionAlone) {
  std::mutex lock;
  std::vector<http_responder> waiting;
  serve([&](http_request request, http_responder responder) {
    if (request.target != "/later") return echo(std::move(request), std::move(responder));
    const std::scoped_lock held{lock};
    waiting.push_back(std::move(responder));
  });
  for (long number = 1; number <= 8; ++number) {
    auto peer = connect();
    peer.say(get("/later"));
    ASSERT_TRUE(eventually(io, [&] {
      const std::scoped_lock held{lock};
      return waiting.size() == 1;
    }));
    auto responder = std::move(waiting[0]);
    waiting.clear();
    auto answer = make_response(200, "text/plain", std::string(1000, 'x'));
    if (number % 2 == 0) fail((number + 1) / 2);
    if (number % 2 != 0) fail_allocation((number + 1) / 2);
    responder.respond(std::move(answer));
    fail_allocation(0);
    EXPECT_THAT(peer.message(), testing::AnyOf(StartsWith("HTTP/1.1 200 "), "")) << number;
    fail(0);
    ASSERT_TRUE(serves()) << number;
  }
}

/// Fails in each of a stream's callbacks in turn.
struct throwing_reader : byte_reader {
  void on_bytes(std::span<char>) override {
    if (where == "bytes") throw std::runtime_error{"of the reader"};
  }
  void on_end(const error& why) override {
    ended = why.code;
    if (where == "end") throw std::runtime_error{"of the reader's end"};
  }
  std::string where;
  std::optional<errc> ended;
};

class StreamThatThrows : public StreamPair {};

INSTANTIATE_TEST_SUITE_P(Over, StreamThatThrows, testing::Values(transport::tcp, transport::tls), to_name);

TEST_P(StreamThatThrows, EndsByItAndTheLoopGoesOn) {
  for (const auto* const where : {"bytes", "end"}) {
    throwing_reader at_there;
    collecting_reader at_here;
    at_there.where = where;
    const auto before = exceptions_caught().count;
    on(io, [&] {
      there->read_to(at_there);
      here->read_to(at_here);
      if (at_there.where == "end") return here->close_when_written(), true;
      return say(*here, "something");
    });
    ASSERT_TRUE(eventually(io, [&] { return at_there.ended.has_value() && at_here.ended; })) << where;
    EXPECT_EQ(*at_there.ended, at_there.where == "bytes" ? errc::internal : errc::closed);
    EXPECT_GE(exceptions_caught().count, before + 1);
    EXPECT_THAT(exceptions_caught().last, StartsWith("of the reader"));
    on(io, [this] {
      here->abort();
      there->abort();
      return 0;
    });
    listening = nullptr;
    open();
  }
}

class WebSocketWithoutMemory : public StreamPair {};

INSTANTIATE_TEST_SUITE_P(Over, WebSocketWithoutMemory, testing::Values(transport::tcp, transport::tls), to_name);

TEST_P(WebSocketWithoutMemory, EndsByItAndTellsItsHandler) {
  collecting_handler at_server, at_client;
  std::shared_ptr<websocket> server, client;
  on(io, [&] {
    server = make_websocket(there, websocket_role::server, {}, {});
    client = make_websocket(here, websocket_role::client, {}, {});
    server->start(at_server);
    client->start(at_client);
    at_server.each = [](std::string_view) { throw std::bad_alloc{}; };
    return client->send("a");
  });
  ASSERT_TRUE(eventually(io, [&] { return at_server.end && at_client.end; }));
  EXPECT_EQ(at_server.end->why, errc::internal);
  EXPECT_EQ(at_client.end->why, errc::reset);
  on(io, [&] {
    server = client = nullptr;
    return 0;
  });
}

TEST(LoopThatCatches, GoesOnBehindWorkTimersAndTicksThatThrow) {
  loop io{"catches"};
  io.start();
  const auto before = exceptions_caught().count;
  io.post([] { throw std::runtime_error{"posted"}; });
  int ticks = 0;
  bool fired = false;
  std::unique_ptr<timer> throwing, other;
  std::unique_ptr<ticker> each;
  on(io, [&] {
    throwing = std::make_unique<timer>(io);
    throwing->after(1ms, [] { throw 42; });
    other = std::make_unique<timer>(io);
    other->after(5ms, [&] { fired = true; });
    each = std::make_unique<ticker>(io, 1ms, [&](auto) {
      ++ticks;
      throw std::runtime_error{"a tick"};
    });
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return fired && ticks >= 3; }));
  EXPECT_GE(exceptions_caught().count, before + 5);
  on(io, [&] {
    throwing = nullptr;
    other = nullptr;
    each = nullptr;
    return 0;
  });
  io.stop();
}

}  // namespace
}  // namespace tonris::net::test
