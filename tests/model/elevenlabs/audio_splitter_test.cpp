#include "model/elevenlabs/audio_splitter.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/elevenlabs/post_call.hpp"
#include "model/text/base64.hpp"

namespace tonris::model::elevenlabs {
namespace {

struct result {
  std::string sound;
  std::size_t largest = 0;
  decoded<audio_splitter::split> split;
};

// The body in pieces of that many bytes.
result fed(std::string_view body, std::size_t piece_bytes, const audio_splitter::bounds& most = {}) {
  result got;
  audio_splitter splitter(
      [&](std::span<const std::uint8_t> bytes) {
        got.largest = std::max(got.largest, bytes.size());
        got.sound.append(bytes.begin(), bytes.end());
      },
      most);
  for (; !body.empty(); body.remove_prefix(std::min(piece_bytes, body.size())))
    if (const auto taken = splitter.feed(body.substr(0, piece_bytes)); !taken) {
      got.split = tl::unexpected(taken.error());
      return got;
    }
  got.split = splitter.finish();
  return got;
}

constexpr std::size_t piece_sizes[] = {1, 2, 3, 5, 7, 64, 100'000};

struct split_row {
  std::string why, body, sound, json;
  bool has_audio = true;
};
class AudioSplitter : public testing::TestWithParam<split_row> {};
INSTANTIATE_TEST_SUITE_P(
    Bodies, AudioSplitter,
    testing::Values(
        split_row{
            "TheVendors",
            R"({"type":"post_call_audio","event_timestamp":1,"data":{"agent_id":"a","full_audio":"SUQzBAAAAAAAAA=="}})",
            std::string("ID3\4\0\0\0\0\0\0", 10),
            R"({"type":"post_call_audio","event_timestamp":1,"data":{"agent_id":"a","full_audio":""}})"},
        split_row{"AudioFirst", R"({"data":{"full_audio":"AAEC","conversation_id":"c"},"type":"post_call_audio"})",
                  std::string("\0\1\2", 3),
                  R"({"data":{"full_audio":"","conversation_id":"c"},"type":"post_call_audio"})"},
        split_row{"SpacesBetween", "{ \"data\" :\n{ \"full_audio\" : \"QQ==\" } }", "A",
                  "{ \"data\" :\n{ \"full_audio\" : \"\" } }"},
        split_row{"EscapedSlashes", R"({"data":{"full_audio":"\/\/\/\/QQ=="}})",
                  "\xFF\xFF\xFF"
                  "A",
                  R"({"data":{"full_audio":""}})"},
        split_row{"EscapesByNumber", R"({"data":{"full_audio":"\u0051Q\u003D\u003d"}})", "A",
                  R"({"data":{"full_audio":""}})"},
        split_row{"Empty", R"({"data":{"full_audio":""}})", "", R"({"data":{"full_audio":""}})"},
        split_row{"Null", R"({"data":{"full_audio":null,"x":"QQ=="}})", "",
                  R"({"data":{"full_audio":null,"x":"QQ=="}})", false},
        split_row{"AnObject", R"({"data":{"full_audio":{"full_audio":"QQ=="}}})", "",
                  R"({"data":{"full_audio":{"full_audio":"QQ=="}}})", false},
        split_row{"ElsewhereInTheRoot", R"({"full_audio":"QQ==","data":{}})", "", R"({"full_audio":"QQ==","data":{}})",
                  false},
        split_row{"ElsewhereDeeper", R"({"data":{"a":{"full_audio":"QQ=="},"b":["full_audio","QQ=="]}})", "",
                  R"({"data":{"a":{"full_audio":"QQ=="},"b":["full_audio","QQ=="]}})", false},
        split_row{"BehindADeeperObject", R"({"data":{"a":{"b":[{}]},"full_audio":"QQ=="}})", "A",
                  R"({"data":{"a":{"b":[{}]},"full_audio":""}})"},
        split_row{"InAListOfData", R"({"data":[{"full_audio":"QQ=="}]})", "", R"({"data":[{"full_audio":"QQ=="}]})",
                  false},
        split_row{"AsAText", R"({"data":{"a":"full_audio","full_audio":"QQ==","z":"\"full_audio\":\"QQ==\\"}})", "A",
                  R"({"data":{"a":"full_audio","full_audio":"","z":"\"full_audio\":\"QQ==\\"}})"},
        split_row{"OtherKeysLikeIt", R"({"data":{"full_audio2":"QQ==","full_audi":"QQ==","Full_audio":"QQ=="}})", "",
                  R"({"data":{"full_audio2":"QQ==","full_audi":"QQ==","Full_audio":"QQ=="}})", false},
        split_row{"SecondDataIsNobodys", R"({"data":{},"data":{"full_audio":"QQ=="}})", "",
                  R"({"data":{},"data":{"full_audio":"QQ=="}})", false},
        split_row{"ATranscription",
                  R"({"type":"post_call_transcription","data":{"transcript":[{"message":"\u00e6 \\"}]}})", "",
                  R"({"type":"post_call_transcription","data":{"transcript":[{"message":"\u00e6 \\"}]}})", false}),
    [](const auto& row) { return row.param.why; });

