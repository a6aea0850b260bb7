#include "net/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/net/http_server_fixture.hpp"

namespace tonris::net {
namespace {

using testing::EndsWith;
using testing::StartsWith;

class HttpResponder : public test::ServerTest {};

TEST_F(HttpResponder, MayAnswerFromAnotherThread) {
  std::vector<std::thread> threads;
  serve([&](http_request request, http_responder responder) {
    threads.emplace_back([target = request.target, r = std::move(responder)]() mutable {
      r.respond(make_response(200, "", "thread " + target));
    });
  });
  auto peer = connect();
  for (int i = 0; i < 20; ++i) {
    peer.say(get("/" + std::to_string(i)));
    EXPECT_THAT(peer.message(), EndsWith("thread /" + std::to_string(i)));
  }
  test::on(io, [&] {
    for (auto& thread : threads) thread.join();
  });
}

TEST_F(HttpResponder, CountsTheFirstAnswerOnly) {
  serve([&](http_request, http_responder responder) {
    responder.respond(make_response(200, "", "first"));
    responder.respond(make_response(200, "", "second"));
    responder.upgrade({}, [](std::shared_ptr<websocket>) { FAIL(); });
  });
  auto peer = connect();
  peer.say(get("/") + get("/"));
  EXPECT_THAT(peer.message(), EndsWith("first"));
  EXPECT_THAT(peer.message(), EndsWith("first"));
}

TEST_F(HttpResponder, NeverLeavesARequestUnanswered) {
  serve([&](http_request request, http_responder responder) {
    if (request.target == "/words") responder.set_last_words(make_response(200, "text/xml", "<Response/>"));
    if (request.target == "/thread") std::thread{[r = std::move(responder)] {}}.join();
  });
  auto peer = connect();
  peer.say(get("/"));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  peer.say(get("/words"));
  EXPECT_THAT(peer.message(), EndsWith("<Response/>"));
  peer.say(get("/thread"));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpResponder, SaysItsLastWordsWhenAnotherTakesItsPlace) {
  std::optional<http_responder> held;
  serve([&](http_request, http_responder responder) {
    if (held) {
      *held = std::move(responder);
    } else {
      held = std::move(responder);
    }
  });
  auto first = connect();
  auto second = connect();
  first.say(get("/"));
  EXPECT_TRUE(test::eventually(io, [&] { return held.has_value(); }));
  second.say(get("/"));
  EXPECT_THAT(first.message(), StartsWith("HTTP/1.1 500 "));
  test::on(io, [&] { held->respond(make_response(200, "", "mine")); });
  EXPECT_THAT(second.message(), EndsWith("mine"));
  test::on(io, [&] { held.reset(); });
}

TEST_F(HttpResponder, AnswersIntoNothingWhenTheConnectionOrTheServerIsGone) {
  std::vector<http_responder> held;
  serve([&](http_request, http_responder responder) { held.push_back(std::move(responder)); });
  auto peer = connect();
  peer.say(get("/"));
  EXPECT_TRUE(test::eventually(io, [&] { return held.size() == 1; }));
  peer.reset();
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 0; }));
  auto other = connect();
  other.say(get("/"));
  EXPECT_TRUE(test::eventually(io, [&] { return held.size() == 2; }));
  test::on(io, [this] { server.reset(); });
  EXPECT_TRUE(other.ends());
  for (auto& responder : held) responder.respond({});  // from this thread: posted
  held.clear();
  test::on(io, [] {});
}

TEST_F(HttpResponder, MayEndEverythingFromWithinTheHandler) {
  serve([&](http_request, http_responder responder) {
    auto closing = std::move(server);
    closing.reset();
    responder.respond({});
  });
  auto peer = connect();
  peer.say(get("/") + get("/"));
  EXPECT_TRUE(peer.ends());
}

}  // namespace
}  // namespace tonris::net
