#include "actors/leg/agent_leg.hpp"

#include "tests/actors/leg/agent_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::audio_format;
using model::end_reason;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint8_t> some_sound(std::size_t bytes) {
  std::vector<std::uint8_t> sound(bytes);
  for (std::size_t i = 0; i < bytes; ++i) sound[i] = static_cast<std::uint8_t>(i * 13 + i / 256);
  return sound;
}

std::vector<std::uint8_t> decoded(std::string_view base64) {
  std::vector<std::uint8_t> bytes;
  EXPECT_TRUE(model::append_decoded(base64, bytes));
  return bytes;
}

std::vector<std::uint8_t> joined(const std::vector<std::string>& payloads) {
  std::vector<std::uint8_t> all;
  for (const auto& payload : payloads) EXPECT_TRUE(model::append_decoded(payload, all));
  return all;
}

/// What the agent was sent as the caller's voice.
std::vector<std::string> voice(const fake_websocket& socket) {
  std::vector<std::string> payloads;
  for (const std::string_view text : socket.sent) {
    constexpr auto before = model::elevenlabs::audio_before, after = model::elevenlabs::audio_after;
    if (text.starts_with(before))
      payloads.emplace_back(text.substr(before.size(), text.size() - before.size() - after.size()));
  }
  return payloads;
}

// --- formats

TEST_F(AgentLeg, PassesMuLawThroughAsTheTextItCameAs) {
  live();
  socket->say(agent_says(ulaw(1)));
  socket->say(agent_says(ulaw(4001)));
  caller_says(ulaw(160));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(1), ulaw(4001)));
  EXPECT_EQ(socket->sent.back(), heard_by_agent(ulaw(160)));
}

TEST_F(AgentLeg, TakesAMissingFormatForPcm16000) {
  live("", "");
  EXPECT_EQ(told->ready[0].output, audio_format::pcm_16000);
  EXPECT_EQ(told->ready[0].input, audio_format::pcm_16000);
}

struct unknown_format {
  std::string why, output, input;
};
class AgentLegRefusesFormat : public AgentLeg, public testing::WithParamInterface<unknown_format> {};

TEST_P(AgentLegRefusesFormat, RatherThanMakeNoise) {
  connect();
  socket->say(agent_metadata(GetParam().output, GetParam().input));
  expect_failure(end_reason::agent_audio_unknown);
  EXPECT_EQ(socket->close_code, 1000);
  ASSERT_EQ(told->ready.size(), 1u) << "behind its last word: it has begun, and costs";
  EXPECT_EQ(told->ready[0].conversation.value, "conv_1");
}
INSTANTIATE_TEST_SUITE_P(Formats, AgentLegRefusesFormat,
                         testing::Values(unknown_format{"Output", "mp3_44100", "ulaw_8000"},
                                         unknown_format{"Input", "ulaw_8000", "opus"},
                                         unknown_format{"AnEndlessName", std::string(5000, 'x'), "ulaw_8000"}),
                         [](const auto& row) { return row.param.why; });

// --- from the caller

TEST_F(AgentLeg, SendsWhatTheCallerSaidMeanwhileFirst) {
  spawn();
  for (std::uint8_t i = 1; i <= 3; ++i) bridge->backlog.keep(ulaw(160, i));
  socket = make_socket();
  dialler.last().succeed(socket);
  EXPECT_THAT(voice(*socket), IsEmpty());
  socket->say(agent_metadata());
  caller_says(ulaw(160, 4));
  EXPECT_THAT(voice(*socket), ElementsAre(ulaw(160, 1), ulaw(160, 2), ulaw(160, 3), ulaw(160, 4)));
  EXPECT_EQ(bridge->backlog.frames(), 0u);
}

TEST_F(AgentLeg, CountsTheKeptFramesThatWereTooMany) {
  spawn();
  for (int i = 0; i < 260; ++i) bridge->backlog.keep(ulaw(160));
  socket = make_socket();
  dialler.last().succeed(socket);
  socket->say(agent_metadata());
  EXPECT_EQ(bridge->counters->read().dropped, 10u);
  EXPECT_EQ(voice(*socket).size(), 250u);
}

TEST_F(AgentLeg, SendsSilenceAfterASecondWithoutAFrameAndOnlyThen) {
  live();
  for (int i = 0; i < 10; ++i) {
    caller_says(ulaw(160));
    tick();
  }
  ASSERT_EQ(voice(*socket).size(), 10u) << "a frame each tick is no pause";
  tick(10);
  EXPECT_EQ(voice(*socket).size(), 10u) << "nor is a second: frames come in bursts";
  tick();
  ASSERT_EQ(voice(*socket).size(), 11u);
  EXPECT_EQ(decoded(voice(*socket).back()), std::vector<std::uint8_t>(800, 0xFF)) << "100 ms of mu-law silence";
  tick(10);
  EXPECT_EQ(voice(*socket).size(), 21u) << "real time from then on";
  caller_says(ulaw(160));
  tick(11);
  EXPECT_EQ(voice(*socket).size(), 22u);
}

