#include "allocations.hpp"
#include "tests/net/http_server_fixture.hpp"

namespace tonris::net::test {
namespace {

class HttpAllocation : public ServerTest {};

// A webhook's way through the server: nothing of what streams may cost it anything.
TEST_F(HttpAllocation, OfAPlainRequestStaysAsItIs) {
  limits.body_plan = [](const http_request&) { return http_body_plan{}; };
  long at_100 = 0, at_1100 = 0;
  int seen = 0;
  serve([&](http_request, http_responder responder) {
    ++seen;
    if (seen == 100) at_100 = allocations();
    if (seen == 1100) at_1100 = allocations();
    responder.respond({});
  });
  auto peer = connect();
  for (int i = 0; i < 1100; ++i) {
    peer.say(post("/api/webhooks/twilio/elevenlabs", std::string(1000, 'b')));
    ASSERT_TRUE(peer.message().starts_with("HTTP/1.1 200 "));
  }
  on(io, [&] {
    EXPECT_GT(at_100, 0) << "the counter counts";
    // Its target, fields and body, what its responder shares, and the answer's fields; and the date, now and then.
    EXPECT_LE(at_1100 - at_100, 5'100);
  });
}

}  // namespace
}  // namespace tonris::net::test
