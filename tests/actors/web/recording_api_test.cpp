/// POST /api/calls/{CallSid}/recording, and what Twilio tells of it later.
#include <gmock/gmock.h>

#include <algorithm>

#include "actors/recording/recorder.hpp"
#include "tests/actors/recording/recordings_at_twilio.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::scope;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RecordingApi : public FrontTest {
 protected:
  static inline const std::string path = "/api/calls/" + some_call.value;

  void SetUp() override {
    FrontTest::SetUp();
    tenant->recording.allowed = true;
    replace(registry, {*tenant});
    const auto rest = track_as<twilio_rest>(system.spawn(fake_recordings, at_twilio));
    auto with = front_config();
    with.numbers = {rest, {some_account, config::secret{"main-token"}}, origin, {}};
    with.recorder = track_as<call_recorder>(caf::actor_cast<caf::actor>(record_calls(system, {rest, &counters})));
    open_doors(std::move(with));
  }
  answer ask_for(const std::string& action, const std::string& shown = "admin") {
    auto got = api("POST", path + "/recording", shown, R"({"action":")" + action + "\"}");
    settle();
    return got;
  }
  std::string record() { return api("GET", path, "admin").body; }
  void twilio_tells(const std::string& status, const std::string& sid, const std::string& more_seconds = "") {
    form fields{{"AccountSid", some_account.value},
                {"CallSid", some_call.value},
                {"RecordingSid", sid},
                {"RecordingUrl", "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/" + sid},
                {"RecordingStatus", status},
                {"RecordingSource", "StartCallRecordingAPI"}};
    if (!more_seconds.empty()) fields.emplace_back("RecordingDuration", more_seconds);
    post("/api/webhooks/twilio/recording-status", fields);
    settle();
  }

  std::shared_ptr<recordings_at_twilio> at_twilio = std::make_shared<recordings_at_twilio>();
};

TEST_F(RecordingApi, BeginsPausesAndStopsOneAndMayBeAskedAgain) {
  talk();
  const auto begun = ask_for("start");
  EXPECT_EQ(begun.status, 200u) << begun.body;
  ASSERT_EQ(at_twilio->all.size(), 1u);
  const auto sid = at_twilio->all[0].sid;
  EXPECT_EQ(begun.body,
            R"({"callSid":")" + some_call.value + R"(","recordingSid":")" + sid + R"(","status":"in-progress"})");
  EXPECT_EQ(ask_for("start").body, begun.body);
  EXPECT_THAT(ask_for("pause").body, HasSubstr("paused"));
  EXPECT_THAT(ask_for("resume").body, HasSubstr("in-progress"));
  EXPECT_THAT(ask_for("stop").body, HasSubstr("stopped"));
  EXPECT_EQ(at_twilio->all.size(), 1u);
  EXPECT_THAT(at_twilio->changes[0].form,
              HasSubstr("https%3A%2F%2Fgw.example.com%2Fapi%2Fwebhooks%2Ftwilio%2Frecording-status"));
  std::vector<std::string> trail;
  for (const auto& one : kept->trail) trail.push_back(one.what);
  EXPECT_THAT(trail, ElementsAre("call.recording.start", "call.recording.pause", "call.recording.resume",
                                 "call.recording.stop"))
      << "what changed nothing is not in it";
  EXPECT_THAT(kept->trail[0].after, HasSubstr(sid));
  EXPECT_THAT(record(),
              HasSubstr(R"("recordings":[{"recordingSid":")" + sid + R"(","status":"stopped","source":"answer")"));
}

TEST_F(RecordingApi, LearnsFromTwilioHowLongItIsAndWhereItLies) {
  talk();
  ASSERT_EQ(ask_for("start").status, 200u);
  const auto sid = at_twilio->all.at(0).sid;
  twilio_tells("completed", sid, "17");
  twilio_tells("in-progress", sid);  // late
  EXPECT_THAT(record(),
              HasSubstr(R"("status":"completed","url":"https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/)" +
                        sid + R"(","durationSeconds":17,"source":"callback")"));
  EXPECT_THAT(record(), Not(HasSubstr("voicemail"))) << "nobody left a message";
  const auto notes = journal->take().events;
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(),
                          [](const auto& one) { return one.what == model::call_moment::recording; }));
}

TEST_F(RecordingApi, IsForTenantsThatAllowItAndKeysThatMay) {
  talk();
  EXPECT_EQ(ask_for("start", make_key("salon-1", {scope::read, scope::recordings})).status, 403u);
  EXPECT_EQ(ask_for("start", make_key("another", {scope::control})).status, 404u);
  EXPECT_EQ(ask_for("sing").status, 400u);
  tenant->recording.allowed = false;
  replace(registry, {*tenant});
  const auto no = ask_for("start");
  EXPECT_EQ(no.status, 409u);
  EXPECT_THAT(no.body, HasSubstr("settings.recording.allowed"));
  EXPECT_THAT(at_twilio->changes, IsEmpty());
  for (const auto& one : kept->trail) EXPECT_FALSE(one.what.starts_with("call.recording")) << one.what;
}

TEST_F(RecordingApi, SaysWhatIsWrong) {
  EXPECT_EQ(ask_for("start").status, 404u);
  talk();
  EXPECT_EQ(ask_for("pause").status, 409u) << "there is none";
  at_twilio->call_goes_on = false;
  const auto refused = ask_for("start");
  EXPECT_EQ(refused.status, 409u);
  EXPECT_THAT(refused.body, HasSubstr("21220"));
  at_twilio->next = {{0, {}, "the connection broke"}};
  EXPECT_EQ(ask_for("start").status, 503u);
  EXPECT_EQ(api("POST", path + "/hangup", "admin").status, 202u);
  settle();
  EXPECT_THAT(ask_for("start").body, HasSubstr("the call has ended"));
}

}  // namespace
}  // namespace tonris::actors::test
