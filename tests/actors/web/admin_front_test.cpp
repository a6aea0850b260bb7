#include "actors/web/admin_front.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

class AdminFront : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  double refused(const std::string& endpoint, const std::string& reason) {
    return counted(R"(tonris_http_refused_total{endpoint=")" + endpoint + R"(",reason=")" + reason + R"("})");
  }
};

TEST_F(AdminFront, SaysHowTheNodeIs) {
  EXPECT_EQ(get("/health").status, 200u);
  EXPECT_EQ(get("/ready").body, R"({"status":"ready"})");
  ready = {readiness::what::degraded, "the disk is full"};
  EXPECT_EQ(get("/ready").status, 200u);
  EXPECT_EQ(get("/ready").body, R"({"status":"degraded","because":"the disk is full"})");
  ready = {readiness::what::not_ready, "this node is stopping"};
  EXPECT_EQ(get("/ready").status, 503u);
  EXPECT_THAT(get("/ready").body, HasSubstr("this node is stopping"));
  EXPECT_EQ(get("/health").status, 200u);
  EXPECT_EQ(exchange("POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status, 405u);
}

TEST_F(AdminFront, DoesNotAnswerOnTheLoop) {
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

TEST_F(AdminFront, GathersItsFiguresOnceASecondHoweverOftenTheyAreAsked) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(get("/metrics").status, 200u);
  EXPECT_EQ(gathered, 1);
  const auto figures = [&] { return get("/metrics").body; };
  counters.set_live_calls(7);
  EXPECT_THAT(figures(), HasSubstr("tonris_calls_live 0"));
  pass(std::chrono::seconds{1});
  EXPECT_THAT(figures(), HasSubstr("tonris_calls_live 7"));
  EXPECT_EQ(gathered, 2);
}

TEST_F(AdminFront, ShowsItsFiguresToWhomHasTheTokenWhereThereIsOne) {
  auto with = others_config();
  with.metrics_token = "m3trics";
  open_doors(std::move(with));
  EXPECT_EQ(get("/metrics").status, 401u);
  EXPECT_EQ(get("/metrics", "Authorization: Bearer admin\r\n").status, 401u) << "another door's key";
  EXPECT_EQ(get("/metrics", "Authorization: m3trics\r\n").status, 401u) << "a key without its scheme";
  EXPECT_EQ(get("/metrics", "Authorization: Bearer m3trics\r\n").status, 200u);
  EXPECT_EQ(get("/ready").status, 200u);
  EXPECT_EQ(refused("other", "unauthorized"), 3);
}

TEST_F(AdminFront, IsForMachinesOnlyWhereOperatorsHaveTheirOwnDoor) {
  auto with = others_config();
  with.operators_too = false;
  open_doors(std::move(with));
  EXPECT_EQ(get("/health").status, 200u);
  EXPECT_EQ(get("/ready").status, 200u);
  EXPECT_EQ(get("/metrics").status, 404u);
  EXPECT_EQ(get("/api/calls/CA1", "Authorization: Bearer admin\r\n").status, 404u);
}

TEST_F(AdminFront, ShowsACallToWhomMayAsk) {
  post(voice_path, voice_form());
  const auto path = "/api/calls/" + some_call.value;
  EXPECT_EQ(get(path).status, 401u);
  EXPECT_EQ(get(path, "Authorization: Bearer wrong\r\n").status, 401u);
  const auto got = get(path, "Authorization: Bearer admin\r\n");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(some_call.value));
  EXPECT_EQ(get("/api/calls/CA9", "Authorization: Bearer admin\r\n").status, 404u);
  EXPECT_EQ(refused("api", "unauthorized"), 2);
}

TEST_F(AdminFront, KeepsTheAdministrationOffWithoutItsToken) {
  auto with = others_config();
  with.admin_token = "";
  open_doors(std::move(with));
  EXPECT_EQ(get("/api/calls/CA1", "Authorization: Bearer \r\n").status, 403u);
  EXPECT_EQ(get("/api/calls/CA1").status, 403u);
}

}  // namespace
}  // namespace tonris::actors::test
