#include "actors/recording/recorder.hpp"

#include <gmock/gmock.h>

#include "tests/actors/fixture.hpp"
#include "tests/actors/recording/recordings_at_twilio.hpp"

namespace tonris::actors::test {
namespace {

using action = record_call::action;
using outcome = call_recorded::outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const twilio_answer lost{0, {}, "the connection broke"}, broken{503, "<html>", {}};

class CallRecorder : public ActorTest {
 protected:
  void SetUp() override {
    const auto twilio = track_as<twilio_rest>(system.spawn(fake_recordings, at));
    recorder = track_as<call_recorder>(caf::actor_cast<caf::actor>(record_calls(system, {twilio, &counters})));
    settle();
  }
  void TearDown() override {
    recorder = nullptr;
    ActorTest::TearDown();
  }
  /// What comes of it goes behind `answers`.
  void ask_for(action what, const model::call_sid& call = some_call) {
    record_call wanted{what, call, {some_account, tonris::config::secret{"token"}}, true, "https://gw.example/x y"};
    (void)track(system.spawn([this, wanted](caf::event_based_actor* self) {
      self->request(recorder, caf::infinite, wanted).then([this](const call_recorded& came) {
        answers.push_back(came);
      });
    }));
  }
  call_recorded come_of(action what) {
    ask_for(what);
    settle();
    EXPECT_FALSE(answers.empty());
    return answers.empty() ? call_recorded{} : answers.back();
  }
  double counted_as(const std::string& what) { return counted(R"(tonris_recordings_total{outcome=")" + what + "\"}"); }

  std::shared_ptr<recordings_at_twilio> at = std::make_shared<recordings_at_twilio>();
  call_recorder recorder;
  std::vector<call_recorded> answers;
};

TEST_F(CallRecorder, BeginsOneAndLeavesItWhereThereIsOne) {
  const auto first = come_of(action::start);
  EXPECT_EQ(first.is, outcome::done);
  EXPECT_EQ(first.status, "in-progress");
  ASSERT_EQ(at->changes.size(), 1u);
  EXPECT_EQ(at->changes[0].target,
            "/2010-04-01/Accounts/" + some_account.value + "/Calls/" + some_call.value + "/Recordings.json");
  EXPECT_TRUE(at->changes[0].once) << "a second one would be another recording";
  EXPECT_THAT(at->changes[0].form, HasSubstr("RecordingChannels=dual"));
  EXPECT_THAT(at->changes[0].form, HasSubstr("RecordingStatusCallback=https%3A%2F%2Fgw.example%2Fx%20y"));
  const auto again = come_of(action::start);
  EXPECT_EQ(again.is, outcome::as_it_was);
  EXPECT_EQ(again.recording, first.recording);
  EXPECT_EQ(at->all.size(), 1u);
  EXPECT_EQ(counted_as("done"), 1);
  EXPECT_EQ(counted_as("as_it_was"), 1);
}

TEST_F(CallRecorder, PausesResumesAndStopsTheOneThatThereIs) {
  const auto sid = come_of(action::start).recording;
  const struct {
    action what;
    outcome is;
    const char* status;
    std::size_t changes;
  } steps[] = {
      {action::resume, outcome::as_it_was, "in-progress", 1}, {action::pause, outcome::done, "paused", 2},
      {action::pause, outcome::as_it_was, "paused", 2},       {action::start, outcome::as_it_was, "paused", 2},
      {action::resume, outcome::done, "in-progress", 3},      {action::stop, outcome::done, "stopped", 4},
      {action::stop, outcome::as_it_was, "stopped", 4},       {action::pause, outcome::none, "", 4},
      {action::start, outcome::done, "in-progress", 5},
  };
  for (const auto& step : steps) {
    const auto came = come_of(step.what);
    EXPECT_EQ(came.is, step.is) << static_cast<int>(step.what) << ' ' << step.changes;
    EXPECT_EQ(came.status, step.status);
    EXPECT_EQ(at->changes.size(), step.changes);
  }
  EXPECT_THAT(at->changes[1].target, HasSubstr("/Recordings/" + sid + ".json"));
  EXPECT_THAT(at->changes[1].form, HasSubstr("Status=paused"));
}

TEST_F(CallRecorder, FindsOutWhatBecameOfALostAnswer) {
  at->next = {lost};
  at->does_it_all_the_same = true;
  const auto came = come_of(action::start);
  EXPECT_EQ(came.is, outcome::done) << "it looked";
  EXPECT_EQ(came.recording, at->all.at(0).sid);
  EXPECT_EQ(at->changes.size(), 1u) << "and asked for no second one";
  at->next = {broken};
  EXPECT_EQ(come_of(action::pause).status, "paused");
}

TEST_F(CallRecorder, NeverAsksAgainByItself) {
  for (const auto& what : {lost, broken}) {
    at->next = {what};
    EXPECT_EQ(come_of(action::start).is, outcome::unknown);
    EXPECT_THAT(at->all, IsEmpty());
  }
  EXPECT_EQ(at->changes.size(), 2u);
  EXPECT_EQ(come_of(action::start).is, outcome::done) << "whoever asks again";
  at->next_looks = {broken};
  EXPECT_EQ(come_of(action::stop).is, outcome::unknown) << "it does not know what there is";
  EXPECT_EQ(at->changes.size(), 3u);
}

TEST_F(CallRecorder, LooksAgainForOneThatIsListedAndNotThereYet) {
  come_of(action::start);
  const auto missing = recordings_at_twilio::refusal(404, 20404, "The requested resource was not found");
  at->next = {missing, missing};
  ask_for(action::pause);
  settle();
  ask_for(action::resume);
  pass(500ms);
  EXPECT_EQ(answers.size(), 1u) << "in a second, and whoever is behind it waits for it";
  pass(500ms);
  EXPECT_EQ(at->changes.size(), 3u);
  EXPECT_EQ(answers.size(), 1u) << "then in two";
  pass(2s);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[1].is, outcome::done);
  EXPECT_EQ(answers[1].status, "paused");
  EXPECT_EQ(answers[2].status, "in-progress");
}

