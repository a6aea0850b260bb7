#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/websocket_client.hpp"
#include "tests/net/http_server_fixture.hpp"
#include "tests/net/websocket_fixture.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

/// Our server and our client over TLS, with an authority of the test's own.
class HttpOverTls : public test::ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    make_client();
  }
  void TearDown() override {
    test::on(io, [this] {
      client.reset();
      attempt.reset();
      for (auto* socket : {&here, &there}) {
        if (!*socket) continue;
        (*socket)->detach();
        (*socket)->abort();
        socket->reset();
      }
    });
    ServerTest::TearDown();
  }
  void make_client() {
    test::on(io, [this] { client = http_client::make(io, tls.client); });
  }
  result<http_response> ask(const std::string& host = "localhost", std::chrono::milliseconds limit = 20s) {
    std::promise<result<http_response>> told;
    test::on(io, [&] {
      client->request(address("https", host), {}, limit, [&](auto how) { told.set_value(std::move(how)); });
    });
    return told.get_future().get();
  }
  std::string address(const std::string& scheme, const std::string& host) const {
    return scheme + "://" + host + ":" + std::to_string(server->port()) + "/secure";
  }
  void serve_with(const std::string& name, const std::string& alternative_names,
                  test::certificate_authority::validity valid = {}) {
    files = tls.authority.issue(name, alternative_names, valid);
    context = tls_server_context::load(files.certificate, files.key).value();
    test::on(io, [this] { server.reset(); });
    serve(echo, context);
  }

  test::tls_pair tls;
  test::certificate_authority::files files;
  std::shared_ptr<tls_server_context> context;
  std::unique_ptr<http_client> client;
  std::unique_ptr<websocket_connect> attempt;
  std::shared_ptr<websocket> here, there;
};

