#include "tools/bench/websocket.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tonris::bench {
namespace {

using messages = std::vector<std::pair<opcode, std::string>>;

/// What a reader makes of bytes handed over in pieces of this size; nothing when it refuses.
std::optional<messages> read_in_pieces(std::string bytes, std::size_t piece) {
  frame_reader reader;
  messages seen;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto part = std::span<char>{bytes}.subspan(at, std::min(piece, bytes.size() - at));
    if (!reader.feed(part, [&](opcode op, std::string_view text) {
          seen.emplace_back(op, text);
          return true;
        })) {
      return std::nullopt;
    }
  }
  return seen;
}

TEST(BenchWebsocket, AnswersTheKeyOfTheStandard) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(BenchWebsocket, FramesAsTheStandardsExamplesDo) {
  std::string plain;
  append_frame(plain, opcode::text, "Hello", std::nullopt);
  EXPECT_EQ(plain, "\x81\x05Hello");
  std::string masked;
  append_frame(masked, opcode::text, "Hello", 0x3d21fa37);
  EXPECT_EQ(masked, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

class BenchWebsocketSizes : public testing::TestWithParam<std::size_t> {};
TEST_P(BenchWebsocketSizes, ComeThroughHoweverTheBytesAreCut) {
  std::string text;
  for (std::size_t i = 0; i < GetParam(); ++i) text += static_cast<char>(i * 31);
  std::string bytes;
  append_frame(bytes, opcode::text, text, std::nullopt);
  append_frame(bytes, opcode::binary, text, 0x01020304);
  const messages expected{{opcode::text, text}, {opcode::binary, text}};
  for (const std::size_t piece : {bytes.size(), std::size_t{1}, std::size_t{3}, std::size_t{1460}}) {
    if (bytes.size() / piece > 20'000) continue;  // quadratic in the number of pieces
    EXPECT_EQ(read_in_pieces(bytes, piece), expected) << piece;
  }
}
INSTANTIATE_TEST_SUITE_P(Boundaries, BenchWebsocketSizes, testing::Values(0, 1, 7, 8, 125, 126, 127, 65535, 65536));

TEST(BenchWebsocket, JoinsFragmentsAndLetsControlFramesBetween) {
  const std::string bytes{"\x01\x03Hel\x89\x01!\x80\x02lo", 12};
  EXPECT_EQ(read_in_pieces(bytes, 1), (messages{{opcode::ping, "!"}, {opcode::text, "Hello"}}));
}

struct refused {
  std::string name, bytes;
};
class BenchWebsocketRefuses : public testing::TestWithParam<refused> {};
TEST_P(BenchWebsocketRefuses, WhatBreaksTheProtocol) {
  EXPECT_FALSE(read_in_pieces(GetParam().bytes, GetParam().bytes.size()).has_value());
}
INSTANTIATE_TEST_SUITE_P(Frames, BenchWebsocketRefuses,
                         testing::Values(refused{"ReservedBit", std::string{"\xc1\x01x", 3}},
                                         refused{"ContinuationOfNothing", std::string{"\x80\x01x", 3}},
                                         refused{"TextWithinText", std::string{"\x01\x01x\x01\x01y", 6}},
                                         refused{"FragmentedPing", std::string{"\x09\x01x", 3}},
                                         refused{"TooBig", std::string{"\x81\x7f\0\0\0\0\0\x20\0\0", 10}},
                                         refused{"MuchTooBig",
                                                 std::string{"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10}}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tonris::bench