TEST_F(CallRecorder, TakesForGoneWhatDoesNotAppear) {
  come_of(action::start);
  at->next.assign(100, recordings_at_twilio::refusal(404, 20404, "The requested resource was not found"));
  ask_for(action::pause);
  for (int passed = 0; passed < 60; ++passed) pass(1s);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].is, outcome::none);
  EXPECT_EQ(at->changes.size(), 1u + 5u) << "it is asked five times, within 15 s";
  at->next.assign(1, recordings_at_twilio::refusal(404, 20404, "The requested resource was not found"));
  ask_for(action::pause);
  settle();
  at->all.clear();
  pass(1s);
  EXPECT_EQ(answers.back().is, outcome::none) << "the list has it no more";
  EXPECT_EQ(at->changes.size(), 1u + 5u + 1u);
}

TEST_F(CallRecorder, SaysWhatTwilioRefuses) {
  at->call_goes_on = false;
  const auto came = come_of(action::start);
  EXPECT_EQ(came.is, outcome::refused);
  EXPECT_THAT(came.why, HasSubstr("400, 21220: Requested resource is not eligible"));
  at->next_looks = {recordings_at_twilio::refusal(401, 20003, "Authenticate")};
  EXPECT_THAT(come_of(action::start).why, HasSubstr("401, 20003"));
  EXPECT_EQ(come_of(action::stop).is, outcome::none);
}

TEST_F(CallRecorder, MakesOneOfManyThatAskAtOnce) {
  const model::call_sid other{"CA00000000000000000000000000000002"};
  for (int i = 0; i < 20; ++i) ask_for(action::start, i % 2 == 0 ? some_call : other);
  settle();
  EXPECT_EQ(answers.size(), 20u);
  EXPECT_EQ(at->all.size(), 2u) << "one a call";
}

TEST_F(CallRecorder, TurnsAwayWhatIsTooMuch) {
  for (std::size_t i = 0; i < call_recorder_settings::most + 5; ++i) ask_for(action::start);
  settle();
  EXPECT_EQ(answers.size(), call_recorder_settings::most + 5);
  EXPECT_EQ(counted_as("full"), 5);
  EXPECT_EQ(at->all.size(), 1u);
  EXPECT_EQ(come_of(action::start).is, outcome::as_it_was) << "there is room again";
}

}  // namespace
}  // namespace tonris::actors::test
