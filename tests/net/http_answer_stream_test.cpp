// Answers that stream out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/net/http_server_fixture.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::on;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using outcome = http_answer_stream::outcome;

class HttpAnswerStream : public test::ServerTest {
 protected:
  void TearDown() override {
    on(io, [this] { out.reset(); });
    ServerTest::TearDown();
  }
  /// Answers "/events" with a stream that the test writes; the rest is said back.
  void serve_events(std::size_t max_unsent = 64 * 1024) {
    serve([this, max_unsent](http_request request, http_responder responder) {
      if (!request.target.starts_with("/events")) return echo(std::move(request), std::move(responder));
      auto head = make_response(200, "text/event-stream", request.target == "/events-first" ? "first" : "");
      if (request.target == "/events-none") head.status = 204;
      out = responder.stream(std::move(head), {[this] { ++rooms; }, [this] { ++gones; }}, max_unsent);
    });
  }
  bool has_stream() {
    return eventually(io, [this] { return out.has_value(); });
  }
  outcome write(std::string bytes) {
    return on(io, [&] { return out->write(std::move(bytes)); });
  }
  void end() {
    on(io, [this] { out->end(); });
  }

  std::optional<http_answer_stream> out;
  std::atomic<int> rooms{0};
  std::atomic<int> gones{0};
};

