#include "net/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "net/caught.hpp"
#include "tests/net/http_server_fixture.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;
using test::raw_peer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpServer : public test::ServerTest {};

TEST_F(HttpServer, AnswersAndKeepsTheConnection) {
  serve();
  auto peer = connect();
  for (int i = 0; i < 3; ++i) {
    peer.say(post("/a?b=" + std::to_string(i), "x"));
    const auto answer = peer.message();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: text/plain\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
    EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST /a?b=" + std::to_string(i) + " x"));
  }
  EXPECT_EQ(stats().accepted, 1U);
  EXPECT_EQ(stats().requests, 3U);
  EXPECT_EQ(stats().open, 1U);
  peer.close();
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 0; }));
}

TEST_F(HttpServer, TellsTheHandlerWhoAsksAndHow) {
  std::optional<http_request> seen;
  serve([&](http_request request, http_responder responder) {
    seen = std::move(request);
    responder.respond({});
  });
  auto peer = connect();
  peer.say("GET /p?q HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nx-two: 2\r\n\r\n");
  peer.message();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->peer_address, "127.0.0.1");
  EXPECT_FALSE(seen->tls);
  EXPECT_EQ(seen->fields.get("X-TWO"), "1");
  EXPECT_EQ(seen->fields.all().size(), 3U);
}

struct script {
  std::string why, bytes, answer;
  bool stays_open = false;
};