TEST_F(HttpOverTls, CarriesRequestsAndReusesTheConnection) {
  bool secure = false;
  serve(
      [&](http_request request, http_responder responder) {
        secure = request.tls;
        responder.respond(make_response(200, "", std::string(300'000, 'x')));
      },
      tls.server);
  for (int i = 0; i < 3; ++i) {
    const auto how = ask();
    ASSERT_TRUE(how) << how.error().detail;
    EXPECT_EQ(how->body, std::string(300'000, 'x'));
  }
  EXPECT_TRUE(secure);
  EXPECT_EQ(stats().accepted, 1U);
}

TEST_F(HttpOverTls, ChecksTheHostNameAndTheAddress) {
  serve_with("other", "DNS:other.example");
  EXPECT_EQ(ask("localhost").error().code, errc::certificate_refused);
  EXPECT_EQ(ask("127.0.0.1").error().code, errc::certificate_refused);
  EXPECT_EQ(stats().requests, 0U);
}

TEST_F(HttpOverTls, RefusesACertificateOfSomebodyElsesAuthority) {
  test::certificate_authority foreign;
  const auto theirs = foreign.issue("localhost", "DNS:localhost");
  serve(echo, tls_server_context::load(theirs.certificate, theirs.key).value());
  EXPECT_EQ(ask().error().code, errc::certificate_refused);
  EXPECT_TRUE(test::eventually(io, [this] { return stats().tls_failures >= 1 && stats().open == 0; }));
}

std::string day_in(long seconds) {
  const std::time_t at = std::time(nullptr) + seconds;
  std::tm utc{};
  gmtime_r(&at, &utc);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc)};
}

TEST_F(HttpOverTls, NamesHostAndCauseOfACertificateItRefuses) {
  constexpr long day = 24 * 3600;
  const auto host = [this] { return "localhost:" + std::to_string(server->port()) + ": "; };
  serve_with("old", "DNS:localhost", {-40 * day, -30 * day});
  EXPECT_EQ(ask().error().detail, host() + "certificate expired " + day_in(-30 * day));
  serve_with("young", "DNS:localhost", {30 * day, 40 * day});
  EXPECT_EQ(ask().error().detail, host() + "certificate not valid before " + day_in(30 * day));
  serve_with("other", "DNS:other.example");
  EXPECT_EQ(ask().error().detail, host() + "certificate refused: hostname mismatch");
}

TEST(TlsServerContext, SaysThatAKeyHasAPassphrase) {
  test::certificate_authority authority;
  const auto files = authority.issue("locked", "DNS:localhost", {}, "open sesame");
  const auto loaded = tls_server_context::load(files.certificate, files.key);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().detail, testing::HasSubstr("the key has a passphrase"));
}

TEST_F(HttpOverTls, ServesAReloadedCertificateToConnectionsAcceptedFromThenOn) {
  serve_with("first", "DNS:localhost");
  ASSERT_TRUE(ask());
  const auto next = tls.authority.issue("next", "DNS:other.example");
  std::filesystem::copy_file(next.certificate, files.certificate, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(next.key, files.key, std::filesystem::copy_options::overwrite_existing);
  ASSERT_TRUE(context->reload());
  EXPECT_TRUE(ask()) << "the open connection goes on";
  make_client();
  EXPECT_EQ(ask().error().code, errc::certificate_refused) << "a new one meets the new certificate";
}

TEST_F(HttpOverTls, CountsClientsThatSpeakNoTls) {
  serve(echo, tls.server);
  auto peer = connect();
  peer.say(get("/"));
  EXPECT_TRUE(peer.ends());
  EXPECT_TRUE(test::eventually(io, [this] { return stats().tls_failures == 1; }));
  EXPECT_EQ(stats().accepted, 0U);
}

TEST_F(HttpOverTls, CutsOffAHandshakeThatDoesNotEnd) {
  limits.tls_handshake = 60ms;
  serve(echo, tls.server);
  auto peer = connect();
  EXPECT_TRUE(peer.ends());
  EXPECT_TRUE(test::eventually(io, [this] { return stats().tls_failures == 1; }));
}

TEST_F(HttpOverTls, GivesUpTheHandshakeThatHasWaitedLongestWhenAnotherComes) {
  limits.max_connections = 2;
  serve(echo, tls.server);
  auto first = connect();
  auto second = connect();
  auto third = connect();
  EXPECT_TRUE(first.ends());
  EXPECT_EQ(stats().given_up, 1U);
  EXPECT_TRUE(ask()) << "who has something to say comes in";
  EXPECT_TRUE(second.ends());
  EXPECT_EQ(stats().given_up, 2U);
  EXPECT_EQ(stats().refused_connections, 0U);
  EXPECT_EQ(stats().tls_failures, 0U) << "it is not they who failed";
}

TEST_F(HttpOverTls, SaysThatAPlainServerSpeaksNoTls) {
  serve(echo);
  const auto how = ask();
  EXPECT_EQ(how.error().code, errc::tls_failed);
  EXPECT_EQ(how.error().detail, "localhost:" + std::to_string(server->port()) + ": plain HTTP on a TLS port");
}

TEST_F(HttpOverTls, OpensWebSocketsBothWays) {
  test::collecting_handler at_server;
  test::collecting_handler at_client;
  serve(
      [&](http_request request, http_responder responder) {
        EXPECT_TRUE(is_upgrade(request));
        responder.upgrade({}, [&](auto made) {
          there = std::move(made);
          there->send("first word");  // with the answer to the upgrade, perhaps in the same record
          there->start(at_server);
        });
      },
      tls.server);
  test::on(io, [&] {
    attempt = open_websocket(io, tls.client, address("wss", "localhost"), {}, [&](auto how) {
      ASSERT_TRUE(how) << how.error().detail;
      here = std::move(*how);
      here->start(at_client);
      here->send(std::string(20'000, 'x'));
    });
  });
  EXPECT_TRUE(test::eventually(io, [&] { return at_server.messages.size() == 1 && at_client.messages.size() == 1; }));
  test::on(io, [&] {
    EXPECT_EQ(at_client.messages[0], "first word");
    EXPECT_EQ(at_server.messages[0].size(), 20'000U);
    for (auto* socket : {&here, &there}) {
      (*socket)->detach();
      (*socket)->abort();
      socket->reset();
    }
  });
}

TEST_F(HttpOverTls, RefusesAWebSocketWhoseCertificateIsWrong) {
  serve_with("other", "DNS:other.example");
  std::promise<errc> told;
  test::on(io, [&] {
    attempt = open_websocket(io, tls.client, address("wss", "localhost"), {},
                             [&](auto how) { told.set_value(how ? errc{} : how.error().code); });
  });
  EXPECT_EQ(told.get_future().get(), errc::certificate_refused);
}

}  // namespace
}  // namespace tonris::net
