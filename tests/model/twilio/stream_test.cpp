#include "model/twilio/stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model::twilio {
namespace {

const stream_sid stream{"MZ00000000000000000000000000000001"};
const call_sid call{"CA00000000000000000000000000000001"};

template <class T>
T read(std::string_view text) {
  auto m = decode(text);
  EXPECT_TRUE(m) << text;
  EXPECT_TRUE(m && std::holds_alternative<T>(*m)) << text;
  return m && std::holds_alternative<T>(*m) ? std::get<T>(*m) : T{};
}

TEST(TwilioStream, ReadsConnected) {
  const auto m = read<connected>(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  EXPECT_EQ(m.protocol, "Call");
  EXPECT_EQ(m.version, "1.0.0");
  EXPECT_EQ(read<connected>(R"({"event":"connected"})").version, "");
}

constexpr std::string_view start_text =
    R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC00000000000000000000000000000001",)"
    R"("streamSid":"MZ00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001",)"
    R"("tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)"
    R"("customParameters":{"ticket":"u7Qm2xX0c4r1","tenant":"t_42"}},"streamSid":"MZ00000000000000000000000000000001"})";

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
std::string start_with(std::string_view from, std::string_view to) {
  return with(std::string(start_text), from, to);
}

TEST(TwilioStream, ReadsStart) {
  const auto m = read<start>(start_text);
  EXPECT_EQ(m.account.value, "AC00000000000000000000000000000001");
  EXPECT_EQ(m.call, call);
  EXPECT_EQ(m.stream, stream);
  EXPECT_TRUE(m.mulaw_8000_mono());
  EXPECT_EQ(m.parameters, (std::map<std::string, std::string>{{"tenant", "t_42"}, {"ticket", "u7Qm2xX0c4r1"}}));
}

TEST(TwilioStream, ReadsStartWithoutParameters) {
  const auto* full = R"("customParameters":{"ticket":"u7Qm2xX0c4r1","tenant":"t_42"})";
  EXPECT_TRUE(read<start>(start_with(full, R"("customParameters":{})")).parameters.empty());
  EXPECT_TRUE(read<start>(start_with(full, R"("customParameters":null)")).parameters.empty());
  EXPECT_TRUE(read<start>(start_with(full, R"("x":0)")).parameters.empty());
}

TEST(TwilioStream, SaysWhenTheFormatIsNotMulaw) {
  EXPECT_FALSE(read<start>(start_with("audio/x-mulaw", "audio/x-l16")).mulaw_8000_mono());
  EXPECT_FALSE(read<start>(start_with("8000", "16000")).mulaw_8000_mono());
  EXPECT_FALSE(read<start>(start_with("\"channels\":1", "\"channels\":2")).mulaw_8000_mono());
  EXPECT_TRUE(read<start>(start_with("8000", "\"8000\"")).mulaw_8000_mono());
  EXPECT_FALSE(read<start>(start_with("\"mediaFormat\"", "\"mediaformat\"")).mulaw_8000_mono());
}

TEST(TwilioStream, ReadsTheStreamSidFromEitherPlace) {
  const std::string inside = R"("streamSid":"MZ00000000000000000000000000000001","callSid")";
  EXPECT_EQ(read<start>(start_with(inside, R"("callSid")")).stream, stream);
  const std::string outside = R"(,"streamSid":"MZ00000000000000000000000000000001"})";
  EXPECT_EQ(read<start>(start_with(outside, "}")).stream, stream);
}

TEST(TwilioStream, ReadsMedia) {
  const auto m =
      read<media>(R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"73",)"
                  R"("payload":"//////////8="},"streamSid":"MZ00000000000000000000000000000001"})");
  EXPECT_EQ(m.payload, "//////////8=");
  EXPECT_EQ(m.sequence, 2u);
  EXPECT_EQ(m.chunk, 1u);
  EXPECT_EQ(m.timestamp, 73u);
  EXPECT_TRUE(m.inbound);
}

TEST(TwilioStream, ReadsCountersAsStringsAndAsNumbers) {
  const auto m = read<media>(
      R"({"media":{"payload":"","timestamp":18553,"chunk":"18446744073709551615"},"sequenceNumber":926,"event":"media"})");
  EXPECT_EQ(m.payload, "");
  EXPECT_EQ(m.sequence, 926u);
  EXPECT_EQ(m.chunk, 18446744073709551615u);
  EXPECT_EQ(m.timestamp, 18553u);
}

TEST(TwilioStream, TakesAbsentCountersAsZeroAndAnAbsentTrackAsTheCallers) {
  const auto m = read<media>(R"({"event":"media","media":{"payload":"AAAA"}})");
  EXPECT_EQ(m.sequence + m.chunk + m.timestamp, 0u);
  EXPECT_TRUE(m.inbound);
}

TEST(TwilioStream, KnowsTheOtherTrack) {
  EXPECT_FALSE(read<media>(R"({"event":"media","media":{"payload":"AAAA","track":"outbound"}})").inbound);
}

TEST(TwilioStream, UnescapesAPayload) {
  EXPECT_EQ(read<media>(R"({"event":"media","media":{"payload":"\/\/\/\u0041"}})").payload, "///A");
}

TEST(TwilioStream, ReadsEachKey) {
  for (const char digit : std::string_view("0123456789*#ABCD")) {
    const auto text = with(
        R"({"event":"dtmf","streamSid":"MZ00000000000000000000000000000001","sequenceNumber":"41","dtmf":{"track":"inbound_track","digit":"@"}})",
        "@", std::string(1, digit));
    EXPECT_EQ(read<dtmf>(text).digit, digit);
  }
}

TEST(TwilioStream, ReadsAMark) {
  EXPECT_EQ(
      read<mark>(
          R"({"event":"mark","sequenceNumber":"97","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"r3:12"}})")
          .name,
      "r3:12");
}