TEST_F(HttpServer, AnswersEachKindOfRequestAsItMust) {
  serve();
  const std::vector<script> rows{
      {"garbage", "hello\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"smuggling", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400 Bad Request"},
      {"another coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
       "HTTP/1.1 501 Not Implemented"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"},
      {"HTTP/1.0 that stays", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.1 200 OK", true},
      {"close", get("/", "Connection: close\r\n"), "HTTP/1.1 200 OK"},
      {"chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
       "HTTP/1.1 200 OK", true},
  };
  for (const auto& row : rows) {
    auto peer = connect();
    peer.say(row.bytes);
    const auto answer = peer.message();
    EXPECT_THAT(answer, StartsWith(row.answer + "\r\n")) << row.why;
    if (row.stays_open) {
      peer.say(get("/again"));
      EXPECT_THAT(peer.message(), EndsWith("GET /again ")) << row.why;
    } else {
      EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n")) << row.why;
      EXPECT_TRUE(peer.ends()) << row.why;
    }
  }
  EXPECT_EQ(stats().bad_requests, 5U);
}

TEST_F(HttpServer, RefusesABodyThatIsTooLargeBeforeItIsSent) {
  limits.max_body_bytes = 100;
  serve();
  auto peer = connect();
  peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n");
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(stats().oversize, 1U);
  EXPECT_EQ(stats().requests, 0U);
}

TEST_F(HttpServer, TellsWhoseBodyWasTooLarge) {
  std::vector<http_request> told;
  limits.max_body_bytes = 100;
  limits.on_oversize = [&](const http_request& head) { told.push_back(head); };
  serve();
  for (const std::string rest : {"Content-Length: 101\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfff\r\n"}) {
    auto peer = connect();
    peer.say("POST /where?a=1 HTTP/1.1\r\nHost: a\r\nX-Who: me\r\n" + rest);
    EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 413 ")) << rest;
  }
  auto other = connect();
  other.say("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(limits.max_header_bytes, 'a') + "\r\n\r\n");
  EXPECT_THAT(other.message(), StartsWith("HTTP/1.1 431 ")) << "of a head that is too long nobody is told";
  test::on(io, [&] { EXPECT_EQ(told.size(), 2U); });
  for (const auto& head : told) {
    EXPECT_EQ(head.method + " " + head.target, "POST /where?a=1");
    EXPECT_EQ(head.fields.get("X-Who"), "me");
    EXPECT_EQ(head.peer_address, "127.0.0.1");
    EXPECT_EQ(head.body, "");
  }
}

TEST_F(HttpServer, LetsASenderThatIsRefusedReadTheAnswerAlthoughItGoesOnSending) {
  limits.max_body_bytes = 100;
  serve();
  auto peer = connect();
  peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
  peer.say(std::string(300'000, 'x'));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(peer.ends());
}

TEST_F(HttpServer, RefusesAHeaderThatIsTooLarge) {
  limits.max_header_bytes = 1024;
  serve();
  auto peer = connect();
  peer.say("GET / HTTP/1.1\r\nX: " + std::string(1100, 'a'));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 431 "));
  EXPECT_EQ(stats().oversize, 1U);
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrderWhoeverAnswersFirst) {
  std::vector<http_responder> waiting;
  std::vector<std::string> seen;
  serve([&](http_request request, http_responder responder) {
    seen.push_back(request.target);
    if (request.target == "/later") return waiting.push_back(std::move(responder));
    responder.respond(make_response(200, "", request.target));
  });
  auto peer = connect();
  peer.say(get("/1") + get("/later") + get("/2") + get("/later") + get("/3"));
  EXPECT_THAT(peer.message(), EndsWith("/1"));
  EXPECT_TRUE(test::eventually(io, [&] { return waiting.size() == 1; }));
  test::on(io, [&] { EXPECT_EQ(seen.size(), 2U) << "the next request waits for the answer to the one before"; });
  test::on(io, [&] { waiting[0].respond(make_response(200, "", "late")); });
  EXPECT_THAT(peer.message(), EndsWith("late"));
  EXPECT_THAT(peer.message(), EndsWith("/2"));
  EXPECT_TRUE(test::eventually(io, [&] { return waiting.size() == 2; }));
  test::on(io, [&] { waiting[1].respond(make_response(200, "", "later")); });
  EXPECT_THAT(peer.message(), EndsWith("later"));
  EXPECT_THAT(peer.message(), EndsWith("/3"));
  test::on(io, [&] { waiting.clear(); });
}

TEST_F(HttpServer, LosesNothingOfALongPipelineWhileAnAnswerIsAwaited) {
  std::vector<http_responder> waiting;
  serve([&](http_request request, http_responder responder) {
    if (request.target == "/first") return waiting.push_back(std::move(responder));
    responder.respond(make_response(200, "", request.body));
  });
  auto peer = connect();
  std::thread sender{[&] {
    peer.say(get("/first"));
    for (int i = 0; i < 2000; ++i) peer.say(post("/", std::to_string(i) + std::string(500, '.')));
  }};
  EXPECT_TRUE(test::eventually(io, [&] { return waiting.size() == 1; }));
  std::this_thread::sleep_for(50ms);
  test::on(io, [&] { waiting[0].respond(make_response(200, "", "go")); });
  EXPECT_THAT(peer.message(), EndsWith("go"));
  for (int i = 0; i < 2000; ++i) ASSERT_THAT(peer.message(), HasSubstr("\r\n\r\n" + std::to_string(i) + "."));
  sender.join();
  test::on(io, [&] { waiting.clear(); });
}

TEST_F(HttpServer, SaysContinueToWhoWaitsForIt) {
  serve();
  auto peer = connect();
  peer.say("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(peer.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.say("abc");
  EXPECT_THAT(peer.message(), EndsWith("POST / abc"));
}

TEST_F(HttpServer, AnswersHeadWithoutTheBody) {
  serve();
  auto peer = connect();
  peer.say("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n" + get("/g"));
  const auto head = peer.until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 8\r\n"));
  EXPECT_THAT(peer.until("\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(HttpServer, SendsNoBodyAndNoLengthWithNoContent) {
  serve([](http_request, http_responder responder) { responder.respond(make_response(204, "", "ignored")); });
  auto peer = connect();
  peer.say(get("/") + get("/"));
  EXPECT_THAT(peer.until("\r\n\r\n"), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(peer.until("\r\n\r\n"), StartsWith("HTTP/1.1 204 "));
}

TEST_F(HttpServer, SendsNoFieldThatWouldBreakOutOfTheHeader) {
  serve([](http_request, http_responder responder) {
    auto response = make_response(42, "text/plain\r\nSet-Cookie: evil", "x");
    response.fields.add("Content-Length", "77");
    response.fields.add("X-Good", "yes");
    responder.respond(std::move(response));
  });
  auto peer = connect();
  peer.say(get("/"));
  const auto answer = peer.message();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("evil")));
  EXPECT_THAT(answer, Not(HasSubstr("77")));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Good: yes\r\n"));
}

TEST_F(HttpServer, CutsOffAClientThatNeverEndsItsRequest) {
  limits.read = 150ms;
  serve();
  auto peer = connect();
  const auto begun = std::chrono::steady_clock::now();
  // A byte now and then does not buy time.
  const auto request = "POST / HTTP/1.1\r\nX: " + std::string(2000, 'x');
  for (std::size_t at = 0; at < request.size() && !peer.readable(10ms); ++at) peer.say(request.substr(at, 1));
  EXPECT_THAT(peer.message(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(peer.ends());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  EXPECT_EQ(stats().timeouts, 1U);
}

TEST_F(HttpServer, ClosesANewConnectionThatSaysNothingSoonerThanOneThatHasAsked) {
  limits.first_byte = 500ms;
  serve();
  auto once = connect();
  once.say(get("/"));
  once.message();
  auto silent = connect();
  EXPECT_TRUE(silent.ends());
  EXPECT_EQ(silent.to_the_end(), "");
  EXPECT_EQ(stats().timeouts, 0U);
  once.say(get("/again"));
  EXPECT_THAT(once.message(), EndsWith("GET /again "));
}

TEST_F(HttpServer, ClosesAnIdleConnectionWithoutAWord) {
  limits.first_byte = limits.keep_alive = 100ms;
  serve();
  auto silent = connect();
  auto once = connect();
  once.say(get("/"));
  once.message();
  EXPECT_TRUE(silent.ends());
  EXPECT_TRUE(once.ends());
  EXPECT_EQ(silent.to_the_end() + once.to_the_end(), "");
  EXPECT_EQ(stats().timeouts, 0U);
}

TEST_F(HttpServer, CutsOffAClientThatDoesNotTakeItsAnswer) {
  limits.write = 150ms;
  serve([](http_request, http_responder responder) {
    responder.respond(make_response(200, "", std::string(32 * 1024 * 1024, 'x')));
  });
  auto peer = connect();
  peer.take_little();
  peer.say(get("/"));
  EXPECT_TRUE(test::eventually(io, [this] { return stats().timeouts == 1 && stats().open == 0; }));
}

TEST_F(HttpServer, SendsALargeAnswerWholeToAClientThatReads) {
  serve([](http_request, http_responder responder) {
    responder.respond(make_response(200, "", std::string(8 * 1024 * 1024, 'x')));
  });
  auto peer = connect();
  peer.say(get("/") + get("/"));
  for (int i = 0; i < 2; ++i) {
    peer.until("\r\n\r\n");
    EXPECT_EQ(peer.bytes(8 * 1024 * 1024), std::string(8 * 1024 * 1024, 'x'));
  }
}

TEST_F(HttpServer, ClosesConnectionsBeyondItsLimitAtOnceWhileAllAreBeingServed) {
  limits.max_connections = 2;
  std::vector<http_responder> waiting;
  serve([&](http_request, http_responder responder) { waiting.push_back(std::move(responder)); });
  auto first = connect();
  auto second = connect();
  first.say(get("/"));
  second.say(get("/"));
  EXPECT_TRUE(test::eventually(io, [&] { return waiting.size() == 2; }));
  auto third = connect();
  EXPECT_TRUE(third.ends());
  EXPECT_EQ(stats().refused_connections, 1U);
  EXPECT_EQ(stats().given_up, 0U);
  test::on(io, [&] {
    for (auto& each : waiting) each.respond(make_response(200, "", "served"));
    waiting.clear();
  });
  EXPECT_THAT(first.message(), EndsWith("served"));
  EXPECT_THAT(second.message(), EndsWith("served"));
  auto fourth = connect();
  fourth.say(get("/"));
  EXPECT_TRUE(test::eventually(io, [&] { return waiting.size() == 1; })) << "in the place of one that is idle now";
  test::on(io, [&] { waiting.clear(); });
}

TEST_F(HttpServer, GivesUpWhoHasBeenIdleLongestWhenAnotherComes) {
  limits.max_connections = 4;
  std::vector<http_responder> waiting;
  serve([&](http_request request, http_responder responder) {
    if (request.target == "/slow") return waiting.push_back(std::move(responder));
    responder.respond(make_response(200, "", request.target));
  });
  const auto open_comes_to = [&](std::uint64_t count) {
    return test::eventually(io, [&, count] { return stats().open == count; });
  };
  auto silent = connect();
  EXPECT_TRUE(open_comes_to(1));
  auto half = connect();
  half.say("GET / HTTP/1.1\r\nHost:");
  EXPECT_TRUE(open_comes_to(2));
  auto served = connect();
  served.say(get("/slow"));
  EXPECT_TRUE(test::eventually(io, [&] { return waiting.size() == 1; }));
  auto kept = connect();
  kept.say(get("/a"));
  EXPECT_THAT(kept.message(), EndsWith("/a"));

  auto fifth = connect();
  EXPECT_TRUE(silent.ends()) << "the first that came and said nothing";
  fifth.say(get("/b"));
  EXPECT_THAT(fifth.message(), EndsWith("/b"));
  auto sixth = connect();
  EXPECT_TRUE(half.ends()) << "half a request is no reason to stay";
  auto seventh = connect();
  EXPECT_TRUE(kept.ends());
  EXPECT_FALSE(served.readable(0ms)) << "who is being served stays";
  EXPECT_EQ(stats().given_up, 3U);
  EXPECT_EQ(stats().refused_connections, 0U);
  test::on(io, [&] {
    waiting[0].respond(make_response(200, "", "late"));
    waiting.clear();
  });
  EXPECT_THAT(served.message(), EndsWith("late"));
}

TEST_F(HttpServer, KeepsDescriptorsBackForWhatItsWebSocketsWillWant) {
  limits.descriptors = std::make_shared<descriptor_budget>(5, 1);
  std::vector<std::shared_ptr<websocket>> sockets;
  serve([&](http_request request, http_responder responder) {
    if (!is_upgrade(request)) return responder.respond(make_response(200, "", "ok"));
    responder.upgrade({}, [&](std::shared_ptr<websocket> socket) { sockets.push_back(std::move(socket)); });
  });
  const auto upgrade = get("/",
                           "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  std::vector<raw_peer> silent;
  for (int i = 0; i < 5; ++i) silent.push_back(connect());
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 5; }));
  std::vector<raw_peer> streams;
  for (std::uint64_t taken = 1; taken <= 2; ++taken) {
    streams.push_back(connect());
    streams.back().say(upgrade);
    EXPECT_THAT(streams.back().until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
    EXPECT_TRUE(test::eventually(io, [&, taken] { return stats().given_up == 2 * taken; })) << "one, and one beside it";
  }
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 3; }));
  test::on(io, [&] {
    for (auto& each : sockets) each->abort();
    sockets.clear();
  });
  std::vector<raw_peer> more;
  for (int i = 0; i < 4; ++i) more.push_back(connect());
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 5; })) << "what a socket had is free with its end";
  EXPECT_EQ(stats().given_up, 4U);
}

TEST_F(HttpServer, HandlesOneRequestOfAConnectionBeforeTheNextOfAnother) {
  std::vector<std::string> order;
  std::vector<http_responder> held;
  serve([&](http_request request, http_responder responder) {
    order.push_back(request.target);
    if (request.target == "/hold") return held.push_back(std::move(responder));
    responder.respond(make_response(200, "", request.target));
  });
  auto greedy = connect();
  auto modest = connect();
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 2; }));
  std::string pipeline;
  for (int i = 0; i < 100; ++i) pipeline += get("/greedy");
  // Both are read in the same turn of the loop, behind this one.
  std::promise<void> both_sent;
  io.post([sent = both_sent.get_future().share()] { sent.wait(); });
  greedy.say(pipeline);
  modest.say(get("/modest"));
  both_sent.set_value();
  EXPECT_THAT(modest.message(), EndsWith("/modest"));
  for (int i = 0; i < 100; ++i) EXPECT_THAT(greedy.message(), EndsWith("/greedy"));
  test::on(io, [&] {
    const auto at = std::find(order.begin(), order.end(), "/modest") - order.begin();
    EXPECT_LE(at, 10) << "and not behind the hundred";
  });
}

