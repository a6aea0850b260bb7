#include "actors/web/calls_api.hpp"

#include <algorithm>

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
  for (const auto* scheme : {"bearer", "BEARER"})
    EXPECT_EQ(get(path, "Authorization: " + std::string{scheme} + " admin\r\n").status, 200u) << scheme;
  const auto got = get(path, "Authorization: Bearer admin\r\n");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(some_call.value));
  EXPECT_EQ(get("/api/calls/CA9", "Authorization: Bearer admin\r\n").status, 404u);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="unauthorized"})"), 2);
}

TEST_F(CallsApi, AsksTheStoreAboutACallThatThisProcessForgot) {
  model::call_record forgotten;
  forgotten.call = {"CA1"};
  stored->record = to_json(forgotten);
  EXPECT_EQ(get("/api/calls/CA1", shown).body, stored->record);
  stored->record = R"({"callSid":"CA1"})";
  const auto unreadable = get("/api/calls/CA1", shown);
  EXPECT_EQ(unreadable.status, 500u) << "it is not called unknown";
  EXPECT_THAT(unreadable.body, HasSubstr("cannot read"));
}

TEST_F(CallsApi, TellsWhatWasWrittenOfACall) {
  const auto path = "/api/calls/" + some_call.value + "/timeline";
  EXPECT_EQ(get(path, shown).body, R"({"error":{"code":"call_not_found","message":"no such call is known"}})");
  stored->events.emplace_back();
  EXPECT_EQ(get(path, shown).body, to_json(stored->events));
}

TEST_F(CallsApi, CutsTheCallersNumberForWhomMayNotSeeIt) {
  post(voice_path, voice_form());
  const auto path = "/api/calls/" + some_call.value;
  const auto reads = make_key("salon-1", {model::scope::read});
  const auto acts = make_key("salon-1", {model::scope::read, model::scope::control});
  EXPECT_THAT(api("GET", path, reads).body, HasSubstr(R"("from":"+1555...")"));
  EXPECT_THAT(api("GET", path, acts).body, HasSubstr(R"("from":"+15550100001")"));
}

TEST_F(CallsApi, SaysWhyInAFewLines) {
  post(voice_path, voice_form());
  stored->events.push_back({some_call, {}, model::call_moment::signed_url, "HTTP 401 unauthorized"});
  const auto got = get("/api/calls/" + some_call.value + "/why", shown);
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.head, HasSubstr("text/plain"));
  EXPECT_THAT(got.body, HasSubstr("signed_url, HTTP 401 unauthorized"));
  EXPECT_THAT(got.body, HasSubstr("For Twilio: " + some_call.value));
  EXPECT_LE(std::count(got.body.begin(), got.body.end(), '\n'), 10);
  EXPECT_THAT(got.body, testing::Not(HasSubstr("+15550100001")));
}

TEST_F(CallsApi, TakesNoParameterThatItDoesNotKnow) {
  post(voice_path, voice_form());
  const auto path = "/api/calls/" + some_call.value;
  for (const std::string what : {"", "/timeline", "/why"}) {
    const auto got = get(path + what + "?format=csv&verbose=1", shown);
    EXPECT_EQ(got.status, 400u) << what;
    EXPECT_THAT(got.body, HasSubstr("format is not known: no parameter is taken here; verbose is not known")) << what;
    EXPECT_THAT(get(path + what + "?a=%zz", shown).body, HasSubstr("the query cannot be read")) << what;
    EXPECT_EQ(get(path + what + "?", shown).status, 200u) << what;
  }
}

TEST_F(CallsApi, KnowsNoCallBelowACall) {
  for (const auto* path : {"/api/calls/", "/api/calls/CA1/more", "/api/calls//timeline", "/api/calls/CA1/2/timeline"})
    EXPECT_THAT(get(path, shown).body, HasSubstr("call_not_found")) << path;
}

TEST_F(CallsApi, SaysThatNobodyAnswers) {
  caf::anon_send_exit(store, caf::exit_reason::kill);
  settle();
  for (const auto* path : {"/api/calls/CA9", "/api/calls/CA9/timeline"}) {
    const auto got = get(path, shown);
    EXPECT_EQ(got.status, 503u);
    EXPECT_EQ(got.body, R"({"error":{"code":"unavailable","message":"try again"}})");
  }
}

}  // namespace
}  // namespace tonris::actors::test
