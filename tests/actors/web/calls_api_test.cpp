#include "actors/web/calls_api.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

class CallsApi : public FrontTest {
 protected:
  static inline const std::string shown = "Authorization: Bearer admin\r\n";

  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
};

TEST_F(CallsApi, ShowsACallToWhomMayAsk) {
  post(voice_path, voice_form());
  const auto path = "/api/calls/" + some_call.value;
  EXPECT_EQ(get(path).status, 401u);
  EXPECT_EQ(get(path, "Authorization: Bearer wrong\r\n").status, 401u);
  const auto got = get(path, "Authorization: Bearer admin\r\n");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(some_call.value));
  EXPECT_EQ(get("/api/calls/CA9", "Authorization: Bearer admin\r\n").status, 404u);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="unauthorized"})"), 2);
}

TEST_F(CallsApi, AsksTheStoreAboutACallThatThisProcessForgot) {
  stored->record = R"({"callSid":"CA1"})";
  EXPECT_EQ(get("/api/calls/CA1", shown).body, stored->record);
}

TEST_F(CallsApi, TellsWhatWasWrittenOfACall) {
  const auto path = "/api/calls/" + some_call.value + "/events";
  EXPECT_EQ(get(path, shown).body, R"({"error":{"code":"call_not_found","message":"no such call is known"}})");
  stored->events.emplace_back();
  EXPECT_EQ(get(path, shown).body, to_json(stored->events));
}

TEST_F(CallsApi, KnowsNoCallBelowACall) {
  for (const auto* path : {"/api/calls/", "/api/calls/CA1/more", "/api/calls//events", "/api/calls/CA1/2/events"})
    EXPECT_THAT(get(path, shown).body, HasSubstr("call_not_found")) << path;
}

TEST_F(CallsApi, SaysThatNobodyAnswers) {
  caf::anon_send_exit(store, caf::exit_reason::kill);
  settle();
  for (const auto* path : {"/api/calls/CA9", "/api/calls/CA9/events"}) {
    const auto got = get(path, shown);
    EXPECT_EQ(got.status, 503u);
    EXPECT_EQ(got.body, R"({"error":{"code":"unavailable","message":"try again"}})");
  }
}

}  // namespace
}  // namespace tonris::actors::test
