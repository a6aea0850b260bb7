#include "actors/web/call_watchers.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
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
  void pass_on() { pass(call_watchers_settings::pause); }
  void happens(const std::string& what) {
    calls->live->happened({"salon-1"}, {some_call, {}, model::call_moment::agent_said, what});
    pass_on();
  }
  /// So many tenths of a second, in which the caller's frames come.
  void talks(int tenths) {
    for (int n = 0; n < tenths; ++n) {
      twilio->say(twilio_media(model::to_base64(std::vector<std::uint8_t>(160, 0x10)), ++frames_said));
      pass(100ms);
      tick();
    }
  }
  static std::size_t levels_in(const std::string& text) {
    std::size_t count = 0;
    for (auto at = text.find("event: levels"); at != std::string::npos; at = text.find("event: levels", at + 1))
      ++count;
    return count;
  }
  static std::string last_id(const std::string& text) {
    const auto at = text.rfind("id: ");
    return at == std::string::npos ? "" : text.substr(at + 4, text.find('\n', at) - at - 4);
  }
  double watching() { return counted("tonris_call_watchers"); }

  const std::string levels_path = "/api/calls/" + some_call.value + "/events?levels=1";
  int frames_said = 0;
  std::shared_ptr<fake_stream> client;
};

TEST_F(CallWatchers, AreToldAtOnceAndWhatFollowsTogetherAfterAPause) {
  rings();
  (void)watch();
  const auto said = [&](const char* what) {
    calls->live->happened({"salon-1"}, {some_call, {}, model::call_moment::agent_said, what});
  };
  pass_on();
  (void)news();
  said("one");
  EXPECT_THAT(news(), HasSubstr("one"));
  said("two");
  said("three");
  EXPECT_EQ(news(), "");
  pass(call_watchers_settings::pause - 1ms);
  EXPECT_EQ(news(), "");
  pass(1ms);
  const auto both = news();
  EXPECT_THAT(both, HasSubstr("two"));
  EXPECT_THAT(both, HasSubstr("three"));
  pass_on();
  said("four");
  EXPECT_THAT(news(), HasSubstr("four"));
}

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

TEST_F(CallWatchers, AreShownTheTenantThatTheOperatorNames) {
  post(voice_path, voice_form());
  const std::string named = "/api/calls/events?tenant=salon-1";
  const auto first = watch(named);
  EXPECT_THAT(first, HasSubstr("{\"calls\":[{\"callSid\":\"" + some_call.value));
  const auto id = last_id(first);
  ASSERT_NE(id, "");
  pass_on();
  (void)news();
  calls->live->happened({"salon-1"}, {some_call, {}, model::call_moment::agent_said, "one"});
  calls->live->happened({"salon-2"}, {{"CA2"}, {}, model::call_moment::agent_said, "two"});
  pass_on();
  EXPECT_THAT(news(), AllOf(HasSubstr("one"), Not(HasSubstr("two"))));
  EXPECT_EQ(watching(), 1);
  EXPECT_THAT(watch(named, "admin", "Last-Event-ID: " + id + "\r\n"),
              AllOf(HasSubstr("one"), Not(HasSubstr("two")), Not(HasSubstr("snapshot"))));
}

