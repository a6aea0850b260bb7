#include "net/websocket_frame.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace tonris::net {
namespace {

using kind = frame_event::kind;
using testing::ElementsAre;

std::string frame(opcode what, std::string payload, bool mask = true, bool fin = true) {
  const mask_key key{'\x37', '\xFA', '\x21', '\x3D'};
  auto header = make_frame_header(what, payload.size(), mask ? std::optional{key} : std::nullopt);
  if (!fin) header.bytes[0] = static_cast<char>(header.bytes[0] & 0x7F);
  if (mask) apply_mask(payload, key);
  return std::string{header.view()} + payload;
}

/// What the decoder says, as one line an event, of bytes fed in pieces of the given sizes (the last one repeats).
std::vector<std::string> events(std::string bytes, std::vector<std::size_t> pieces,
                                frame_decoder::expect masks = frame_decoder::expect::masked,
                                std::size_t limit = 1 << 20) {
  frame_decoder decoder{masks, limit};
  std::vector<std::string> out;
  std::size_t turn = 0;
  for (std::size_t from = 0; from < bytes.size();) {
    const auto size = std::min(pieces[std::min(turn++, pieces.size() - 1)], bytes.size() - from);
    std::string piece = bytes.substr(from, size);  // memory of its own: overreads show under ASan
    from += size;
    decoder.feed(piece);
    for (auto event = decoder.next(); event.what != kind::need_more; event = decoder.next()) {
      const std::string payload{event.payload};
      if (event.what == kind::text) out.push_back("text " + payload);
      if (event.what == kind::ping) out.push_back("ping " + payload);
      if (event.what == kind::pong) out.push_back("pong " + payload);
      if (event.what == kind::close) out.push_back("close " + std::to_string(event.close_code) + " " + payload);
      if (event.what == kind::broken) out.push_back("broken " + std::to_string(event.close_code));
    }
    EXPECT_FALSE(decoder.has_rest());
  }
  return out;
}

// RFC 6455, 5.7.
TEST(WebSocketFrame, ReadsTheExamplesOfTheStandard) {
  EXPECT_THAT(events("\x81\x05Hello", {99}, frame_decoder::expect::unmasked), ElementsAre("text Hello"));
  EXPECT_THAT(events("\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", {99}), ElementsAre("text Hello"));
  EXPECT_THAT(events(std::string{"\x01\x03Hel\x80\x02lo"}, {99}, frame_decoder::expect::unmasked),
              ElementsAre("text Hello"));
  EXPECT_THAT(events("\x89\x05Hello", {99}, frame_decoder::expect::unmasked), ElementsAre("ping Hello"));
  EXPECT_THAT(events("\x8A\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", {99}), ElementsAre("pong Hello"));
}

TEST(WebSocketFrame, WritesTheExamplesOfTheStandard) {
  EXPECT_EQ(frame(opcode::text, "Hello", false), "\x81\x05Hello");
  EXPECT_EQ(frame(opcode::text, "Hello"), "\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58");
  EXPECT_EQ(make_frame_header(opcode::text, 256).view(), std::string_view("\x81\x7E\x01\x00", 4));
  EXPECT_EQ(make_frame_header(opcode::text, 65536).view(), std::string_view("\x81\x7F\0\0\0\0\0\1\0\0", 10));
}

TEST(WebSocketFrame, ReadsBackEveryLengthItWritesMaskedAndNot) {
  for (const std::size_t size : {0, 1, 2, 7, 8, 9, 15, 16, 17, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
    for (const bool mask : {false, true}) {
      const auto masks = mask ? frame_decoder::expect::masked : frame_decoder::expect::unmasked;
      const auto bytes = frame(opcode::text, text, mask) + frame(opcode::ping, "p", mask);
      EXPECT_THAT(events(bytes, {1 << 20}, masks), ElementsAre("text " + text, "ping p")) << size;
      EXPECT_THAT(events(bytes, {1000}, masks), ElementsAre("text " + text, "ping p")) << size;
    }
  }
}

TEST(WebSocketFrame, CutAnywhereSaysTheSame) {
  const std::string bytes = frame(opcode::text, "first") + frame(opcode::text, "sec", true, false) +
                            frame(opcode::ping, "now") + frame(opcode::continuation, "", true, false) +
                            frame(opcode::continuation, "ond") + frame(opcode::text, std::string(130, 'l')) +
                            frame(opcode::text, "") + frame(opcode::close, "\x03\xE8good bye");
  const auto whole = events(bytes, {bytes.size()});
  ASSERT_THAT(whole, ElementsAre("text first", "ping now", "text second", "text " + std::string(130, 'l'), "text ",
                                 "close 1000 good bye"));
  EXPECT_EQ(events(bytes, {1}), whole);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    EXPECT_EQ(events(bytes, {cut, bytes.size()}), whole) << cut;
    EXPECT_EQ(events(bytes, {cut, 1, bytes.size()}), whole) << cut;
  }
}

TEST(WebSocketFrame, AWholeMessageIsAViewIntoWhatWasFed) {
  frame_decoder decoder{frame_decoder::expect::masked, 1000};
  std::string bytes = frame(opcode::text, "in place");
  decoder.feed(bytes);
  const auto event = decoder.next();
  EXPECT_EQ(event.payload, "in place");
  EXPECT_EQ(event.payload.data(), bytes.data() + 6);
}

TEST(WebSocketFrame, KeepsTheRestWhenToldTo) {
  frame_decoder decoder{frame_decoder::expect::masked, 1000};
  std::string bytes = frame(opcode::text, "1") + frame(opcode::text, "2") + frame(opcode::text, "3").substr(0, 4);
  decoder.feed(bytes);
  EXPECT_EQ(decoder.next().payload, "1");
  decoder.keep_rest();
  std::fill(bytes.begin(), bytes.end(), '#');
  EXPECT_TRUE(decoder.has_rest());
  std::string more = frame(opcode::text, "3").substr(4) + frame(opcode::text, "4");
  decoder.feed(more);
  EXPECT_EQ(decoder.next().payload, "2");
  decoder.keep_rest();
  EXPECT_EQ(decoder.next().payload, "3");
  EXPECT_EQ(decoder.next().payload, "4");
  EXPECT_EQ(decoder.next().what, kind::need_more);
  EXPECT_FALSE(decoder.has_rest());
}

struct bad_row {
  std::string name;
  std::string bytes;
  std::uint16_t code;
};
void PrintTo(const bad_row& row, std::ostream* out) {
  *out << row.name;
}

class WebSocketFrameRefuses : public testing::TestWithParam<bad_row> {};

TEST_P(WebSocketFrameRefuses, AndNothingFollows) {
  const auto& row = GetParam();
  const std::string bytes = row.bytes + frame(opcode::text, "never seen");
  const std::vector<std::string> expected{"broken " + std::to_string(row.code)};
  EXPECT_EQ(events(bytes, {bytes.size()}, frame_decoder::expect::masked, 300), expected);
  EXPECT_EQ(events(bytes, {1}, frame_decoder::expect::masked, 300), expected);
}

std::string with_first(int first, std::string bytes) {
  bytes[0] = static_cast<char>(first);
  return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Table, WebSocketFrameRefuses,
    testing::Values(
        bad_row{"Reserved1", with_first(0xC1, frame(opcode::text, "x")), 1002},
        bad_row{"Reserved2", with_first(0xA1, frame(opcode::text, "x")), 1002},
        bad_row{"Reserved3", with_first(0x91, frame(opcode::text, "x")), 1002},
        bad_row{"Opcode3", with_first(0x83, frame(opcode::text, "x")), 1002},
        bad_row{"Opcode7", with_first(0x87, frame(opcode::text, "x")), 1002},
        bad_row{"OpcodeB", with_first(0x8B, frame(opcode::ping, "x")), 1002},
        bad_row{"OpcodeF", with_first(0x8F, frame(opcode::ping, "x")), 1002},
        bad_row{"NoMask", frame(opcode::text, "x", false), 1002},
        bad_row{"FragmentedPing", frame(opcode::ping, "x", true, false), 1002},
        bad_row{"FragmentedClose", frame(opcode::close, "", true, false), 1002},
        bad_row{"LongPing", frame(opcode::ping, std::string(126, 'x')), 1002},
        bad_row{"LongClose", frame(opcode::close, "\x03\xE8" + std::string(124, 'x')), 1002},
        bad_row{"StrayContinuation", frame(opcode::continuation, "x"), 1002},
        bad_row{"TextWithinAMessage", frame(opcode::text, "a", true, false) + frame(opcode::text, "b"), 1002},
        bad_row{"BinaryWithinAMessage", frame(opcode::text, "a", true, false) + frame(opcode::binary, "b"), 1002},
        bad_row{"LengthInTwoBytesThatFitsOne", std::string("\x81\xFE\x00\x7D", 4), 1002},
        bad_row{"LengthInEightBytesThatFitsTwo", std::string("\x81\xFF\0\0\0\0\0\0\xFF\xFF", 10), 1002},
        bad_row{"LengthWithTheHighestBit", std::string("\x81\xFF\x80\0\0\0\0\1\0\0", 10), 1002},
        bad_row{"Binary", frame(opcode::binary, "x"), 1003}, bad_row{"EmptyBinary", frame(opcode::binary, ""), 1003},
        bad_row{"BadText", frame(opcode::text, "\xC3\x28"), 1007},
        bad_row{"CharacterCutAtTheEnd", frame(opcode::text, "\xE2\x82"), 1007},
        bad_row{"BadTextInFragments", frame(opcode::text, "\xC3", true, false) + frame(opcode::continuation, "("),
                1007},
        bad_row{"TooBig", frame(opcode::text, std::string(301, 'x')), 1009},
        bad_row{"TooBigTogether",
                frame(opcode::text, std::string(300, 'x'), true, false) + frame(opcode::continuation, "x"), 1009},
        bad_row{"HugeLength", std::string("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10), 1009},
        bad_row{"CloseWithOneByte", frame(opcode::close, "\x03"), 1002},
        bad_row{"Close0", frame(opcode::close, std::string(2, '\0')), 1002},
        bad_row{"Close999", frame(opcode::close, "\x03\xE7"), 1002},
        bad_row{"Close1004", frame(opcode::close, "\x03\xEC"), 1002},
        bad_row{"Close1005", frame(opcode::close, "\x03\xED"), 1002},
        bad_row{"Close1006", frame(opcode::close, "\x03\xEE"), 1002},
        bad_row{"Close1015", frame(opcode::close, "\x03\xF7"), 1002},
        bad_row{"Close2999", frame(opcode::close, "\x0B\xB7"), 1002},
        bad_row{"Close5000", frame(opcode::close, "\x13\x88"), 1002},
        bad_row{"CloseWithBadReason", frame(opcode::close, "\x03\xE8\xFF"), 1007}),
    [](const auto& test) { return test.param.name; });

TEST(WebSocketFrame, ACharacterMayBeCutBetweenFragments) {
  const auto bytes = frame(opcode::text, "\xE2", true, false) + frame(opcode::continuation, "\x82\xAC");
  EXPECT_THAT(events(bytes, {3}), ElementsAre("text \xE2\x82\xAC"));
}

TEST(WebSocketFrame, TakesAMessageOfJustTheLimit) {
  const std::string full(300, 'x');
  EXPECT_THAT(events(frame(opcode::text, full), {7}, frame_decoder::expect::masked, 300), ElementsAre("text " + full));
}

TEST(WebSocketFrame, NothingFollowsAClose) {
  const auto bytes = frame(opcode::close, "") + frame(opcode::text, "x") + "garbage";
  EXPECT_THAT(events(bytes, {1000}), ElementsAre("close 1005 "));
  EXPECT_THAT(events(bytes, {1}), ElementsAre("close 1005 "));
}

TEST(WebSocketFrame, ACloseReasonIsCutToFitAtACharacter) {
  EXPECT_EQ(make_close_payload(1000, "bye").view(),
            "\x03\xE8"
            "bye");
  EXPECT_EQ(make_close_payload(1005, "bye").view(), "");
  EXPECT_EQ(make_close_payload(1006, "").view(), "\x03\xE8");
  EXPECT_EQ(make_close_payload(1000, std::string(200, 'r')).size, 125U);
  EXPECT_EQ(make_close_payload(1000, std::string(122, 'r') + "\xC3\xBC").size, 124U);
  EXPECT_EQ(make_close_payload(1000, "\xFF").view(), "\x03\xE8");
}

TEST(WebSocketFrame, MaskingTwiceIsNothing) {
  const mask_key key{'\x01', '\x80', '\x00', '\xFF'};
  for (std::size_t size = 0; size < 40; ++size) {
    std::string text(size, 'm');
    apply_mask(text, key);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(text[i], static_cast<char>('m' ^ key[i % 4]));
    apply_mask(text, key);
    EXPECT_EQ(text, std::string(size, 'm'));
  }
}

}  // namespace
}  // namespace tonris::net
