#include "allocations.hpp"
#include "net/websocket_stream.hpp"
#include "websocket_fixture.hpp"

namespace tonris::net::test {
namespace {

/// Sends each message straight back.
struct echo : websocket_handler {
  void on_text(std::string_view message) override {
    ++seen;
    if (seen == 100) at_100 = allocations();
    if (seen == 1100) at_1100 = allocations();
    if (seen < 1100) socket->send(message.substr(0, 40), message.substr(40));
  }
  void on_end(const websocket_end&) override {}

  std::shared_ptr<websocket> socket;
  int seen = 0;
  long at_100 = 0;
  long at_1100 = 0;
};

class WebSocketAllocation : public StreamPair {};

INSTANTIATE_TEST_SUITE_P(Over, WebSocketAllocation, testing::Values(transport::tcp, transport::tls), to_name);

// OpenSSL's own buffers come from malloc and are not counted here.
TEST_P(WebSocketAllocation, AMessageCostsNoneEitherWay) {
  echo server;
  echo client;
  on(io, [&] {
    server.socket = make_websocket(there, websocket_role::server, {}, {});
    client.socket = make_websocket(here, websocket_role::client, {}, {});
    server.socket->start(server);
    client.socket->start(client);
    return client.socket->send(std::string(280, 'f'));
  });
  ASSERT_TRUE(eventually(io, [&] { return server.seen == 1100; }));
  on(io, [&] {
    EXPECT_GT(server.at_100, 0) << "the counter counts";
    EXPECT_EQ(server.at_1100 - server.at_100, 0) << "in 1000 messages each way";
    for (auto* each : {&server, &client}) {
      each->socket->detach();
      each->socket->abort();
      each->socket = nullptr;
    }
    return 0;
  });
}

}  // namespace
}  // namespace tonris::net::test
