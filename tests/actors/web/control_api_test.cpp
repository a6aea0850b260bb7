#include "actors/web/control_api.hpp"

#include <string>

#include "tests/actors/leg/a_frame.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ControlApi : public FrontTest {
 protected:
  static constexpr auto allowed = "+15550100050", callers = "+15550100001";
  static inline const std::string path = "/api/calls/" + some_call.value;

  void SetUp() override {
    FrontTest::SetUp();
    tenant->transfer.emplace();
    tenant->transfer->numbers = {allowed, callers};
    open_doors();
  }
  /// With an id of the client's.
  answer named(const std::string& id, const std::string& what, const std::string& body = "") {
    return exchange("POST " + path + "/" + what + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer admin\r\n" +
                    "X-Request-Id: " + id + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string asked_of_agent() const {
    std::string all;
    for (const auto& text : agent->sent) all += text;
    return all;
  }
};

TEST_F(ControlApi, EndsACallAndMayBeAskedAgain) {
  talk();
  EXPECT_EQ(api("POST", path + "/hangup", "admin").status, 202u);
  settle();
  EXPECT_EQ(recorded("endReason"), "operator_hung_up");
  EXPECT_EQ(api("POST", path + "/hangup", "admin").status, 202u) << "it has ended: that is what was asked for";
  ASSERT_EQ(kept->trail.size(), 1u) << "it was done once";
  EXPECT_EQ(kept->trail[0].what, "call.hangup");
  EXPECT_EQ(kept->trail[0].tenant.value, "salon-1");
}

TEST_F(ControlApi, EndsACallAlsoWhileItsAgentsLastWordsAreHeard) {
  talk();
  agent->say(agent_says(a_frame));
  agent->say(agent_ends_call());
  settle();
  agent->peer_closes(1000);
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  ASSERT_TRUE(twilio->open());
  EXPECT_EQ(api("POST", path + "/hangup", "admin").status, 202u);
  settle();
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(recorded("endReason"), "agent_ended");
  EXPECT_EQ(kept->trail.size(), 1u);
}

TEST_F(ControlApi, CutsAnAgentsLastWordsShortOnce) {
  talk();
  agent->say(agent_says(a_frame));
  agent->say(agent_ends_call());
  settle();
  agent->peer_closes(1000);
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(api("POST", path + "/hangup", "admin").status, 202u);
  EXPECT_EQ(kept->trail.size(), 1u);
}

TEST_F(ControlApi, TakesNoBodyWhereThereIsNothingToSay) {
  talk();
  for (const auto* wrong : {"garbage", "[]", R"({"why":"late"})", "{"})
    EXPECT_EQ(api("POST", path + "/hangup", "admin", wrong).status, 400u) << wrong;
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(api("POST", path + "/hangup", "admin", "{}").status, 202u);
}

TEST_F(ControlApi, PutsTheCallerThroughWhereTheTenantAllowsIt) {
  talk();
  const auto refused = api("POST", path + "/transfer", "admin", R"({"to":"+15550100051"})");
  EXPECT_EQ(refused.status, 409u);
  EXPECT_THAT(refused.body,
              HasSubstr("not_allowed: This business does not allow calls to be put through to that number."));
  const auto own = api("POST", path + "/transfer", "admin", R"({"to":")" + std::string{callers} + R"("})");
  EXPECT_EQ(own.status, 409u);
  EXPECT_THAT(own.body, HasSubstr("own_number: That is the caller's own number, or one of the business's own."));
  EXPECT_EQ(api("POST", path + "/transfer", "admin", R"({"to":"555"})").status, 400u);
  EXPECT_EQ(api("POST", path + "/transfer", "admin", R"({"to":"+1 555 010 0050"})").status, 202u);
  EXPECT_EQ(api("POST", path + "/transfer", "admin", R"({"to":"+15550100050"})").status, 202u) << "again";
  EXPECT_THAT(kept->trail.back().after, HasSubstr("+1555..."));
  EXPECT_THAT(kept->trail.back().after, Not(HasSubstr(allowed)));
}

TEST_F(ControlApi, HasTheAgentSayWhatItIsToldOnce) {
  EXPECT_EQ(api("POST", path + "/say", "admin", R"({"text":"Hello"})").status, 404u) << "no such call";
  talk();
  const std::string again = "Authorization: Bearer admin\r\nX-Request-Id: once\r\nContent-Type: application/json\r\n";
  const std::string body = R"({"text":"We close in ten minutes."})";
  const auto ask = [&] {
    return exchange("POST " + path + "/say HTTP/1.1\r\nHost: gw\r\n" + again +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  EXPECT_EQ(ask().status, 202u);
  EXPECT_EQ(ask().status, 202u);
  EXPECT_EQ(kept->trail.size(), 1u) << "what was done once";
  const auto said = asked_of_agent();
  EXPECT_NE(said.find("We close in ten minutes."), std::string::npos);
  EXPECT_EQ(said.find("We close in ten minutes."), said.rfind("We close in ten minutes.")) << "once";
  EXPECT_EQ(api("POST", path + "/say", "admin", R"({"text":" "})").status, 400u);
  EXPECT_EQ(api("POST", path + "/say", "admin", R"({"words":"x"})").status, 400u);
  EXPECT_THAT(kept->trail.back().after, Not(HasSubstr("We close")));
}

TEST_F(ControlApi, TakesAnIdForTheRequestThatItWasSentWithAlone) {
  talk();
  const std::string opens = R"({"text":"We open at nine."})", closes = R"({"text":"We close at ten."})";
  ASSERT_EQ(named("op-1", "say", opens).status, 202u);
  for (const auto& [what, body] :
       {std::pair{"say", closes}, {"transfer", R"({"to":"+15550100050"})"}, {"hangup", ""}}) {
    const auto got = named("op-1", what, body);
    EXPECT_EQ(got.status, 409u) << what;
    EXPECT_THAT(got.body, HasSubstr("X-Request-Id")) << what;
  }
  EXPECT_THAT(asked_of_agent(), Not(HasSubstr("We close")));
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(named("op-1", "say", opens).status, 202u) << "the same";
  EXPECT_EQ(kept->trail.size(), 1u);
  EXPECT_EQ(named("op-2", "say", closes).status, 202u);
  EXPECT_THAT(asked_of_agent(), HasSubstr("We close at ten."));
  EXPECT_EQ(named("op-3", "hangup").status, 202u);
  EXPECT_EQ(recorded("endReason"), "operator_hung_up");
  EXPECT_EQ(kept->trail.size(), 3u);
}

TEST_F(ControlApi, SaysThatATransferIsDoneAlsoOnceItsCallIsEnding) {
  talk();
  agent->answers_close = false;
  ASSERT_EQ(named("op-1", "transfer", R"({"to":"+15550100050"})").status, 202u);
  agent->say(agent_answers("I am putting you through."));
  agent->say(agent_says(a_frame));
  settle();
  tick(31);
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  EXPECT_EQ(named("op-1", "transfer", R"({"to":"+15550100050"})").status, 202u);
  EXPECT_EQ(named("op-1", "hangup").status, 409u) << "another request";
}

TEST_F(ControlApi, NotesWhatWasNotedWithThatIdAndNothingElse) {
  talk();
  ASSERT_EQ(named("monday", "note", R"({"text":"Called back."})").status, 202u);
  const auto other = named("monday", "note", R"({"text":"Paid."})");
  EXPECT_EQ(other.status, 409u);
  EXPECT_THAT(other.body, HasSubstr("X-Request-Id"));
  EXPECT_EQ(named("monday", "note", R"({"text":"Called back."})").status, 202u);
  EXPECT_EQ(model::parse_call_record(api("GET", path, "admin").body)->notes.size(), 1u);
  EXPECT_EQ(kept->trail.size(), 1u);
}

TEST_F(ControlApi, NotesOnACallThatLivesAndOnOneThatIsOnlyStored) {
  talk();
  const auto note = [&](const std::string& request) {
    const std::string body = R"({"text":"Called back."})";
    return exchange("POST " + path + "/note HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer admin\r\nX-Request-Id: " +
                    request + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)
        .status;
  };
  EXPECT_EQ(note("monday"), 202u);
  EXPECT_EQ(note("monday"), 202u) << "asked again";
  EXPECT_EQ(kept->trail.size(), 1u);
  EXPECT_EQ(note("tuesday"), 202u) << "he was called back again";
  const auto notes = model::parse_call_record(api("GET", path, "admin").body)->notes;
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0].text, notes[1].text);
  EXPECT_EQ(notes[0].request, "monday");
  EXPECT_EQ(notes[1].request, "tuesday");
  model::call_record old;
  old.call = {"CA00000000000000000000000000000099"};
  old.tenant = {"salon-1"};
  old.ended = old.started;
  stored->record = to_json(old);
  (void)journal->take();
  EXPECT_EQ(api("POST", "/api/calls/" + old.call.value + "/note", "admin", R"({"text":"Paid."})").status, 202u);
  const auto batch = journal->take();
  ASSERT_EQ(batch.facts.size(), 1u);
  EXPECT_EQ(std::get<model::call_record::note>(batch.facts[0].what).text, "Paid.");
  EXPECT_EQ(std::get<model::call_record::note>(batch.facts[0].what).source, "operator");
  const auto acts = make_key("salon-1", {model::scope::read, model::scope::control});
  EXPECT_EQ(api("POST", "/api/calls/" + old.call.value + "/note", acts, R"({"text":"Not paid."})").status, 202u);
  EXPECT_EQ(std::get<model::call_record::note>(journal->take().facts.at(0).what).source, "tenant");
}

TEST_F(ControlApi, IsForWhomMayControlAndItsOwnCalls) {
  talk();
  const auto reads = make_key("salon-1", {model::scope::read}), others = make_key("salon-2", {model::scope::control});
  EXPECT_EQ(api("POST", path + "/hangup", reads).status, 403u);
  EXPECT_EQ(api("POST", path + "/hangup", others).status, 404u);
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(api("POST", path + "/hangup", make_key("salon-1", {model::scope::control})).status, 202u);
}

}  // namespace
}  // namespace tonris::actors::test
