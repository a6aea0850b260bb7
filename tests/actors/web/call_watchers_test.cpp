#include "actors/web/call_watchers.hpp"

#include <chrono>
#include <string>

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class CallWatchers : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  /// What the client has had, without the chunks' own lines.
  std::string watch(const std::string& path = "/api/calls/events", const std::string& shown = "admin",
                    const std::string& more = "") {
    (void)exchange("GET " + path + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + shown + "\r\n" + more + "\r\n");
    client = streams.back();
    return news();
  }
  std::string news() {
    settle();
    auto text = std::exchange(client->written, {});
    return text;
  }
  void pass_on() { pass(call_watchers_settings::flush_pause); }
  static std::string last_id(const std::string& text) {
    const auto at = text.rfind("id: ");
    return at == std::string::npos ? "" : text.substr(at + 4, text.find('\n', at) - at - 4);
  }
  double watching() { return counted("tonris_call_watchers"); }

  std::shared_ptr<fake_stream> client;
};

TEST_F(CallWatchers, GetWhatGoesOnAndThenWhatHappens) {
  post(voice_path, voice_form());
  const auto first = watch();
  EXPECT_THAT(first, HasSubstr("200 OK"));
  EXPECT_THAT(first, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(first, HasSubstr("event: snapshot\ndata: {\"calls\":[{\"callSid\":\"" + some_call.value));
  EXPECT_EQ(watching(), 1);
  talk();
  pass_on();
  const auto then = news();
  EXPECT_THAT(then, HasSubstr("event: agent_ready"));
  EXPECT_THAT(then, HasSubstr("event: state\ndata: {\"callSid\":\"" + some_call.value + "\",\"tenantId\":\"salon-1\""));
  EXPECT_THAT(then, HasSubstr(R"("detail":"talking")"));
  EXPECT_THAT(then, Not(HasSubstr("+15550100001")));
}

TEST_F(CallWatchers, GoOnWhereTheyWere) {
  post(voice_path, voice_form());
  const auto id = last_id(watch());
  ASSERT_NE(id, "");
  talk();
  const auto again = watch("/api/calls/events", "admin", "Last-Event-ID: " + id + "\r\n");
  EXPECT_THAT(again, Not(HasSubstr("snapshot")));
  EXPECT_THAT(again, HasSubstr("event: agent_ready"));
  EXPECT_THAT(watch("/api/calls/events", "admin", "Last-Event-ID: 99999999\r\n"), HasSubstr("event: snapshot"))
      << "of another life of this node";
}

TEST_F(CallWatchers, OfATenantSeeItsOwnCallsAlone) {
  post(voice_path, voice_form());
  const auto others = watch("/api/calls/events", make_key("salon-2", {model::scope::read}));
  EXPECT_THAT(others, HasSubstr(R"({"calls":[]})"));
  talk();
  pass_on();
  EXPECT_THAT(news(), Not(HasSubstr("event")));
  EXPECT_THAT(watch("/api/calls/events", make_key("salon-1", {model::scope::read})), HasSubstr(R"("from":"+1555...")"));
}

TEST_F(CallWatchers, OfOneCallAreToldOfItUntilItHasEnded) {
  talk();
  const auto path = "/api/calls/" + some_call.value + "/events";
  EXPECT_THAT(watch(path), HasSubstr("snapshot"));
  EXPECT_EQ(api("POST", "/api/calls/" + some_call.value + "/hangup", "admin").status, 202u);
  pass_on();
  const auto last = news();
  EXPECT_THAT(last, HasSubstr("event: ended"));
  EXPECT_THAT(last, HasSubstr("0\r\n\r\n")) << "the stream is over";
  EXPECT_EQ(watching(), 0);
  EXPECT_EQ(api("GET", path, "admin").status, 409u);
}

TEST_F(CallWatchers, HearThatTheGatewayIsThere) {
  (void)watch();
  pass(call_watchers_settings::beat);
  EXPECT_THAT(news(), HasSubstr(":\n\n"));
}

TEST_F(CallWatchers, AreBoundedAndATenantsAreFewer) {
  const auto key = make_key("salon-1", {model::scope::read});
  for (std::size_t n = 0; n < call_watchers_settings::most_of_a_tenant; ++n)
    EXPECT_THAT(watch("/api/calls/events", key), HasSubstr("200 OK"));
  EXPECT_THAT(watch("/api/calls/events", key), HasSubstr("503"));
  EXPECT_THAT(watch(), HasSubstr("200 OK")) << "others are not kept out";
}

TEST_F(CallWatchers, WhoLeaveAreForgotten) {
  (void)watch();
  EXPECT_EQ(watching(), 1);
  service->cut_connections();
  settle();
  EXPECT_EQ(watching(), 0);
}

TEST_F(CallWatchers, WhoTakeNothingAreCutOff) {
  (void)watch();
  client->queued = 10'000'000;
  for (std::size_t n = 0; n < live_board::most_events + 2; ++n) {
    calls->live->happened({"salon-1"}, {some_call, {}, model::call_moment::agent_said, std::string(100, 'x')});
    if (n % 2'000 == 0) pass_on();
  }
  pass_on();
  EXPECT_EQ(watching(), 0);
  EXPECT_EQ(counted("tonris_call_watchers_dropped_total"), 1);
}

}  // namespace
}  // namespace tonris::actors::test
