#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "net/http_server.hpp"
#include "tests/net/net_fixture.hpp"
#include "tests/net/raw_peer.hpp"

namespace tonris::net::test {

/// A running server whose handler the test chooses; by default it says the request back.
class ServerTest : public testing::Test {
 protected:
  void SetUp() override { io.start(); }
  void TearDown() override {
    on(io, [this] { server.reset(); });
    io.stop();
  }

  void serve(http_server::handler handle, std::shared_ptr<tls_server_context> tls = nullptr) {
    auto listening = http_server::listen(io, "127.0.0.1", 0, limits, std::move(tls), std::move(handle));
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    server->start();
  }
  void serve() { serve(echo); }
  raw_peer connect() { return raw_peer::to(server->port()); }
  http_server_stats stats() { return server->stats(); }

  static void echo(http_request request, http_responder responder) {
    responder.respond(make_response(200, "text/plain", request.method + ' ' + request.target + ' ' + request.body));
  }
  static std::string get(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  }
  static std::string post(const std::string& target, const std::string& body) {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }

  loop io{"http-test"};
  http_server_limits limits;
  std::unique_ptr<http_server> server;
};

}  // namespace tonris::net::test