TEST_F(CallWatchers, NameNobodyElsesTenantAndNoneThatIsNot) {
  const std::string all = "/api/calls/events";
  const auto key = make_key("salon-1", {model::scope::read});
  const auto unknown = api("GET", all + "?tenant=nosuch", "admin");
  EXPECT_EQ(unknown.status, 404u);
  EXPECT_THAT(unknown.body, HasSubstr(R"("code":"tenant_not_found")"));
  EXPECT_EQ(api("GET", all + "?tenant=salon-2", key).body, unknown.body) << "another's looks like nobody's";
  EXPECT_EQ(api("GET", all + "?tenant=", "admin").status, 400u);
  EXPECT_EQ(api("GET", all + "?tenant=salon-1&tenant=salon-2", "admin").status, 400u);
  EXPECT_EQ(api("GET", all + "?tenant=salon-1&x=1", "admin").status, 400u);
  EXPECT_EQ(watching(), 0);
  EXPECT_THAT(watch(all + "?tenant=salon-1", key), HasSubstr("200 OK"));
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
    EXPECT_THAT(watch("/api/calls/events?tenant=salon-1"), HasSubstr("200 OK")) << "the operator takes none of his";
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

TEST_F(CallWatchers, WhoWereSlowAreToldTheRestOnceTheyHaveRoom) {
  post(voice_path, voice_form());
  (void)watch();
  const auto slow = client;
  (void)watch();
  slow->queued = 10'000'000;
  happens("one");
  EXPECT_THAT(news(), HasSubstr("one")) << "nobody waits for him";
  happens("two");
  happens("three");
  EXPECT_THAT(slow->written, Not(HasSubstr("three")));
  slow->takes_all();
  settle();
  EXPECT_THAT(slow->written, HasSubstr("two"));
  EXPECT_THAT(slow->written, HasSubstr("three"));
  EXPECT_EQ(slow->written.find("\"detail\":\"two\""), slow->written.rfind("\"detail\":\"two\"")) << "once";
  EXPECT_EQ(watching(), 2);
}

TEST_F(CallWatchers, WhoWatchTheSameAreToldTheSame) {
  post(voice_path, voice_form());
  (void)watch();
  const auto first = client;
  (void)watch("/api/calls/events", make_key("salon-1", {model::scope::read}));
  const auto of_tenant = client;
  (void)watch("/api/calls/events", make_key("salon-2", {model::scope::read}));
  const auto of_other = client;
  for (const auto& one : {first, of_tenant, of_other}) one->written.clear();
  happens("one");
  EXPECT_THAT(first->written, HasSubstr("one"));
  EXPECT_EQ(first->written, of_tenant->written);
  EXPECT_EQ(of_other->written, "");
}

// --- levels

TEST_F(CallWatchers, AreToldHowLoudTheirCallIsFiveTimesASecond) {
  talk();
  EXPECT_THAT(watch(levels_path), HasSubstr("snapshot"));
  talks(1);
  (void)news();
  talks(21);
  const auto told = news();
  EXPECT_EQ(levels_in(told), 10u);
  EXPECT_THAT(told, HasSubstr("event: levels\ndata: {\"callSid\":\"" + some_call.value + "\",\"caller\":"));
  EXPECT_EQ(last_id(told), "") << "a client that reconnects goes on behind what has happened";
}

TEST_F(CallWatchers, AloneBringAboutThatLevelsAreMeasured) {
  talk();
  talks(20);
  (void)watch();
  (void)watch("/api/calls/" + some_call.value + "/events");
  talks(20);
  EXPECT_EQ(counted("tonris_call_levels_total"), 0);
  (void)watch(levels_path);
  talks(10);
  EXPECT_GT(counted("tonris_call_levels_total"), 0);
  service->cut_connections();
  settle();
  talks(1);
  const auto measured = counted("tonris_call_levels_total");
  talks(20);
  EXPECT_EQ(counted("tonris_call_levels_total"), measured);
}

TEST_F(CallWatchers, WhoAreSlowLoseLevelsAndNothingElse) {
  talk();
  (void)watch(levels_path);
  talks(5);
  (void)news();
  client->queued = 1000;
  happens("one");
  talks(10);
  happens("two");
  const auto told = news();
  EXPECT_EQ(levels_in(told), 0u);
  EXPECT_THAT(told, HasSubstr("one"));
  EXPECT_THAT(told, HasSubstr("two"));
  EXPECT_GE(counted("tonris_call_levels_left_out_total"), 4);
  client->takes_all();
  talks(5);
  EXPECT_GT(levels_in(news()), 0u);
}

TEST_F(CallWatchers, AreToldNoLevelsOnceTheCallHasEnded) {
  talk();
  (void)watch(levels_path);
  talks(5);
  EXPECT_EQ(api("POST", "/api/calls/" + some_call.value + "/hangup", "admin").status, 202u);
  pass_on();
  EXPECT_THAT(news(), HasSubstr("event: ended"));
  pass(1s);
  EXPECT_EQ(news(), "");
  EXPECT_EQ(watching(), 0);
}

TEST_F(CallWatchers, AskForLevelsOfOneCallWithAOne) {
  talk();
  const auto path = "/api/calls/" + some_call.value + "/events";
  EXPECT_EQ(api("GET", path + "?levels=2", "admin").status, 400u);
  EXPECT_EQ(api("GET", path + "?level=1", "admin").status, 400u);
  EXPECT_EQ(api("GET", path + "?levels=1&levels=1", "admin").status, 400u);
  EXPECT_EQ(api("GET", "/api/calls/events?levels=1", "admin").status, 400u);
  EXPECT_THAT(watch(path + "?levels=0"), HasSubstr("200 OK"));
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