TEST(TwilioStream, ReadsStop) {
  EXPECT_EQ(
      read<stop>(R"({"event":"stop","sequenceNumber":"3050","stop":{"accountSid":"AC00000000000000000000000000000001",)"
                 R"("callSid":"CA00000000000000000000000000000001"},"streamSid":"MZ00000000000000000000000000000001"})")
          .call,
      call);
  EXPECT_TRUE(read<stop>(R"({"event":"stop"})").call.empty());
  EXPECT_TRUE(read<stop>(R"({"event":"stop","stop":{}})").call.empty());
}

TEST(TwilioStream, NamesAnUnknownEventButNotAtAnyLength) {
  EXPECT_EQ(read<unknown>(R"({"event":"transcription","x":[1,{}]})").event, "transcription");
  EXPECT_EQ(read<unknown>(R"({"event":""})").event, "");
  EXPECT_EQ(read<unknown>(R"({"event":")" + std::string(60'000, 'e') + "\"}").event.size(), 64u);
}

TEST(TwilioStream, IgnoresUnknownKeysAndTakesTheFirstOfARepeatedOne) {
  EXPECT_EQ(
      read<mark>(R"({"new":{"event":"stop"},"event":"mark","event":"stop","mark":{"name":"a","name":"b","x":[]}})")
          .name,
      "a");
}

