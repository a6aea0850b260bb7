/// What Twilio tells once, and again only where nobody answers: it is answered when that is on the disk.
#include <algorithm>
#include <string>

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

class ToldOnce : public FrontTest {
 protected:
  static inline const std::string recording = "RE000000000000000000000000000000ab";

  void SetUp() override {
    FrontTest::SetUp();
    store = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[](const find_record&) { return found_record{}; },
              [this](flush_store) -> caf::result<store_flushed> {
                if (is_full) return caf::make_error(caf::sec::runtime_error, "no room");
                write(journal->take());
                return store_flushed{};
              }};
    }));
    open_doors();
  }
  /// As the disk has it from then on.
  void write(const journal_batch& batch) {
    for (const auto& one : batch.checkpoints) on_disk += one.json;
    for (const auto& one : batch.records) on_disk += one.json;
    for (const auto& one : batch.facts) {
      if (const auto* const message = std::get_if<model::call_record::voicemail_message>(&one.what))
        on_disk += message->recording;
      if (const auto* const voices = std::get_if<model::call_record::recording>(&one.what)) on_disk += voices->sid;
    }
  }
  answer is_recorded(const std::string& source) {
    auto fields = voice_form();
    const std::vector<std::pair<std::string, std::string>> told{{"RecordingSid", recording},
                                                                {"RecordingUrl", "https://api.twilio.com/RE"},
                                                                {"RecordingStatus", "completed"},
                                                                {"RecordingDuration", "7"},
                                                                {"RecordingSource", source}};
    for (const auto& [name, value] : told) fields.push_back({name, value});
    return post("/api/webhooks/twilio/recording-status", fields);
  }
  void ends() {
    talk();
    caf::anon_send(supervisor, end_call{model::end_reason::operator_hung_up});
    settle();
    ASSERT_EQ(live_calls(), 0u);
  }

  std::string on_disk;
  bool is_full = false;
};

TEST_F(ToldOnce, IsAMessageOfACallThatHasEnded) {
  ends();
  EXPECT_EQ(is_recorded("RecordVerb").status, 204u);
  EXPECT_THAT(on_disk, HasSubstr(recording));
}

TEST_F(ToldOnce, IsAMessageOfACallThatNobodyRemembers) {
  EXPECT_EQ(is_recorded("RecordVerb").status, 204u);
  EXPECT_THAT(on_disk, HasSubstr(recording));
}

TEST_F(ToldOnce, IsTheRecordingOfACallThatGoesOn) {
  talk();
  EXPECT_EQ(is_recorded("StartCallRecordingAPI").status, 204u);
  EXPECT_THAT(on_disk, HasSubstr(recording));
}

TEST_F(ToldOnce, IsTheRecordingOfACallThatNobodyRemembers) {
  EXPECT_EQ(is_recorded("StartCallRecordingAPI").status, 204u);
  EXPECT_THAT(on_disk, HasSubstr(recording));
}

TEST_F(ToldOnce, StandsInTheTimelineOnce) {
  talk();
  is_full = true;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(is_recorded("StartCallRecordingAPI").status, 503u);
  const auto events = journal->take().events;
  EXPECT_EQ(std::ranges::count(events, model::call_moment::recording, &model::timeline_event::what), 1);
}

TEST_F(ToldOnce, IsWhoHasAnswered) {
  talk();
  auto fields = voice_form();
  fields.push_back({"AnsweredBy", "human"});
  EXPECT_EQ(post("/api/webhooks/twilio/outbound-machine/" + std::string(32, '0'), fields).status, 204u);
  EXPECT_THAT(on_disk, HasSubstr(R"("answeredBy":{"who":"human")"));
}

TEST_F(ToldOnce, IsToldAgainWhereItCannotBeWritten) {
  ends();
  is_full = true;
  EXPECT_EQ(is_recorded("RecordVerb").status, 503u);
  is_full = false;
  EXPECT_EQ(is_recorded("RecordVerb").status, 204u);
  const auto first = on_disk.find(recording);
  ASSERT_NE(first, std::string::npos);
  EXPECT_THAT(recorded("state"), "ended");
  EXPECT_EQ(record()["voicemail"].Size(), 1u) << "once";
}

TEST_F(ToldOnce, IsToldAgainWhereNobodyAnswers) {
  supervisor = track_as<call_supervisor>(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[](const recording_reported&) {},
            [self](const describe_call&) { return self->make_response_promise<call_description>(); }};
  }));
  open_doors();
  (void)is_recorded("RecordVerb");
  pass(1600ms);
  EXPECT_EQ(answer_on(*streams.back()).status, 503u);
}

}  // namespace
}  // namespace tonris::actors::test