TEST_F(AgentLeg, SendsSilenceInTheAgentsFormat) {
  live("ulaw_8000", "pcm_16000");
  tick(21);
  const auto sent = joined(voice(*socket));
  EXPECT_GE(sent.size(), 10u * 3200);
  EXPECT_TRUE(std::all_of(sent.begin(), sent.end(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST_F(AgentLeg, SendsNoSilenceBeforeTheConversationIsLive) {
  connect();
  tick(10);
  EXPECT_THAT(voice(*socket), IsEmpty());
}

TEST_F(AgentLeg, EndsWhenTheAgentDoesNotTakeTheCallersVoice) {
  live();
  socket->full = true;
  caller_says(ulaw(160));
  expect_failure(end_reason::slow_agent);
  EXPECT_EQ(bridge->counters->read().dropped, 1u);
}

TEST_F(AgentLeg, SkipsACallersFrameThatIsNoBase64) {
  live("ulaw_8000", "pcm_16000");
  caller_says("no base64!");
  settle();
  EXPECT_TRUE(alive(subject));
  EXPECT_THAT(voice(*socket), IsEmpty());
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="twilio"})"), 1);
}

// --- from the agent

TEST_F(AgentLeg, TakesAudioBeforeMetadataForABrokenConversation) {
  connect();
  socket->say(agent_says(ulaw(160)));
  expect_failure(end_reason::agent_protocol_error);
  EXPECT_THAT(heard->audio, IsEmpty());
}

struct bad_audio {
  std::string why, output, payload;
};
class AgentLegRefusesAudio : public AgentLeg, public testing::WithParamInterface<bad_audio> {};

TEST_P(AgentLegRefusesAudio, ThatIsNoBase64) {
  live(GetParam().output);
  socket->say(agent_says(ulaw(160)));
  const auto played = heard->audio.size();
  socket->say(agent_says(GetParam().payload));
  expect_failure(end_reason::agent_protocol_error);
  EXPECT_EQ(heard->audio.size(), played);
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="elevenlabs"})"), 1);
}
INSTANTIATE_TEST_SUITE_P(Wire, AgentLegRefusesAudio,
                         testing::Values(bad_audio{"WrongLength", "ulaw_8000", "AAAAA"},
                                         bad_audio{"WrongAlphabet", "ulaw_8000", "AA!A"},
                                         bad_audio{"PaddingWithin", "ulaw_8000", "AA==AAAA"},
                                         bad_audio{"WrongLengthToConvert", "pcm_16000", "AAAAA"},
                                         bad_audio{"WrongAlphabetToConvert", "pcm_16000", "AA!A"}),
                         [](const auto& row) { return row.param.why; });

struct no_audio {
  std::string why, bytes;
};
class AgentLegNotices : public AgentLeg, public testing::WithParamInterface<no_audio> {};

TEST_P(AgentLegNotices, ThatTheFirstAudioIsNone) {
  live();
  const auto& bytes = GetParam().bytes;
  socket->say(agent_says(model::to_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()})));
  expect_failure(end_reason::agent_audio_unknown);
  EXPECT_THAT(heard->audio, IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Upstream, AgentLegNotices,
                         testing::Values(no_audio{"AFile", std::string("RIFF\x24\x00\x00\x00WAVEfmt ", 16)},
                                         no_audio{"AnError", R"({"detail":{"status":"quota_exceeded"}})"}),
                         [](const auto& row) { return row.param.why; });

TEST_F(AgentLeg, TakesEmptyAudioForNothing) {
  live();
  socket->say(agent_says(""));
  EXPECT_THAT(heard->audio, IsEmpty());
  settle();
  EXPECT_TRUE(alive(subject));
}

TEST_F(AgentLeg, PlaysNothingWhenTheCallerLegIsGone) {
  live();
  bridge->caller = nullptr;
  socket->say(agent_says(ulaw(160)));
  socket->say(agent_interrupts(1));
  settle();
  EXPECT_TRUE(alive(subject));
}

TEST_F(AgentLeg, DropsWhatComesLateOfAnInterruptedTurn) {
  live();
  socket->say(agent_says(ulaw(160, 1), 3));
  socket->say(agent_interrupts(3));
  EXPECT_EQ(heard->interruptions, 1);
  socket->say(agent_says(ulaw(160, 2), 2));
  socket->say(agent_says(ulaw(160, 3), 3));
  socket->say(agent_says(ulaw(160, 4), 4));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160, 1), ulaw(160, 4)));
  EXPECT_EQ(counted("tonris_late_audio_total"), 2);
  settle();
  EXPECT_EQ(told->interruptions, 1);
}

TEST_F(AgentLeg, PlaysTheReplyWhoseIdItsInterruptionCameWith) {
  live();
  socket->say(agent_says(ulaw(160, 1), 3));
  socket->say(agent_interrupts(4));
  socket->say(agent_says(ulaw(160, 2), 3));
  socket->say(agent_says(ulaw(160, 3), 4));
  socket->say(agent_says(ulaw(160, 4), 4));
  EXPECT_EQ(heard->interruptions, 1);
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160, 1), ulaw(160, 3), ulaw(160, 4)));
  EXPECT_EQ(counted("tonris_late_audio_total"), 1);
}

TEST_F(AgentLeg, NeverForgetsTheLatestInterruption) {
  live();
  socket->say(agent_interrupts(5));
  socket->say(agent_interrupts(2));
  socket->say(agent_says(ulaw(160), 4));
  EXPECT_THAT(heard->audio, IsEmpty());
  EXPECT_EQ(heard->interruptions, 2) << "each one clears";
}

TEST_F(AgentLeg, PlaysTheLastMillisecondsTheResamplerHeldBack) {
  live("pcm_16000");
  const auto speech = some_sound(32'000);
  socket->say(agent_says(model::to_base64(speech)));
  socket->peer_closes(1000);
  settle();
  EXPECT_NEAR(static_cast<double>(joined(heard->audio).size()), 8'000, 8);
}

TEST_F(AgentLeg, PassesTwoMebibytesOfOneChunk) {
  live();
  socket->say(agent_says(ulaw(2 * 1024 * 1024)));
  ASSERT_EQ(heard->audio.size(), 1u);
  EXPECT_EQ(heard->audio[0], ulaw(2 * 1024 * 1024));
}

}  // namespace
}  // namespace tonris::actors::test