struct bad {
  std::string why, text;
  codec_errc error;
};
class TwilioStreamRefuses : public testing::TestWithParam<bad> {};
TEST_P(TwilioStreamRefuses, WithItsReason) {
  const auto m = decode(GetParam().text);
  ASSERT_FALSE(m);
  EXPECT_EQ(m.error(), GetParam().error) << to_string(m.error());
  EXPECT_FALSE(find_media(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(
    Wire, TwilioStreamRefuses,
    testing::Values(
        bad{"Nothing", "", codec_errc::not_json}, bad{"Word", "media", codec_errc::not_json},
        bad{"List", R"(["event"])", codec_errc::not_json},
        bad{"Half", R"({"event":"media","media":{"payl)", codec_errc::not_json},
        bad{"TrailingBytes", R"({"event":"media","media":{"payload":"AAAA"}}x)", codec_errc::not_json},
        bad{"TrailingZero", std::string(R"({"event":"media","media":{"payload":"AAAA"}})") + '\0',
            codec_errc::not_json},
        bad{"DeepNesting", std::string(60'000, '['), codec_errc::too_many},
        bad{"Binary", "\x81\x7f\xff\xfe", codec_errc::not_json},
        bad{"NotUtf8", "{\"event\":\"mark\",\"mark\":{\"name\":\"\xff\"}}", codec_errc::not_json},
        bad{"TooLong", R"({"event":"stop","x":")" + std::string(max_inbound_message_bytes, 'x') + "\"}",
            codec_errc::too_long},
        bad{"NoEvent", "{}", codec_errc::no_type}, bad{"EventIsANumber", R"({"event":1})", codec_errc::no_type},
        bad{"MediaWithoutBody", R"({"event":"media"})", codec_errc::missing_field},
        bad{"MediaBodyIsText", R"({"event":"media","media":"AAAA"})", codec_errc::bad_field},
        bad{"MediaWithoutPayload", R"({"event":"media","media":{"track":"inbound"}})", codec_errc::missing_field},
        bad{"PayloadIsANumber", R"({"event":"media","media":{"payload":7}})", codec_errc::bad_field},
        bad{"PayloadIsNotBase64", R"({"event":"media","media":{"payload":"A-_A"}})", codec_errc::bad_payload},
        bad{"PayloadIsCut", R"({"event":"media","media":{"payload":"AAA"}})", codec_errc::bad_payload},
        bad{"TrackIsANumber", R"({"event":"media","media":{"payload":"AAAA","track":1}})", codec_errc::bad_field},
        bad{"StartWithoutBody", R"({"event":"start"})", codec_errc::missing_field},
        bad{"StartWithoutCall", start_with("callSid", "callsid"), codec_errc::missing_field},
        bad{"StartWithoutAccount", start_with("accountSid", "account"), codec_errc::missing_field},
        bad{"StartWithBadCall", start_with("CA0000", "XX0000"), codec_errc::bad_field},
        bad{"StartWithBadStream", start_with("MZ0000", "MZ000g"), codec_errc::bad_field},
        bad{"StartWithTwoStreams", start_with("MZ0000", "MZ1000"), codec_errc::bad_field},
        bad{"StartFormatIsText",
            start_with(R"({"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1})", "\"mulaw\""),
            codec_errc::bad_field},
        bad{"StartRateOverflows", start_with("8000", "4294967296"), codec_errc::bad_field},
        bad{"DtmfWithoutBody", R"({"event":"dtmf"})", codec_errc::missing_field},
        bad{"DtmfWithoutDigit", R"({"event":"dtmf","dtmf":{}})", codec_errc::missing_field},
        bad{"DtmfTwoDigits", R"({"event":"dtmf","dtmf":{"digit":"12"}})", codec_errc::bad_field},
        bad{"DtmfNoDigit", R"({"event":"dtmf","dtmf":{"digit":""}})", codec_errc::bad_field},
        bad{"DtmfZero", R"({"event":"dtmf","dtmf":{"digit":"\u0000"}})", codec_errc::bad_field},
        bad{"DtmfOther", R"({"event":"dtmf","dtmf":{"digit":"E"}})", codec_errc::bad_field},
        bad{"MarkWithoutName", R"({"event":"mark","mark":{}})", codec_errc::missing_field},
        bad{"MarkNameIsNull", R"({"event":"mark","mark":{"name":null}})", codec_errc::missing_field},
        bad{"ConnectedVersionIsANumber", R"({"event":"connected","version":1})", codec_errc::bad_field}),
    [](const auto& r) { return r.param.why; });

// --- what is odd in a message that is one all the same

TEST(TwilioStream, TakesTheAudioOfAFrameWhoseCountersCannotBeRead) {
  for (const std::string odd :
       {R"("chunk":-1)", R"("chunk":"-1")", R"("chunk":"")", R"("chunk":"1x")", R"("chunk":1.5)", R"("chunk":"1.5")",
        R"("chunk":"18446744073709551616")", R"("timestamp":1.5)", R"("timestamp":[])"}) {
    const auto text = R"({"event":"media","sequenceNumber":"9","media":{"payload":"AAAA",)" + odd + "}}";
    const auto m = read<media>(text);
    EXPECT_EQ(m.payload, "AAAA") << odd;
    EXPECT_TRUE(m.odd) << odd;
    EXPECT_EQ(m.sequence, 9u);
    EXPECT_EQ(m.chunk + m.timestamp, 0u) << odd;
    EXPECT_FALSE(find_media(text)) << odd;
  }
  EXPECT_TRUE(read<media>(R"({"event":"media","sequenceNumber":{},"media":{"payload":"AAAA"}})").odd);
  EXPECT_FALSE(read<media>(R"({"event":"media","sequenceNumber":"9","media":{"payload":"AAAA","chunk":"1"}})").odd);
}

TEST(TwilioStream, LeavesOutOfTheParametersWhatIsNoText) {
  const auto* full = R"({"ticket":"u7Qm2xX0c4r1","tenant":"t_42"})";
  EXPECT_TRUE(read<start>(start_with(full, "[]")).parameters.empty());
  EXPECT_EQ(read<start>(start_with("\"t_42\"", "42")).parameters,
            (std::map<std::string, std::string>{{"ticket", "u7Qm2xX0c4r1"}}));
}

TEST(TwilioStream, TakesAStopForOneWhateverItHolds) {
  for (const std::string body : {R"({"callSid":"CA1"})", R"("now")", R"({"callSid":7})"}) {
    const auto m = read<stop>(R"({"event":"stop","stop":)" + body + "}");
    EXPECT_TRUE(m.call.empty()) << body;
    EXPECT_TRUE(m.odd) << body;
  }
  EXPECT_FALSE(read<stop>(R"({"event":"stop"})").odd);
}

TEST(TwilioStream, WritesMediaToTheByte) {
  std::string out;
  append_media(stream, "//////////8=", out);
  EXPECT_EQ(out,
            R"({"event":"media","streamSid":"MZ00000000000000000000000000000001","media":{"payload":"//////////8="}})");
  const auto frame = make_media_frame(stream);
  EXPECT_EQ(frame.before + "//////////8=" + frame.after, out);
}

TEST(TwilioStream, WritesAMarkToTheByte) {
  std::string out = "kept ";
  append_mark(stream, "r3:12", out);
  EXPECT_EQ(out, R"(kept {"event":"mark","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"r3:12"}})");
}

TEST(TwilioStream, WritesClearToTheByte) {
  std::string out;
  append_clear(stream, out);
  EXPECT_EQ(out, R"({"event":"clear","streamSid":"MZ00000000000000000000000000000001"})");
}

TEST(TwilioStream, WritesAnyMarkSoThatItComesBack) {
  for (const std::string name : {"", "\"}", "a\\b", "line\nbreak", "gr\xc3\xbc\xc3\x9f"}) {
    std::string out;
    append_mark(stream, name, out);
    EXPECT_EQ(read<mark>(out).name, name);
  }
}

}  // namespace
}  // namespace tonris::model::twilio
