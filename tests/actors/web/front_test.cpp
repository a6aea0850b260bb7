#include "actors/web/front.hpp"

#include "actors/web/routes.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Front : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  double refused(const std::string& endpoint, const std::string& reason) {
    return counted(R"(tonris_http_refused_total{endpoint=")" + endpoint + R"(",reason=")" + reason + R"("})");
  }
  std::string ticket() {
    post(voice_path, voice_form());
    return "/media-stream/ticket-1";
  }
};

TEST_F(Front, UpgradesAStreamWithItsTicketAndHandsItToItsCall) {
  EXPECT_EQ(upgrade(ticket()).status, 101u);
  EXPECT_TRUE(alive(caller_leg));
  EXPECT_FALSE(streams.back()->aborted);
  EXPECT_EQ(counted(R"(tonris_stream_signature_candidate_total{candidate="0"})"), 1);
}

TEST_F(Front, TakesATicketWithTwiliosSlashBehindIt) {
  const auto path = ticket();
  EXPECT_EQ(
      exchange(upgrade_bytes(path + "/", model::twilio::signature(token, "wss://gw.example.com" + path + "/", {})))
          .status,
      101u);
}

TEST_F(Front, RefusesAStreamBeforeItsUpgrade) {
  const auto path = ticket();
  EXPECT_EQ(exchange(upgrade_bytes(path, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).status, 403u);
  EXPECT_EQ(exchange(upgrade_bytes(path, model::twilio::signature(token, "wss://other.example" + path, {}))).status,
            403u);
  EXPECT_EQ(upgrade("/media-stream/ticket-9").status, 404u);
  EXPECT_EQ(upgrade("/media-stream/").status, 404u);
  EXPECT_EQ(get(path).status, 426u);
  EXPECT_EQ(upgrade(path).status, 101u) << "none of these used the ticket up";
  EXPECT_EQ(upgrade(path).status, 409u);
  EXPECT_EQ(refused("media_stream", "bad_signature"), 2);
  EXPECT_EQ(refused("media_stream", "unknown_ticket"), 2);
  EXPECT_EQ(refused("media_stream", "no_upgrade"), 1);
  EXPECT_EQ(refused("media_stream", "used_ticket"), 1);
}

TEST_F(Front, RefusesAStreamWhenTheSupervisorIsGone) {
  const auto path = ticket();
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(upgrade(path).status, 503u);
}

TEST_F(Front, ShowsItsFiguresToWhomHasTheTokenWhereThereIsOne) {
  auto with = front_config();
  with.metrics_token = "m3trics";
  open_doors(std::move(with));
  EXPECT_EQ(get("/metrics").status, 401u);
  EXPECT_EQ(get("/metrics", "Authorization: Bearer admin\r\n").status, 401u) << "another door's key";
  EXPECT_EQ(get("/metrics", "Authorization: m3trics\r\n").status, 401u) << "a key without its scheme";
  EXPECT_EQ(get("/metrics", "Authorization: Bearer m3trics\r\n").status, 200u);
  EXPECT_EQ(get("/metrics", "Authorization: bearer m3trics\r\n").status, 200u);
  EXPECT_EQ(get("/ready").status, 200u);
  EXPECT_EQ(refused("other", "unauthorized"), 3);
}

TEST_F(Front, KeepsTheAdministrationOffWithoutItsToken) {
  auto with = front_config();
  with.admin_token = "";
  open_doors(std::move(with));
  EXPECT_EQ(get("/api/calls/CA1", "Authorization: Bearer \r\n").status, 403u);
  EXPECT_EQ(get("/api/calls/CA1").status, 403u);
}

TEST_F(Front, KnowsNoOtherPath) {
  for (const auto* path : {"/", "/api", "/api/webhooks/twilio/elevenlabs/", "/media-streams/x", "/%2e%2e/etc/passwd"})
    EXPECT_EQ(get(path).status, 404u) << path;
}

TEST_F(Front, NamesEachRequestOfTheApiAndNoOther) {
  const std::string shown = "Authorization: Bearer admin\r\n", named = "X-Request-Id: my-1.2_3\r\n";
  EXPECT_THAT(get("/api/calls/CA1", shown + named).head, HasSubstr("\r\nX-Request-Id: my-1.2_3"));
  EXPECT_THAT(get("/api/calls/CA1", named).head, HasSubstr("\r\nX-Request-Id: my-1.2_3")) << "refused";
  EXPECT_THAT(get("/api/calls/CA1", shown).head, testing::ContainsRegex("\r\nX-Request-Id: [0-9a-f]{32}"));
  for (const std::string path : {"/health", "/metrics", "/nothing", "/media-stream/t"})
    EXPECT_THAT(get(path, named).head, Not(HasSubstr("X-Request-Id"))) << path;
  EXPECT_THAT(post(voice_path, voice_form()).head, Not(HasSubstr("X-Request-Id")));
}

TEST_F(Front, SaysHowBigABodyMayBe) {
  for (const auto& row : routes()) {
    net::http_request head;
    head.target = row.pattern;  // a name in braces is a segment as well
    for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
      if (row.by.has(std::string_view{method})) head.method = method;
    EXPECT_EQ(front->body_plan(head).max_bytes, row.max_body_bytes) << row.pattern;
  }
  net::http_request head;
  head.target = "/nothing";
  EXPECT_EQ(front->body_plan(head).max_bytes, ordinary_body_bytes);
}

}  // namespace
}  // namespace tonris::actors::test
