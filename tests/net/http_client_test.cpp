#include "net/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/net/net_fixture.hpp"
#include "tests/net/raw_peer.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;
using test::raw_listener;
using test::raw_peer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using answer = result<http_response>;

/// A client on a running loop; the server is the test itself, byte by byte.
class HttpClient : public testing::Test {
 protected:
  void SetUp() override {
    io.start();
    make();
  }
  void TearDown() override {
    test::on(io, [this] { client.reset(); });
    io.stop();
  }
  void make() {
    test::on(io, [this] { client = http_client::make(io, nullptr, limits); });
  }

  std::future<answer> ask(const std::string& url, http_request request = {}, std::chrono::milliseconds limit = 20s) {
    auto told = std::make_shared<std::promise<answer>>();
    auto future = told->get_future();
    test::on(io, [&] {
      auto within = std::make_shared<bool>(true);
      client->request(url, std::move(request), limit, [told, within](answer how) {
        EXPECT_FALSE(*within) << "called back from within request()";
        told->set_value(std::move(how));
      });
      *within = false;
    });
    return future;
  }
  std::string here(const std::string& target = "/") const {
    return "http://127.0.0.1:" + std::to_string(listener.port()) + target;
  }
  static errc code_of(std::future<answer> future) {
    const auto how = future.get();
    EXPECT_FALSE(how);
    return how ? errc{} : how.error().code;
  }

