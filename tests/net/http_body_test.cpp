// Bodies: how much of one a route takes, and those that stream in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/caught.hpp"
#include "tests/net/http_server_fixture.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::on;
using test::raw_peer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Takes a body, and answers with how it ended.
struct taker : http_body_reader {
  explicit taker(http_responder of) : responder{std::move(of)}, source{responder.body()} {}
  bool on_body(std::string_view bytes) override {
    body += bytes;
    if (throws) throw std::runtime_error{"of the body's reader"};
    if (answers_at_once) responder.respond(make_response(403, "", "enough"));
    return !holds;
  }
  void on_body_end(std::optional<errc> why) override {
    ended = true;
    failed = why;
    if (!why) responder.respond(make_response(200, "", "took " + std::to_string(body.size())));
    if (why && answers_failures) responder.respond(make_response(422, "", "mine"));
  }

  http_responder responder;
  http_body_stream source;
  std::string body;
  std::optional<errc> failed;
  bool ended = false;
  bool holds = false;
  bool throws = false;
  bool answers_at_once = false;
  bool answers_failures = false;
};

class HttpBody : public test::ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    limits.body_plan = [](const http_request& head) {
      EXPECT_EQ(head.body, "");
      if (head.target == "/small") return http_body_plan{10, false};
      if (head.target == "/large") return http_body_plan{1'000'000, false};
      return http_body_plan{64'000'000, head.target.starts_with("/stream")};
    };
  }
  void TearDown() override {
    on(io, [this] { taken = nullptr; });
    ServerTest::TearDown();
  }
  void serve_taker() {
    serve([this](http_request request, http_responder responder) {
      if (!request.streamed) return echo(std::move(request), std::move(responder));
      EXPECT_EQ(request.body, "");
      taken = std::make_shared<taker>(std::move(responder));
      if (prepare) prepare(*taken);
      if (request.target == "/stream") taken->source.read_to(taken);
    });
  }
  static std::string head(const std::string& fields, const std::string& target = "/stream") {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  }
  static std::string sized(std::size_t size) { return head("Content-Length: " + std::to_string(size) + "\r\n"); }
  static std::string chunked(std::string_view body, std::size_t size) {
    std::string bytes = head("Transfer-Encoding: chunked\r\n");
    for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
      std::array<char, 16> line{};
      std::snprintf(line.data(), line.size(), "%zx\r\n", std::min(size, body.size()));
      bytes.append(line.data()).append(body.substr(0, size)).append("\r\n");
    }
    return bytes + "0\r\n\r\n";
  }
  bool is_taken(std::size_t bytes) {
    return eventually(io, [&] { return taken && taken->body.size() == bytes; });
  }
  bool has_failed(errc why) {
    return eventually(io, [&] { return taken && taken->ended && taken->failed == why; });
  }

  std::shared_ptr<taker> taken;
  std::function<void(taker&)> prepare;
};

TEST_F(HttpBody, IsAsLargeAsItsRouteAllows) {
  serve();
  struct row {
    std::string target;
    std::size_t size;
    std::string status;
  };
  for (const auto& [target, size, status] : std::vector<row>{{"/small", 10, "200"},
                                                             {"/small", 11, "413"},
                                                             {"/large", 11, "200"},
                                                             {"/large", 1'000'000, "200"},
                                                             {"/large", 1'000'001, "413"}}) {
    auto peer = connect();
    peer.say(post(target, std::string(size, 'x')));
    EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 " + status + " ")) << target << ' ' << size;
  }
  auto peer = connect();
  peer.say(head("Transfer-Encoding: chunked\r\n", "/small") + "6\r\nabcdef\r\n6\r\n");
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(stats().oversize, 3U);
}

