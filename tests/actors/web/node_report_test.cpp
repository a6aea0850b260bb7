#include "actors/web/node_report.hpp"
#include "actors/call/metrics.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

class NodeReport : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
};

TEST_F(NodeReport, SaysHowTheNodeIs) {
  EXPECT_EQ(get("/health").status, 200u);
  EXPECT_EQ(get("/ready").body, R"({"status":"ready"})");
  ready = {readiness::state::ready, "tenants of TENANTS_FILE with mistakes: 2"};
  EXPECT_EQ(get("/ready").status, 200u);
  EXPECT_EQ(get("/ready").body, R"({"status":"ready","notice":"tenants of TENANTS_FILE with mistakes: 2"})");
  ready = {readiness::state::degraded, "the disk is full"};
  EXPECT_EQ(get("/ready").status, 200u);
  EXPECT_EQ(get("/ready").body, R"({"status":"degraded","because":"the disk is full"})");
  ready = {readiness::state::not_ready, "this node is stopping"};
  EXPECT_EQ(get("/ready").status, 503u);
  EXPECT_THAT(get("/ready").body, HasSubstr("this node is stopping"));
  EXPECT_EQ(get("/health").status, 200u);
  EXPECT_EQ(exchange("POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status, 405u);
}

TEST_F(NodeReport, DoesNotAnswerOnTheLoop) {
  for (const auto* path : {"/health", "/ready", "/metrics"}) {
    auto stream = streams.emplace_back(std::make_shared<fake_stream>(io));
    auto connection = std::make_shared<net::http_connection>(
        service, stream, std::make_shared<net::http_place>(service, /*descriptor=*/-1));
    service->connections.insert(connection);
    connection->begin();
    stream->arrives("GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(stream->written, "") << path << ": the loop goes on to the next frame";
    settle();
    EXPECT_EQ(answer_on(*stream).status, 200u) << path;
  }
}

TEST_F(NodeReport, GathersItsFiguresOnceASecondHoweverOftenTheyAreAsked) {
  const auto& live = counters.of<call_metrics>().live_calls;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(get("/metrics").status, 200u);
  EXPECT_EQ(gathered, 1);
  const auto figures = [&] { return get("/metrics").body; };
  live.set(std::size_t{7});
  EXPECT_THAT(figures(), HasSubstr("tonris_calls_live 0"));
  pass(std::chrono::seconds{1});
  EXPECT_THAT(figures(), HasSubstr("tonris_calls_live 7"));
  EXPECT_EQ(gathered, 2);
}

}  // namespace
}  // namespace tonris::actors::test