TEST_F(HttpServer, LetsItsLoopsOtherWorkComeFirst) {
  std::atomic<int> handled{0};
  serve([&](http_request, http_responder responder) {
    std::this_thread::sleep_for(2ms);
    ++handled;
    responder.respond({});
  });
  std::vector<raw_peer> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(connect());
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 20; }));
  for (auto& peer : peers) peer.say(get("/") + get("/"));
  EXPECT_TRUE(test::eventually(io, [&] { return handled > 0; }));
  // What else the loop is asked to do waits for one request or two, and not for forty.
  std::promise<int> waited;
  io.post([&] { io.post([&, before = handled.load()] { waited.set_value(handled - before); }); });
  EXPECT_LE(waited.get_future().get(), 2);
  for (auto& peer : peers) peer.until("\r\n\r\n"), peer.until("\r\n\r\n");
}

TEST_F(HttpServer, AnswersWhoEndsHisSideBehindHisRequest) {
  serve();
  auto peer = connect();
  peer.say(get("/last"));
  peer.end_writing();
  EXPECT_THAT(peer.message(), EndsWith("GET /last "));
  EXPECT_TRUE(peer.ends());
}

TEST_F(HttpServer, AHandlerThatThrowsEndsItsOwnConnectionOnly) {
  serve([](http_request request, http_responder responder) {
    if (request.target == "/words") responder.set_last_words(make_response(200, "", "sorry"));
    if (request.target != "/fine") throw std::bad_alloc{};
    responder.respond(make_response(200, "", "fine"));
  });
  auto neighbour = connect();
  neighbour.say(get("/fine"));
  EXPECT_THAT(neighbour.message(), EndsWith("fine"));
  const auto before = exceptions_caught().count;
  auto silent = connect();
  silent.say(get("/throws") + get("/fine"));
  EXPECT_THAT(silent.message(), StartsWith("HTTP/1.1 500 "));
  EXPECT_TRUE(silent.ends());
  EXPECT_EQ(silent.to_the_end(), "");
  auto words = connect();
  words.say(get("/words"));
  EXPECT_THAT(words.message(), EndsWith("sorry"));
  EXPECT_TRUE(words.ends());
  EXPECT_EQ(exceptions_caught().count, before + 2);
  EXPECT_EQ(exceptions_caught().last, "std::bad_alloc");
  neighbour.say(get("/fine"));
  EXPECT_THAT(neighbour.message(), EndsWith("fine"));
}