TEST_F(HttpAnswerStream, ArrivesPieceByPieceAndTheConnectionGoesOn) {
  serve_events();
  auto peer = connect();
  for (int turn = 0; turn < 2; ++turn) {
    peer.say(get("/events") + get("/next"));
    const auto head = peer.until("\r\n\r\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(head, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(head, HasSubstr("\r\nContent-Type: text/event-stream\r\n"));
    EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
    EXPECT_FALSE(peer.readable(20ms));
    EXPECT_EQ(write("data: one\n\n"), outcome::taken);
    EXPECT_EQ(peer.bytes(16), "b\r\ndata: one\n\n\r\n");
    EXPECT_EQ(write(""), outcome::taken);
    EXPECT_EQ(write(std::string(300, 'x')), outcome::taken);
    EXPECT_EQ(peer.bytes(307), "12c\r\n" + std::string(300, 'x') + "\r\n");
    end();
    EXPECT_EQ(peer.bytes(5), "0\r\n\r\n");
    EXPECT_EQ(write("late"), outcome::gone);
    EXPECT_THAT(peer.message(), EndsWith("GET /next "));
  }
  EXPECT_EQ(gones, 0);
  EXPECT_EQ(rooms, 0);
}

TEST_F(HttpAnswerStream, BeginsWithItsFirstPieceWhereTheHeadHasOne) {
  serve_events();
  auto peer = connect();
  peer.say(get("/events-first"));
  EXPECT_THAT(peer.until("first\r\n"), EndsWith("\r\n\r\n5\r\nfirst\r\n"));
}

TEST_F(HttpAnswerStream, IsItsHeadAloneWhereThereIsNoBody) {
  serve_events();
  auto peer = connect();
  for (const std::string request :
       {"HEAD /events-first HTTP/1.1\r\nHost: a\r\n\r\n", "GET /events-none HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    peer.say(request);
    EXPECT_THAT(peer.until("\r\n\r\n"), StartsWith(request.starts_with("HEAD") ? "HTTP/1.1 200 " : "HTTP/1.1 204 "));
    EXPECT_EQ(write("x"), outcome::gone);
    peer.say(get("/next"));
    EXPECT_THAT(peer.message(), EndsWith("GET /next "));
  }
  EXPECT_EQ(gones, 2);
}

TEST_F(HttpAnswerStream, ToHttp10EndsWithTheConnection) {
  serve_events();
  auto peer = connect();
  peer.say("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(has_stream());
  EXPECT_EQ(write("one "), outcome::taken);
  EXPECT_EQ(write("two"), outcome::taken);
  end();
  const auto all = peer.to_the_end();
  EXPECT_THAT(all, EndsWith("\r\n\r\none two"));
  EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(all, Not(HasSubstr("chunked")));
}

TEST_F(HttpAnswerStream, ThatDiesBeforeItsEndIsCut) {
  serve_events();
  auto peer = connect();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  write("half");
  on(io, [this] { out.reset(); });
  EXPECT_THAT(peer.to_the_end(), EndsWith("\r\n\r\n4\r\nhalf\r\n"));
  on(io, [] {});
  EXPECT_EQ(gones, 0) << "nobody is there to be told";
}

TEST_F(HttpAnswerStream, SaysWhenThePeerDoesNotTakeItAndWhenThereIsRoomAgain) {
  serve_events(100'000);
  auto peer = connect();
  peer.take_little();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  std::size_t written = 0;
  while (write(std::string(10'000, 'x')) == outcome::taken) {
    written += 10'000;
    ASSERT_LT(written, 100'000'000U);
  }
  on(io, [this] {
    EXPECT_GT(out->unsent(), 80'000U);
    EXPECT_LE(out->unsent(), 101'000U);
  });
  EXPECT_EQ(rooms, 0);
  peer.until("\r\n\r\n");
  std::thread reader{[&] { peer.until("tail"); }};
  EXPECT_TRUE(eventually(io, [this] { return rooms == 1; }));
  EXPECT_EQ(write(std::string(150'000, 'y')), outcome::taken) << "more than may wait, where nothing does";
  EXPECT_TRUE(eventually(io, [this] { return out->unsent() == 0; }));
  EXPECT_EQ(rooms, 1) << "nobody was refused";
  write("tail");
  reader.join();
}

TEST_F(HttpAnswerStream, OfWhichManyAreWrittenAtOnceLetTheLoopsOtherWorkInBetween) {
  constexpr std::size_t many = 150;
  std::vector<http_answer_stream> outs;
  serve([&outs](const http_request&, http_responder responder) {
    outs.push_back(responder.stream(make_response(200, "text/event-stream", "")));
  });
  std::vector<test::raw_peer> peers;
  for (std::size_t i = 0; i < many; ++i) {
    peers.push_back(connect());
    peers.back().say(get("/events"));
    peers.back().until("\r\n\r\n");
  }
  std::promise<void> all_written;
  io.post([&, written = all_written.get_future().share()] { written.wait(); });
  for (auto& one : outs) EXPECT_EQ(one.write(std::string(60'000, 'x')), outcome::taken);
  std::promise<int> rounds;
  std::function<void(int)> count = [&](int round) {
    if (std::ranges::all_of(outs, [](const auto& one) { return one.unsent() == 0; })) return rounds.set_value(round);
    io.post([&, round] { count(round + 1); });
  };
  io.post([&] { count(0); });
  all_written.set_value();
  EXPECT_GT(rounds.get_future().get(), 3) << "turns of the loop, of 0.2 ms at most and one piece at least";
  on(io, [&] { outs.clear(); });
}

TEST_F(HttpAnswerStream, MayBeWrittenFromAnotherThreadWhichIsToldTheSame) {
  serve_events(5'000);
  auto peer = connect();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  std::thread writer{[this] {
    for (int i = 0; i < 20'000;) {
      const int room = rooms;
      const auto how = out->write(std::to_string(i) + ' ');
      if (how == outcome::taken) {
        ++i;
        continue;
      }
      ASSERT_EQ(how, outcome::full);
      for (const auto until = std::chrono::steady_clock::now() + 20s; rooms == room;) {
        ASSERT_LT(std::chrono::steady_clock::now(), until) << "nobody said that there is room";
        std::this_thread::yield();
      }
    }
    out->end();
  }};
  const auto all = peer.until("\r\n0\r\n\r\n");
  writer.join();
  std::size_t at = 0;
  for (int i = 0; i < 20'000; ++i) {
    at = all.find("\r\n" + std::to_string(i) + " \r\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(HttpAnswerStream, KnowsThatItsPeerIsGone) {
  serve_events();
  for (const bool in_order : {true, false}) {
    gones = 0;
    auto peer = connect();
    peer.say(get("/events"));
    peer.until("\r\n\r\n");
    in_order ? peer.close() : peer.reset();
    EXPECT_TRUE(eventually(io, [this] { return gones == 1; }));
    EXPECT_EQ(write("x"), outcome::gone);
    EXPECT_EQ(on(io, [this] { return out->unsent(); }), 0U);
  }
  EXPECT_TRUE(eventually(io, [this] { return stats().open == 0; }));
}

TEST_F(HttpAnswerStream, IsCutWhereThePeerTakesNothing) {
  limits.write = 150ms;
  serve_events(32'000'000);
  auto peer = connect();
  peer.take_little();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  write(std::string(32'000'000, 'x'));
  EXPECT_TRUE(eventually(io, [this] { return gones == 1 && stats().open == 0; }));
  EXPECT_EQ(stats().timeouts, 1U);
}

TEST_F(HttpAnswerStream, MaySaySoLittleAsItLikes) {
  limits.write = limits.read = limits.keep_alive = limits.first_byte = 100ms;
  serve_events();
  auto peer = connect();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  std::this_thread::sleep_for(400ms);
  write("still here");
  EXPECT_THAT(peer.until("still here"), EndsWith("still here"));
}

TEST_F(HttpAnswerStream, GoesOnWhenTheServerTakesNoMoreRequestsAndIsThenTheLast) {
  serve_events();
  auto peer = connect();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  server->stop_accepting();
  on(io, [] {});
  EXPECT_EQ(write("last"), outcome::taken);
  end();
  EXPECT_THAT(peer.to_the_end(), EndsWith("4\r\nlast\r\n0\r\n\r\n"));
  EXPECT_EQ(gones, 0);
}

TEST_F(HttpAnswerStream, OverABodyThatNobodyReadsIsTheLast) {
  limits.body_plan = [](const http_request&) { return http_body_plan{10'000'000, true}; };
  serve_events();
  auto peer = connect();
  std::thread sender{[&] {
    peer.say("POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n" + std::string(5'000'000, 'x'));
  }};
  EXPECT_TRUE(has_stream());
  sender.join();
  write("answer");
  end();
  const auto all = peer.to_the_end();
  EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(all, EndsWith("6\r\nanswer\r\n0\r\n\r\n"));
}

TEST_F(HttpAnswerStream, OutlivesItsConnectionAndItsServer) {
  serve_events();
  auto peer = connect();
  peer.say(get("/events"));
  EXPECT_TRUE(has_stream());
  on(io, [this] { server.reset(); });
  EXPECT_TRUE(peer.ends());
  EXPECT_TRUE(eventually(io, [this] { return gones == 1; }));
  EXPECT_EQ(out->write("from this thread"), outcome::gone);
}

TEST_F(HttpAnswerStream, OnlyOneAnswerCounts) {
  serve([this](http_request, http_responder responder) {
    responder.respond(make_response(200, "", "first"));
    out = responder.stream({}, {[this] { ++rooms; }, [this] { ++gones; }});
    EXPECT_EQ(out->write("x"), outcome::gone);
  });
  auto peer = connect();
  peer.say(get("/") + get("/"));
  EXPECT_THAT(peer.message(), EndsWith("first"));
  EXPECT_THAT(peer.message(), EndsWith("first"));
}

}  // namespace
}  // namespace tonris::net