TEST_F(HttpBody, StreamsInHoweverItIsFramed) {
  serve_taker();
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i) + ' ';
  const std::vector<std::string> requests{sized(body.size()) + body, chunked(body, 100'000), chunked(body, 777)};
  auto peer = connect();
  for (const auto& request : requests) {
    std::thread sender{[&] { peer.say(request + get("/next")); }};
    EXPECT_THAT(peer.message(), EndsWith("\r\n\r\ntook " + std::to_string(body.size())));
    EXPECT_THAT(peer.message(), EndsWith("GET /next "));
    sender.join();
    on(io, [&] { EXPECT_TRUE(taken->body == body); });
  }
  EXPECT_EQ(stats().accepted, 1U);
  EXPECT_EQ(stats().requests, 6U);
}

TEST_F(HttpBody, StreamsInThroughTlsAsWell) {
  const test::tls_pair tls;
  serve(
      [this](http_request, http_responder responder) {
        taken = std::make_shared<taker>(std::move(responder));
        taken->source.read_to(taken);
      },
      tls.server);
  std::shared_ptr<byte_stream> client;
  std::unique_ptr<dial_attempt> attempt;
  test::collecting_reader reader;
  on(io, [&] {
    attempt = dial(io, tls.client, url{"https", "127.0.0.1", server->port(), "/"}, 5s, 5s,
                   [&](result<std::shared_ptr<byte_stream>> made) {
                     client = std::move(made.value());
                     client->read_to(reader);
                     const std::string body(1'000'000, 'x');
                     client->write(std::array<std::string_view, 2>{sized(body.size()), body});
                   });
  });
  EXPECT_TRUE(eventually(io, [&] { return reader.received.ends_with("took 1000000"); }));
  on(io, [&] {
    client->detach();
    client->abort();
    client = nullptr;
    attempt = nullptr;
  });
}

TEST_F(HttpBody, ThatIsEmptyEndsAtOnce) {
  serve_taker();
  auto peer = connect();
  for (const std::string fields : {"", "Content-Length: 0\r\n"}) {
    peer.say(head(fields));
    EXPECT_THAT(peer.message(), EndsWith("took 0"));
  }
  peer.say(chunked("", 1));
  EXPECT_THAT(peer.message(), EndsWith("took 0"));
}

TEST_F(HttpBody, IsAskedForWhenSomebodyWillTakeIt) {
  serve_taker();
  auto peer = connect();
  peer.say(head("Content-Length: 3\r\nExpect: 100-continue\r\n", "/stream-later"));
  EXPECT_TRUE(eventually(io, [this] { return taken != nullptr; }));
  EXPECT_FALSE(peer.readable(50ms));
  on(io, [this] { taken->source.read_to(taken); });
  EXPECT_EQ(peer.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.say("abc");
  EXPECT_THAT(peer.message(), EndsWith("took 3"));
}

TEST_F(HttpBody, WaitsAtThePeerWhileItsReaderHasEnough) {
  prepare = [](taker& each) { each.holds = true; };
  serve_taker();
  auto peer = connect();
  constexpr std::size_t size = 32'000'000;
  std::atomic<bool> sent{false};
  std::thread sender{[&] {
    peer.say(sized(size) + std::string(size, 'x'));
    sent = true;
  }};
  EXPECT_TRUE(eventually(io, [this] { return taken && !taken->body.empty(); }));
  std::this_thread::sleep_for(50ms);
  on(io, [this] { EXPECT_LE(taken->body.size(), 80'000U); });
  EXPECT_FALSE(sent);
  const auto source = on(io, [this] { return taken->source; });
  for (int i = 0; i < 20; ++i) source.resume();  // from this thread; once too often is nothing
  std::this_thread::sleep_for(20ms);
  on(io, [this] {
    EXPECT_LE(taken->body.size(), 20 * 80'000U);
    taken->holds = false;
    taken->source.resume();
  });
  EXPECT_THAT(peer.message(), EndsWith("took " + std::to_string(size)));
  sender.join();
}

TEST_F(HttpBody, ThatIsHeldBackCostsThePeerNoTime) {
  limits.read = 100ms;
  prepare = [](taker& each) { each.holds = true; };
  serve_taker();
  auto peer = connect();
  peer.say(sized(6) + "abc");
  EXPECT_TRUE(is_taken(3));
  std::this_thread::sleep_for(400ms);
  on(io, [this] {
    EXPECT_FALSE(taken->ended);
    taken->source.resume();
  });
  peer.say("def");
  EXPECT_TRUE(is_taken(6));
  EXPECT_THAT(peer.message(), EndsWith("took 6"));
}

TEST_F(HttpBody, ThatDoesNotComeIsGivenUpAlthoughAByteComesNowAndThen) {
  limits.read = 200ms;
  serve_taker();
  auto peer = connect();
  peer.say(sized(1000));
  for (int i = 0; i < 1000 && !peer.readable(10ms); ++i) peer.say("x");
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(peer.ends());
  EXPECT_TRUE(has_failed(errc::read_timeout));
  EXPECT_EQ(stats().timeouts, 1U);
}

TEST_F(HttpBody, ThatComesSteadilyMayTakeItsTime) {
  limits.read = 300ms;
  serve_taker();
  auto peer = connect();
  peer.say(sized(10 * 70'000));
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(100ms);
    peer.say(std::string(70'000, 'x'));
  }
  EXPECT_THAT(peer.message(), EndsWith("took 700000"));
}

TEST_F(HttpBody, ThatIsNoneEndsWithWhatItIs) {
  limits.body_plan = [](const http_request&) { return http_body_plan{100, true}; };
  serve_taker();
  struct row {
    std::string rest;
    errc why;
    std::string status;
  };
  for (const auto& [rest, why, status] : std::vector<row>{{"5\r\nabcde\r\nzz\r\n", errc::protocol_error, "400"},
                                                          {"5\r\nabcde\r\n70\r\n", errc::too_big, "413"}}) {
    for (const bool own : {false, true}) {
      prepare = [own](taker& each) { each.answers_failures = own; };
      auto peer = connect();
      peer.say(head("Transfer-Encoding: chunked\r\n"));
      EXPECT_TRUE(is_taken(0));
      peer.say(rest);
      EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 " + (own ? std::string{"422"} : status) + " "));
      EXPECT_TRUE(peer.ends());
      EXPECT_TRUE(has_failed(why));
      on(io, [this] { taken = nullptr; });
    }
  }
}

TEST_F(HttpBody, OfAPeerThatLeavesEndsWithThat) {
  serve_taker();
  for (const bool in_order : {true, false}) {
    auto peer = connect();
    peer.say(sized(6) + "abc");
    EXPECT_TRUE(is_taken(3));
    in_order ? peer.close() : peer.reset();
    EXPECT_TRUE(has_failed(in_order ? errc::closed : errc::reset));
    on(io, [this] { taken = nullptr; });
  }
  auto peer = connect();
  peer.say(sized(6) + "abc");
  EXPECT_TRUE(is_taken(3));
  server->close_connections();
  EXPECT_TRUE(has_failed(errc::aborted));
}

TEST_F(HttpBody, OfARequestThatIsAnsweredBeforeIsDroppedWithItsConnection) {
  prepare = [](taker& each) { each.answers_at_once = true; };
  serve_taker();
  auto peer = connect();
  std::thread sender{[&] { peer.say(sized(5'000'000) + std::string(5'000'000, 'x')); }};
  const auto answer = peer.message();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("enough"));
  sender.join();
  EXPECT_TRUE(peer.ends());
  EXPECT_TRUE(has_failed(errc::aborted));
  EXPECT_TRUE(eventually(io, [this] { return stats().open == 0; }));
}

TEST_F(HttpBody, ThatNobodyReadsDoesNotKeepTheAnswerBack) {
  serve([](http_request, http_responder responder) { responder.respond(make_response(404, "", "no")); });
  auto peer = connect();
  peer.say(sized(6) + "abc");
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 404 "));
  EXPECT_TRUE(peer.ends());
  auto empty = connect();
  empty.say(head("") + head(""));
  EXPECT_THAT(empty.message(), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(empty.message(), StartsWith("HTTP/1.1 404 ")) << "nothing of it was left: the connection stays";
}

TEST_F(HttpBody, WhoseReaderThrowsEndsItsOwnConnectionOnly) {
  prepare = [](taker& each) { each.throws = true; };
  serve_taker();
  auto neighbour = connect();
  const auto before = exceptions_caught().count;
  auto peer = connect();
  peer.say(sized(6) + "abc");
  EXPECT_TRUE(peer.ends());
  EXPECT_TRUE(has_failed(errc::internal));
  EXPECT_EQ(exceptions_caught().count, before + 1);
  neighbour.say(get("/"));
  EXPECT_THAT(neighbour.message(), EndsWith("GET / "));
}

TEST_F(HttpBody, AskedForTooLateIsOver) {
  serve_taker();
  auto peer = connect();
  peer.say(head("Content-Length: 3\r\n", "/stream-later"));
  EXPECT_TRUE(eventually(io, [this] { return taken != nullptr; }));
  on(io, [this] {
    taken->responder.respond(make_response(200, "", "ok"));
    taken->source.read_to(taken);
    EXPECT_FALSE(taken->ended) << "never from within";
    taken->source.resume();
  });
  EXPECT_TRUE(has_failed(errc::aborted));
  EXPECT_THAT(peer.message(), EndsWith("ok"));
}

}  // namespace
}  // namespace tonris::net