TEST_P(AudioSplitter, SplitsTheSameInPiecesOfAnySize) {
  const auto& row = GetParam();
  for (const auto size : piece_sizes) {
    const auto got = fed(row.body, size);
    ASSERT_TRUE(got.split) << size;
    EXPECT_EQ(got.sound, row.sound) << size;
    EXPECT_EQ(got.split->json, row.json) << size;
    EXPECT_EQ(got.split->audio_bytes, row.sound.size()) << size;
    EXPECT_EQ(got.split->has_audio, row.has_audio) << size;
  }
}

struct refused_row {
  std::string why, body;
  codec_errc error;
};
class RefusedAudio : public testing::TestWithParam<refused_row> {};
INSTANTIATE_TEST_SUITE_P(
    Bodies, RefusedAudio,
    testing::Values(
        refused_row{"Blank", R"({"data":{"full_audio":"QUJD QUJD"}})", codec_errc::bad_payload},
        refused_row{"EscapedNewline", R"({"data":{"full_audio":"QUJD\nQUJD"}})", codec_errc::bad_payload},
        refused_row{"NoPadding", R"({"data":{"full_audio":"QQ"}})", codec_errc::bad_payload},
        refused_row{"HalfAPadding", R"({"data":{"full_audio":"QQ="}})", codec_errc::bad_payload},
        refused_row{"MoreBehindThePadding", R"({"data":{"full_audio":"QQ==QUJD"}})", codec_errc::bad_payload},
        refused_row{"PaddingInside", R"({"data":{"full_audio":"Q=JD"}})", codec_errc::bad_payload},
        refused_row{"OtherAlphabet", R"({"data":{"full_audio":"QUJ-"}})", codec_errc::bad_payload},
        refused_row{"EscapeBeyondAscii", R"({"data":{"full_audio":"\u0151Q=="}})", codec_errc::bad_payload},
        refused_row{"NoEscape", R"({"data":{"full_audio":"\u00zzQ=="}})", codec_errc::bad_payload},
        refused_row{"Twice", R"({"data":{"full_audio":"QQ==","full_audio":"QQ=="}})", codec_errc::bad_payload},
        refused_row{"CutWithinTheAudio", R"({"data":{"full_audio":"QUJD)", codec_errc::not_json},
        refused_row{"CutBehindTheAudio", R"({"data":{"full_audio":"QUJD")", codec_errc::not_json},
        refused_row{"CutWithinAText", R"({"data":"x)", codec_errc::not_json},
        refused_row{"BracketTooMany", R"({}})", codec_errc::not_json},
        refused_row{"TooDeep", std::string(65, '['), codec_errc::too_many}),
    [](const auto& row) { return row.param.why; });

TEST_P(RefusedAudio, IsRefusedInPiecesOfAnySize) {
  for (const auto size : piece_sizes) {
    const auto got = fed(GetParam().body, size);
    ASSERT_FALSE(got.split) << size;
    EXPECT_EQ(got.split.error(), GetParam().error) << size;
  }
}

TEST(AudioSplitter, StaysRefused) {
  audio_splitter splitter([](auto) {});
  EXPECT_EQ(splitter.feed("}").error(), codec_errc::not_json);
  EXPECT_EQ(splitter.feed("{}").error(), codec_errc::not_json);
  EXPECT_EQ(splitter.finish().error(), codec_errc::not_json);
}

TEST(AudioSplitter, BoundsWhatItKeeps) {
  const audio_splitter::bounds most{.json_bytes = 30, .audio_bytes = 6};
  EXPECT_TRUE(fed(R"({"data":{"full_audio":"QUJDREVG"}})", 5, most).split);
  EXPECT_EQ(fed(R"({"data":{"full_audio":"QUJDREVGRw=="}})", 5, most).split.error(), codec_errc::too_long);
  EXPECT_EQ(fed(R"({"data":{"full_audio":"QUJDREVG"},"and":"more"})", 5, most).split.error(), codec_errc::too_long);
  EXPECT_EQ(fed(R"({"data":{"x":")" + std::string(1'000'000, 'a'), 1000, most).split.error(), codec_errc::too_long);
}

TEST(AudioSplitter, GivesALongSoundInSmallPieces) {
  std::string sound(3'000'001, '\0');
  std::uint32_t state = 1;
  for (auto& byte : sound) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const auto text = to_base64({reinterpret_cast<const std::uint8_t*>(sound.data()), sound.size()});
  const auto body = R"({"type":"post_call_audio","data":{"full_audio":")" + text + R"(","conversation_id":"c"}})";
  for (const std::size_t size : {std::size_t{1}, std::size_t{1447}, std::size_t{65536}, body.size()}) {
    const auto got = fed(body, size);
    ASSERT_TRUE(got.split) << size;
    EXPECT_TRUE(got.sound == sound) << size;
    EXPECT_LE(got.largest, 48u * 1024) << size;
    const auto report = parse_post_call(got.split->json);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->type, post_call_type::audio);
    EXPECT_EQ(report->conversation.value, "c");
    EXPECT_EQ(report->unread, "{}");
  }
}

}  // namespace
}  // namespace tonris::model::elevenlabs
