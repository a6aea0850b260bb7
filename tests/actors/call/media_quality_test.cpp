/// How a call's audio came, as its record and the metrics tell it.
#include "actors/leg/metrics.hpp"
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

class MediaQuality : public CallTest {
 protected:
  void SetUp() override {
    CallTest::SetUp();
    talk();
  }
  /// Frames of 20 ms in time, all of one sample that changes its sign: how loud is by its value.
  void frames(int count, std::uint8_t one = 0xFF, std::uint8_t other = 0xFF) {
    for (int n = 0; n < count; ++n) {
      const auto value = n % 2 == 0 ? one : other;
      twilio->say(media(model::to_base64(std::vector<std::uint8_t>(160, value))));
      timestamp += 20;
      pass(20ms);
      if (++frames_said % 5 == 0) tick();
    }
  }
  std::string media(const std::string& payload) {
    const auto number = std::to_string(++chunk);
    return R"({"event":"media","sequenceNumber":")" + std::to_string(chunk + 1) +
           R"(","media":{"track":"inbound","chunk":")" + number + R"(","timestamp":")" + std::to_string(timestamp) +
           R"(","payload":")" + payload + R"("},"streamSid":")" + some_stream.value + R"("})";
  }
  /// So much of what he says never comes to Twilio.
  void loses(std::chrono::milliseconds time) {
    timestamp += time.count();
    pass(time);
  }
  model::call_record::media_counts told() {
    const auto described = ask<call_description>(describe_call{some_call}).value_or(call_description{});
    return model::parse_call_record(described.json).value().media;
  }
  std::optional<model::call_trouble> trouble() {
    const auto described = ask<call_description>(describe_call{some_call}).value_or(call_description{});
    return model::parse_call_record(described.json).value().troubled;
  }

  int chunk = 0, frames_said = 0;
  std::int64_t timestamp = 73;
};

TEST_F(MediaQuality, OfTheCallerIsInHisRecord) {
  frames(10);
  loses(200ms);
  frames(10);
  const auto came = told().from_caller;
  EXPECT_EQ(came.gaps, 1u);
  EXPECT_EQ(came.gap_ms, 200u);
  EXPECT_EQ(came.longest_gap_ms, 200u);
  EXPECT_EQ(came.longest_pause_ms, 220u);
  EXPECT_EQ(came.late + came.lost + came.out_of_order + came.duplicates, 0u);
  EXPECT_EQ(came.jitter_us, 0u) << "each came when it should";
}

TEST_F(MediaQuality, CountsItsLastFramesAndGoesIntoTheMetrics) {
  frames(5);
  chunk += 3;  // Twilio threw them away
  loses(60ms);
  twilio->say(media("VVVV"));
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(told().from_caller.lost, 3u);
  EXPECT_EQ(counted("tonris_caller_gaps_total"), 1);
  EXPECT_EQ(counted(R"(tonris_caller_frames_total{what="lost"})"), 3);
  EXPECT_EQ(counted("tonris_caller_gap_seconds_count"), 1);
  EXPECT_DOUBLE_EQ(counted("tonris_caller_gap_seconds_sum"), 0.06);
  EXPECT_EQ(counted("tonris_caller_jitter_seconds_count"), 1);
}

TEST_F(MediaQuality, KnowsHowLateTheAgentIsHeard) {
  frames(5);
  agent->say(agent_says(model::to_base64(std::vector<std::uint8_t>(1600, 0x55))));
  pass(340ms);
  twilio->say(twilio_mark("g1:200"));
  frames(5);
  const auto played = told().to_caller;
  EXPECT_EQ(played.chunks, 1u);
  EXPECT_EQ(played.audio_ms, 200u);
  EXPECT_EQ(played.marks, 1u);
  EXPECT_EQ(played.worst_lag_ms, 140u);
  counters.of<leg_metrics>().playback_lag.gather();
  EXPECT_EQ(counted("tonris_playback_lag_seconds_count"), 1);
  EXPECT_DOUBLE_EQ(counted("tonris_playback_lag_seconds_sum"), 0.14);
}

TEST_F(MediaQuality, KnowsWhereTheAgentBrokeOff) {
  const auto says = [this] { agent->say(agent_says(model::to_base64(std::vector<std::uint8_t>(1600, 0x55)))); };
  says();
  frames(25);  // 500 ms: 300 of them in silence
  says();
  frames(25);
  agent->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Yes","event_id":2}})");
  says();
  frames(5);
  EXPECT_EQ(told().to_caller.pauses, 1u) << "an answer begins anew";
  EXPECT_EQ(told().to_caller.longest_pause_ms, 300u);
}

TEST_F(MediaQuality, IsTroubleWhereWhatHeSaidIsMissing) {
  frames(50);              // silence: the line's noise
  frames(50, 0x10, 0x30);  // he talks
  loses(3s);
  frames(10, 0x10, 0x30);
  EXPECT_EQ(told().from_caller.cut_ms, 3'000u);
  twilio->say(twilio_stop());
  settle();
  ASSERT_TRUE(trouble());
  EXPECT_EQ(trouble()->reason, model::end_reason::caller_cut_off);
  EXPECT_EQ(counted(R"(tonris_calls_troubled_total{by="network",reason="caller_cut_off"})"), 1);
}

TEST_F(MediaQuality, IsNoTroubleWhereHeWasSilent) {
  frames(50);
  loses(3s);
  frames(10);
  EXPECT_EQ(told().from_caller.gap_ms, 3'000u);
  EXPECT_EQ(told().from_caller.cut_ms, 0u);
  twilio->say(twilio_stop());
  settle();
  EXPECT_FALSE(trouble());
}

TEST(MediaCounters, GoOnFromWhatAFormerLifeMeasured) {
  model::call_record::media_counts before;
  before.frames_from_caller = 50;
  before.from_caller.gaps = 3;
  before.from_caller.worst_jitter_us = 4'000;
  before.to_caller = {7, 1'400, 1, 300, 5, 40, 90};
  call_lifeline life;
  life.counters->restore(before);
  life.begin_on(nullptr);
  EXPECT_EQ(life.bridge->caller_audio.figures(), before.from_caller);
  EXPECT_EQ(life.bridge->agent_audio.figures(), before.to_caller);
  EXPECT_EQ(life.counters->read(), before);
}

}  // namespace
}  // namespace tonris::actors::test