  raw_listener listener;
  loop io{"http-client-test"};
  http_client_limits limits;
  std::unique_ptr<http_client> client;
};

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TEST_F(HttpClient, SendsWhatItIsGivenAndReadsTheAnswer) {
  http_request request;
  request.method = "POST";
  request.body = "{\"a\":1}";
  request.fields.add("xi-api-key", "k");
  request.fields.add("Host", "not-this");
  request.fields.add("Content-Length", "99");
  auto told = ask(here("/v1/x?y=z%20"), request);
  auto server = listener.accept();
  const auto sent = server.message();
  EXPECT_THAT(sent, StartsWith("POST /v1/x?y=z%20 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(listener.port())));
  EXPECT_THAT(sent, HasSubstr("\r\nxi-api-key: k\r\n"));
  EXPECT_THAT(sent, Not(HasSubstr("not-this")));
  EXPECT_THAT(sent, EndsWith("Content-Length: 7\r\n\r\n{\"a\":1}"));
  server.say("HTTP/1.1 404 Not Found\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n");
  const auto how = told.get();
  ASSERT_TRUE(how);
  EXPECT_EQ(how->status, 404U);
  EXPECT_EQ(how->fields.get("x-a"), "b");
  EXPECT_EQ(how->body, "no!");
}

TEST_F(HttpClient, ReusesAConnectionThatTheServerKeeps) {
  auto told = ask(here("/1"));
  auto server = listener.accept();
  server.message();
  server.say(ok);
  ASSERT_TRUE(told.get());
  told = ask(here("/2"));
  EXPECT_THAT(server.message(), StartsWith("GET /2 "));
  server.say(ok);
  ASSERT_TRUE(told.get());
  EXPECT_FALSE(listener.anybody(0ms));
}

TEST_F(HttpClient, DoesNotReuseAConnectionThatMustNotBe) {
  const std::vector<std::string> last_words{
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
      std::string{ok} + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
  };
  for (const auto& words : last_words) {
    auto told = ask(here());
    auto server = listener.accept();
    server.message();
    server.say(words);
    ASSERT_TRUE(told.get()) << words;
    EXPECT_TRUE(server.ends()) << words;
  }
}

TEST_F(HttpClient, DropsAnIdleConnectionThatSpeaksUnasked) {
  auto told = ask(here());
  auto server = listener.accept();
  server.message();
  server.say(ok);
  ASSERT_TRUE(told.get());
  server.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  EXPECT_TRUE(server.ends());
  told = ask(here());
  auto fresh = listener.accept();
  fresh.message();
  fresh.say(ok);
  EXPECT_EQ(told.get()->body, "hi");
}

TEST_F(HttpClient, ClosesAnIdleConnectionAfterItsTime) {
  limits.keep_alive = 50ms;
  make();
  auto told = ask(here());
  auto server = listener.accept();
  server.message();
  server.say(ok);
  ASSERT_TRUE(told.get());
  EXPECT_TRUE(server.ends());
}

TEST_F(HttpClient, TriesOnceMoreWhenAReusedConnectionTurnsOutToBeClosed) {
  for (const bool reset : {false, true}) {
    auto told = ask(here("/first"));
    auto server = listener.accept();
    server.message();
    server.say(ok);
    ASSERT_TRUE(told.get());
    told = ask(here("/second"));
    server.message();
    reset ? server.reset() : server.close();
    auto fresh = listener.accept();
    EXPECT_THAT(fresh.message(), StartsWith("GET /second "));
    fresh.say(ok);
    ASSERT_TRUE(told.get());
    told = ask(here("/third"));
    EXPECT_THAT(fresh.message(), StartsWith("GET /third "));
    fresh.close();
    auto another = listener.accept();
    another.message();
    another.close();  // and once only
    EXPECT_FALSE(told.get());
    EXPECT_FALSE(listener.anybody(20ms));
  }
}

TEST_F(HttpClient, SendsNothingTwiceWhereItReusesNoConnection) {
  limits.reuse_connections = false;
  make();
  auto told = ask(here("/first"));
  auto server = listener.accept();
  server.message();
  server.say(ok);
  ASSERT_TRUE(told.get());
  told = ask(here("/second"));
  auto fresh = listener.accept();
  EXPECT_THAT(fresh.message(), StartsWith("GET /second "));
  fresh.close();
  EXPECT_FALSE(told.get());
  EXPECT_FALSE(listener.anybody(20ms));
}

TEST_F(HttpClient, DoesNotTryAgainWhatAFreshConnectionDropped) {
  auto told = ask(here());
  auto server = listener.accept();
  server.message();
  server.close();
  EXPECT_EQ(code_of(std::move(told)), errc::closed);
  EXPECT_FALSE(listener.anybody(20ms));
}

TEST_F(HttpClient, DoesNotTryAgainOnceAnAnswerHadBegun) {
  auto told = ask(here());
  auto server = listener.accept();
  server.message();
  server.say(ok);
  ASSERT_TRUE(told.get());
  told = ask(here());
  server.message();
  server.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  server.close();
  EXPECT_EQ(code_of(std::move(told)), errc::reset);
  EXPECT_FALSE(listener.anybody(20ms));
}

struct bad_answer {
  std::string why, bytes;
  errc code;
};

TEST_F(HttpClient, SaysWhatIsWrongWithAnAnswer) {
  limits.max_response_bytes = 100;
  make();
  const std::vector<bad_answer> rows{
      {"not HTTP", "220 mail.example ESMTP\r\n\r\n", errc::protocol_error},
      {"too large by its length", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", errc::too_big},
      {"too large in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", errc::too_big},
      {"too large until the end", "HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'), errc::too_big},
      {"endless header", "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'), errc::too_big},
      {"unasked upgrade", "HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n", errc::protocol_error},
  };
  for (const auto& row : rows) {
    auto told = ask(here());
    auto server = listener.accept();
    server.message();
    server.say(row.bytes);
    EXPECT_EQ(code_of(std::move(told)), row.code) << row.why;
    EXPECT_TRUE(server.ends()) << row.why;
  }
}

TEST_F(HttpClient, ReadsNoMoreOfAnAnswerThanItsUserWants) {
  limits.max_response_bytes = 100;
  limits.cut_long_answers = true;
  make();
  const std::pair<std::string, unsigned> rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", 200},
      {"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", 503},
      {"HTTP/1.1 404 No\r\n\r\n" + std::string(101, 'x'), 404},
  };
  for (const auto& [bytes, status] : rows) {
    auto told = ask(here());
    auto server = listener.accept();
    server.message();
    server.say(bytes);
    const auto got = told.get();
    ASSERT_TRUE(got) << status;
    EXPECT_EQ(got->status, status);
    EXPECT_LE(got->body.size(), 100U);
    EXPECT_TRUE(server.ends()) << status;
  }
  auto told = ask(here());
  auto server = listener.accept();
  server.message();
  server.say("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'));
  EXPECT_EQ(code_of(std::move(told)), errc::too_big) << "a head is whole, or there is no answer";
}

TEST_F(HttpClient, TakesABodyThatEndsWithTheStream) {
  auto told = ask(here());
  auto server = listener.accept();
  server.message();
  server.say("HTTP/1.1 200 OK\r\n\r\nall of it");
  server.close();
  EXPECT_EQ(told.get()->body, "all of it");
}

TEST_F(HttpClient, ExpectsNoBodyAfterHead) {
  http_request request;
  request.method = "HEAD";
  auto told = ask(here(), request);
  auto server = listener.accept();
  EXPECT_THAT(server.message(), StartsWith("HEAD / "));
  server.say("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
  EXPECT_EQ(told.get()->status, 200U);
}

TEST_F(HttpClient, GivesUpWhenTheTimeIsOver) {
  auto told = ask(here(), {}, 60ms);
  auto server = listener.accept();
  server.message();
  server.say("HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(code_of(std::move(told)), errc::read_timeout);
  EXPECT_TRUE(server.ends());
}

TEST_F(HttpClient, SaysWhyItCannotConnect) {
  std::uint16_t closed = 0;
  {
    const raw_listener gone;
    closed = gone.port();
  }
  EXPECT_EQ(code_of(ask("http://127.0.0.1:" + std::to_string(closed) + "/")), errc::connect_refused);
  EXPECT_EQ(code_of(ask("http://no-such-host.invalid/")), errc::resolve_failed);
  EXPECT_EQ(code_of(ask("ws://127.0.0.1/")), errc::bad_url);
  EXPECT_EQ(code_of(ask("127.0.0.1")), errc::bad_url);
  EXPECT_EQ(code_of(ask("https://127.0.0.1:" + std::to_string(listener.port()) + "/")), errc::tls_failed)
      << "https without a TLS context";
}

TEST_F(HttpClient, SendsNothingThatWouldBreakOutOfItsPlace) {
  http_request method;
  method.method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET";
  EXPECT_EQ(code_of(ask(here(), method)), errc::protocol_error);
  http_request field;
  field.fields.add("X", "a\r\nY: b");
  EXPECT_EQ(code_of(ask(here(), field)), errc::protocol_error);
  EXPECT_FALSE(listener.anybody(0ms));
}

TEST_F(HttpClient, OpensNoMoreConnectionsThanItMayAndServesTheRestInTurn) {
  limits.max_connections_per_host = 2;
  limits.max_waiting = 2;
  make();
  std::vector<std::future<answer>> told;
  for (int i = 0; i < 4; ++i) told.push_back(ask(here("/" + std::to_string(i))));
  EXPECT_EQ(code_of(ask(here("/refused"))), errc::slow_peer);
  auto first = listener.accept();
  auto second = listener.accept();
  EXPECT_FALSE(listener.anybody(20ms));
  for (int turn = 0; turn < 2; ++turn) {
    for (auto* server : {&first, &second}) {
      server->message();
      server->say(ok);
    }
  }
  for (auto& one : told) EXPECT_TRUE(one.get());
}

TEST_F(HttpClient, LetsTheNextGoWhenOneThatHeldAConnectionIsTooLate) {
  limits.max_connections_per_host = 1;
  make();
  auto late = ask(here("/late"), {}, 100ms);
  auto too_late = ask(here("/too-late"), {}, 50ms);
  auto next = ask(here("/next"));
  auto first = listener.accept();
  first.message();
  EXPECT_EQ(code_of(std::move(too_late)), errc::read_timeout);
  EXPECT_EQ(code_of(std::move(late)), errc::read_timeout);
  auto second = listener.accept();
  EXPECT_THAT(second.message(), StartsWith("GET /next "));
  second.say(ok);
  EXPECT_TRUE(next.get());
}

TEST_F(HttpClient, TellsEveryRequestOnceWhenItEnds) {
  limits.max_connections_per_host = 2;
  make();
  std::vector<std::future<answer>> told;
  for (int i = 0; i < 5; ++i) told.push_back(ask(here()));
  auto busy = listener.accept();
  busy.message();
  told.push_back(ask("not a url"));
  test::on(io, [this] { client.reset(); });
  for (auto& one : told) {
    const auto how = one.get();
    ASSERT_FALSE(how);
    EXPECT_THAT(how.error().code, testing::AnyOf(errc::aborted, errc::bad_url));
  }
  EXPECT_TRUE(busy.ends());
}

TEST_F(HttpClient, MayBeDestroyedFromWithinItsCallback) {
  auto other = ask(here("/other"));
  auto silent = listener.accept();
  silent.message();
  std::promise<bool> done;
  test::on(io, [&] {
    client->request(here("/last"), {}, 20s, [&](answer how) {
      client.reset();
      done.set_value(how.has_value());
    });
  });
  auto server = listener.accept();
  server.message();
  server.say(ok);
  EXPECT_TRUE(done.get_future().get());
  EXPECT_EQ(code_of(std::move(other)), errc::aborted);
}

TEST_F(HttpClient, TakesTheNextRequestFromWithinACallback) {
  std::promise<std::string> chained;
  test::on(io, [&] {
    client->request(here("/1"), {}, 20s, [&](answer) {
      client->request(here("/2"), {}, 20s, [&](answer how) { chained.set_value(how ? how->body : ""); });
    });
  });
  auto server = listener.accept();
  server.message();
  server.say(ok);
  EXPECT_THAT(server.message(), StartsWith("GET /2 ")) << "on the same connection";
  server.say(ok);
  EXPECT_EQ(chained.get_future().get(), "hi");
}

/// An answer that goes on: what is told of it.
class HttpClientStream : public HttpClient {
 protected:
  std::future<answer> follow(std::chrono::milliseconds limit = 20s) {
    auto over = std::make_shared<std::promise<answer>>();
    test::on(io, [&] {
      client->stream(
          here(), {}, limit, [this](std::string_view piece) { pieces->append(piece); },
          [over](answer how) { over->set_value(std::move(how)); });
    });
    return over->get_future();
  }
  /// What has been told, once `words` are in it; or ten seconds later.
  std::string comes_to(std::string_view words) {
    std::string now;
    for (int tries = 0; tries < 1000 && now.find(words) == std::string::npos; ++tries) {
      now = test::on(io, [this] { return *pieces; });
      std::this_thread::sleep_for(10ms);
    }
    return now;
  }

  std::shared_ptr<std::string> pieces = std::make_shared<std::string>();
};

TEST_F(HttpClientStream, IsToldAsItComesHoweverLong) {
  limits.max_response_bytes = 100;
  make();
  auto over = follow();
  auto server = listener.accept();
  server.until("\r\n\r\n");
  server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n");
  EXPECT_EQ(comes_to("first "), "first ");
  const std::string much(1000, 'x');
  server.say("3e8\r\n" + much + "\r\n");
  EXPECT_EQ(comes_to(much), "first " + much);
  server.say("0\r\n\r\n");
  const auto how = over.get();
  ASSERT_TRUE(how);
  EXPECT_EQ(how->status, 200U);
  EXPECT_EQ(how->body, "");
}

TEST_F(HttpClientStream, EndsWhenNothingComesForItsTime) {
  auto over = follow(300ms);
  auto server = listener.accept();
  server.until("\r\n\r\n");
  server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 4; ++i) {
    std::this_thread::sleep_for(100ms);
    server.say("1\r\nx\r\n");
  }
  EXPECT_EQ(code_of(std::move(over)), errc::read_timeout);
  EXPECT_EQ(comes_to("xxxx"), "xxxx");
}

TEST_F(HttpClientStream, SaysThatItBrokeBehindWhatHasCome) {
  auto over = follow();
  auto server = listener.accept();
  server.until("\r\n\r\n");
  server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n");
  EXPECT_EQ(comes_to("first "), "first ");
  server.close();
  EXPECT_EQ(code_of(std::move(over)), errc::reset);
}

TEST(RetryAfter, IsReadInSecondsAlone) {
  const auto said = [](std::string_view value) {
    auto response = make_response(429, "text/plain", "");
    response.fields.set("Retry-After", value);
    return retry_after(response);
  };
  EXPECT_EQ(said("0"), 0s);
  EXPECT_EQ(said("120"), 120s);
  for (const auto* none : {"", "-1", "1.5", "1 ", "4294967296", "Sun, 29 Nov 2026 12:00:00 GMT"})
    EXPECT_EQ(said(none), std::nullopt) << none;
  EXPECT_EQ(retry_after(make_response(503, "text/plain", "")), std::nullopt);
}

}  // namespace
}  // namespace tonris::net
