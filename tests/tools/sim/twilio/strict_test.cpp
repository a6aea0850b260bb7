#include "tools/sim/twilio/strict.hpp"

#include <gtest/gtest.h>

#include "model/text/base64.hpp"
#include "model/twilio/stream.hpp"

namespace {

using namespace tonris::sim;

const std::string sid = "MZ00000000000000000000000000000001";

std::string media_of(std::size_t bytes) {
  std::string out;
  tonris::model::twilio::append_media({sid}, tonris::model::to_base64(std::vector<std::uint8_t>(bytes, 0x55)), out);
  return out;
}

TEST(SimStrictTwilio, TakesTheThreeMessagesOfTheProtocol) {
  const auto media =
      check_outbound(R"({"event":"media","streamSid":")" + sid + R"(","media":{"payload":"//////////8="}})", sid);
  ASSERT_TRUE(media);
  EXPECT_EQ(std::get<outbound_media>(*media).ulaw, std::vector<std::uint8_t>(8, 0xFF));
  const auto mark = check_outbound(R"({"event":"mark","streamSid":")" + sid + R"(","mark":{"name":"r3:12"}})", sid);
  ASSERT_TRUE(mark);
  EXPECT_EQ(std::get<outbound_mark>(*mark).name, "r3:12");
  EXPECT_TRUE(check_outbound(R"({"event":"clear","streamSid":")" + sid + R"("})", sid));
}

TEST(SimStrictTwilio, TakesWhatTheGatewaysEncoderWrites) {
  std::string mark, clear;
  tonris::model::twilio::append_mark({sid}, "g1:\"q\"", mark);
  tonris::model::twilio::append_clear({sid}, clear);
  EXPECT_TRUE(check_outbound(media_of(160), sid));
  EXPECT_TRUE(check_outbound(mark, sid));
  EXPECT_TRUE(check_outbound(clear, sid));
}

TEST(SimStrictTwilio, TakesEightKilobytesOfAudioAndNotOneByteMore) {
  EXPECT_TRUE(check_outbound(media_of(8000), sid));
  const auto more = check_outbound(media_of(8001), sid);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().rule, "payload_too_long");
}

TEST(SimStrictTwilio, FlagsAnythingBeforeStart) {
  const auto early = check_outbound(media_of(160), "");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().rule, "message_before_start");
}

struct fault {
  std::string name, rule, text;
};

class SimStrictTwilioFlags : public testing::TestWithParam<fault> {};

TEST_P(SimStrictTwilioFlags, TheFault) {
  auto text = GetParam().text;
  if (const auto at = text.find("SID"); at != std::string::npos) text.replace(at, 3, sid);
  const auto checked = check_outbound(text, sid);
  ASSERT_FALSE(checked) << text;
  EXPECT_EQ(checked.error().rule, GetParam().rule) << checked.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimStrictTwilioFlags,
    testing::Values(
        fault{"Garbage", "not_json", "hello"}, fault{"AList", "not_json", "[]"},
        fault{"HalfAMessage", "not_json", R"({"event":"clear","streamSid":"SID")"},
        fault{"TrailingBytes", "not_json", R"({"event":"clear","streamSid":"SID"} x)"},
        fault{"DeepNesting", "not_json", std::string(60'000, '[')},
        fault{"NoEvent", "missing_key", R"({"streamSid":"SID"})"},
        fault{"UnknownEvent", "unknown_event", R"({"event":"stop","streamSid":"SID"})"},
        fault{"NoStreamSid", "missing_key", R"({"event":"clear"})"},
        fault{"SnakeCaseStreamSid", "extra_key", R"({"event":"clear","stream_sid":"SID"})"},
        fault{"ExtraKey", "extra_key", R"({"event":"clear","streamSid":"SID","x":1})"},
        fault{"SequenceNumber", "extra_key",
              R"({"event":"media","sequenceNumber":"1","streamSid":"SID","media":{"payload":"/w=="}})"},
        fault{"TrackInMedia", "extra_key",
              R"({"event":"media","streamSid":"SID","media":{"payload":"/w==","track":"outbound"}})"},
        fault{"TwiceTheSameKey", "duplicate_key", R"({"event":"clear","streamSid":"SID","streamSid":"SID"})"},
        fault{"NoMedia", "missing_key", R"({"event":"media","streamSid":"SID"})"},
        fault{"MediaIsText", "bad_field", R"({"event":"media","streamSid":"SID","media":"/w=="})"},
        fault{"NoPayload", "missing_key", R"({"event":"media","streamSid":"SID","media":{}})"},
        fault{"PayloadIsNull", "bad_field", R"({"event":"media","streamSid":"SID","media":{"payload":null}})"},
        fault{"NotBase64", "bad_base64", R"({"event":"media","streamSid":"SID","media":{"payload":"a*=="}})"},
        fault{"CutBase64", "bad_base64", R"({"event":"media","streamSid":"SID","media":{"payload":"abc"}})"},
        fault{"NoAudio", "empty_payload", R"({"event":"media","streamSid":"SID","media":{"payload":""}})"},
        fault{"AWavFile", "not_audio", R"({"event":"media","streamSid":"SID","media":{"payload":"UklGRgAA"}})"},
        fault{"AnErrorAsAudio", "not_audio",
              R"({"event":"media","streamSid":"SID","media":{"payload":"eyJkZXRhaWwi"}})"},
        fault{"AnotherStream", "wrong_stream_sid",
              R"({"event":"clear","streamSid":"MZ00000000000000000000000000000002"})"},
        fault{"StreamSidIsNull", "wrong_stream_sid", R"({"event":"clear","streamSid":null})"},
        fault{"NoMark", "missing_key", R"({"event":"mark","streamSid":"SID"})"},
        fault{"NoName", "missing_key", R"({"event":"mark","streamSid":"SID","mark":{}})"},
        fault{"EmptyName", "bad_field", R"({"event":"mark","streamSid":"SID","mark":{"name":""}})"},
        fault{"NameIsANumber", "bad_field", R"({"event":"mark","streamSid":"SID","mark":{"name":7}})"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