TEST_F(HttpServer, SurvivesResetsAtEveryPointOfARequest) {
  serve();
  const auto request = post("/", "body");
  for (std::size_t length = 0; length <= request.size(); length += 7) {
    auto peer = connect();
    peer.say(std::string_view{request}.substr(0, length));
    peer.reset();
  }
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 0; }));
  auto peer = connect();
  peer.say(request);
  EXPECT_THAT(peer.message(), EndsWith("POST / body"));
}

TEST_F(HttpServer, StopsAcceptingAndAnswersTheRequestsThatAreUnderWay) {
  serve();
  auto idle = connect(), asking = connect();
  idle.say(get("/"));
  idle.message();
  asking.say("GET /half HTTP/1.1\r\n");
  ASSERT_TRUE(test::eventually(io, [this] { return stats().accepted == 2; }));
  server->stop_accepting();
  EXPECT_TRUE(idle.ends());
  asking.say("Host: a\r\n\r\n");
  EXPECT_THAT(asking.message(), EndsWith("GET /half "));
  EXPECT_TRUE(asking.ends()) << "its next request is another server's";
  EXPECT_TRUE(test::eventually(io, [this] { return stats().open == 0; }));
}

TEST_F(HttpServer, DealsWhatComesInAtItsDoorToWhoHasTheFewest) {
  serve();
  loop elsewhere{"http-other"};
  elsewhere.start();
  auto other =
      http_server::without_door(elsewhere, limits, nullptr, [&](http_request request, http_responder responder) {
        EXPECT_TRUE(elsewhere.on_thread());
        responder.respond(make_response(200, "", "other " + request.target));
      });
  EXPECT_EQ(other->port(), 0);
  server->deal_to({other.get()});
  other->start();
  const auto counts_come_to = [&](std::uint64_t here, std::uint64_t there) {
    return test::eventually(io, [&] { return server->stats().open == here && other->stats().open == there; });
  };
  std::vector<raw_peer> peers;
  for (std::uint64_t i = 0; i < 10; ++i) {
    peers.push_back(connect());
    EXPECT_TRUE(counts_come_to((i + 2) / 2, (i + 1) / 2)) << i;
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    peers[i].say(get("/"));
    EXPECT_THAT(peers[i].message(), EndsWith(i % 2 == 0 ? "GET / " : "other /")) << i;
  }
  for (std::size_t i = 1; i < peers.size(); i += 2) peers[i].close();
  EXPECT_TRUE(counts_come_to(5, 0));
  for (std::uint64_t i = 0; i < 3; ++i) peers.push_back(connect());
  EXPECT_TRUE(counts_come_to(5, 3)) << "where the others left";
  test::on(elsewhere, [&] { other.reset(); });
  test::on(io, [&] { server.reset(); });
  elsewhere.stop();
}

}  // namespace
}  // namespace tonris::net
