#include "model/twilio/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::model::twilio {
namespace {

constexpr std::string_view typical =
    R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"73",)"
    R"("payload":"//////////8="},"streamSid":"MZ00000000000000000000000000000001"})";

/// What the fast path owes the slow one.
::testing::AssertionResult agree(std::string_view text) {
  const auto fast = find_media(text);
  if (!fast) return ::testing::AssertionSuccess();
  const auto slow = decode(text);
  if (!slow) return ::testing::AssertionFailure() << "decode refuses: " << to_string(slow.error()) << ": " << text;
  const auto* m = std::get_if<media>(&*slow);
  if (m == nullptr) return ::testing::AssertionFailure() << "decode sees another message: " << text;
  if (!m->inbound || m->payload != fast->payload || m->sequence != fast->sequence || m->chunk != fast->chunk ||
      m->timestamp != fast->timestamp)
    return ::testing::AssertionFailure() << "decode sees other values: " << text;
  return ::testing::AssertionSuccess();
}

TEST(TwilioFindMedia, FindsThePayloadOfTheTypicalMessage) {
  const auto found = find_media(typical);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->payload, "//////////8=");
  EXPECT_EQ(found->sequence, 2u);
  EXPECT_EQ(found->chunk, 1u);
  EXPECT_EQ(found->timestamp, 73u);
  EXPECT_EQ(found->payload.data(), typical.data() + typical.find("////"));
}

TEST(TwilioFindMedia, ReadsCountersOfEveryLength) {
  std::string digits;
  for (int i = 0; i < 20; ++i) {
    digits += static_cast<char>('1' + i % 9 % 8);
    std::string text(typical);
    text.replace(text.find("\"73\"") + 1, 2, digits);
    const auto found = find_media(text);
    ASSERT_TRUE(found) << digits;
    EXPECT_EQ(found->timestamp, std::stoull(digits));
    EXPECT_TRUE(agree(text));
  }
  for (const std::string_view bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "1.0", "0x1"}) {
    std::string text(typical);
    text.replace(text.find("\"73\"") + 1, 2, bad);
    EXPECT_FALSE(find_media(text)) << bad;
  }
}

struct row {
  std::string why, text;
};
class TwilioFindMediaSaysNo : public testing::TestWithParam<row> {};
TEST_P(TwilioFindMediaSaysNo, WhenTheTextIsNotPlain) {
  EXPECT_FALSE(find_media(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(
    Texts, TwilioFindMediaSaysNo,
    testing::Values(
        row{"EventTwice", R"({"event":"media","event":"media","media":{"payload":"AAAA"}})"},
        row{"EventHidden", R"({"\u0065vent":"stop","event":"media","media":{"payload":"AAAA"}})"},
        row{"EventInside", R"({"media":{"event":"media","payload":"AAAA"}})"},
        row{"EventEscaped", R"({"event":"m\u0065dia","media":{"payload":"AAAA"}})"},
        row{"OtherEvent", R"({"event":"mark","media":{"payload":"AAAA"}})"},
        row{"MediaTwice", R"({"event":"media","media":{"payload":"AAAA"},"media":{"payload":"BBBB"}})"},
        row{"PayloadTwice", R"({"event":"media","media":{"payload":"AAAA","payload":"BBBB"}})"},
        row{"PayloadHidden", R"({"event":"media","media":{"p\u0061yload":"AAAA","payload":"BBBB"}})"},
        row{"PayloadEscaped", R"({"event":"media","media":{"payload":"\/\/\/\/"}})"},
        row{"ChunkTwice", R"({"event":"media","media":{"payload":"AAAA","chunk":1,"chunk":2}})"},
        row{"TrackTwice", R"({"event":"media","media":{"payload":"AAAA","track":"inbound","track":"outbound"}})"},
        row{"SequenceTwice", R"({"event":"media","sequenceNumber":1,"sequenceNumber":2,"media":{"payload":"AAAA"}})"},
        row{"OutboundTrack", R"({"event":"media","media":{"track":"outbound","payload":"AAAA"}})"},
        row{"Trailing", R"({"event":"media","media":{"payload":"AAAA"}}{)"},
        row{"NotClosed", R"({"event":"media","media":{"payload":"AAAA"})"},
        row{"InsideAList", R"([{"event":"media","media":{"payload":"AAAA"}}])"},
        row{"DeepUnknown", R"({"x":)" + std::string(100, '[') + std::string(100, ']') +
                               R"(,"event":"media","media":{"payload":"AAAA"}})"},
        row{"TooLong",
            R"({"event":"media","media":{"payload":")" + std::string(max_inbound_message_bytes, 'A') + "\"}}"}),
    [](const auto& r) { return r.param.why; });

/// Valid inbound media messages in every shape that JSON and the protocol allow.
class generator {
 public:
  explicit generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }

  /// As Twilio writes it today.
  std::string usual() {
    return R"({"event":"media","sequenceNumber":")" + digits() + R"(","media":{"track":"inbound","chunk":")" +
           digits() + R"(","timestamp":")" + digits() + R"(","payload":")" + payload() +
           R"("},"streamSid":"MZ00000000000000000000000000000001"})";
  }

  std::string message() {
    std::vector<std::string> members = {R"("event")" + colon() + R"("media")", R"("media")" + colon() + body()};
    if (below(8)) members.push_back(R"("sequenceNumber")" + colon() + counter());
    if (below(8)) members.push_back(R"("streamSid")" + colon() + R"("MZ00000000000000000000000000000001")");
    return space() + object(std::move(members)) + space();
  }

 private:
  std::string space() {
    static const std::vector<std::string> spaces = {" ", "\n", "\t", "\r\n", "  "};
    return below(6) ? "" : spaces[below(spaces.size())];
  }
  std::string colon() { return space() + ":" + space(); }
  std::string digits() { return std::to_string(below(3) ? below(100'000) : random_() * 4'294'967'296ULL); }
  std::string counter() {
    const auto value = digits();
    return below(2) ? "\"" + value + "\"" : value;
  }
  std::string payload() {
    std::vector<std::uint8_t> bytes(below(3) ? 160 : below(400));
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random_());
    return to_base64(bytes);
  }
  std::string body() {
    std::vector<std::string> members = {R"("payload")" + colon() + "\"" + payload() + "\""};
    if (below(8)) members.push_back(R"("track")" + colon() + R"("inbound")");
    if (below(8)) members.push_back(R"("chunk")" + colon() + counter());
    if (below(8)) members.push_back(R"("timestamp")" + colon() + counter());
    return object(std::move(members));
  }
  std::string object(std::vector<std::string> members) {
    for (auto n = below(3); n > 0; --n)
      members.push_back("\"x" + std::to_string(below(50)) + "\"" + colon() + value(3));
    std::shuffle(members.begin(), members.end(), random_);
    std::string out = "{";
    for (const auto& m : members) out += (out.size() > 1 ? "," + space() : space()) + m;
    return out + space() + "}";
  }
  std::string value(int depth) {
    static const std::vector<std::string> plain = {"null",
                                                   "true",
                                                   "false",
                                                   "0",
                                                   "-12.5e3",
                                                   "\"\"",
                                                   R"("\"}{\\")",
                                                   R"("\u00e9\ud83d\ude00")",
                                                   "\"gr\xc3\xbc\xc3\x9f\"",
                                                   R"("event")",
                                                   R"("media")"};
    if (depth == 0 || below(3)) return plain[below(plain.size())];
    if (below(2)) return "[" + value(depth - 1) + space() + "," + value(depth - 1) + "]";
    return R"({"event":"media","payload":)" + value(depth - 1) + "}";
  }

  std::mt19937 random_;
};

TEST(TwilioFindMedia, SaysYesToEveryPlainMessageAndAgreesWithTheFullDecoder) {
  generator make(2026);
  for (int i = 0; i < 5'000; ++i) {
    const auto text = i % 2 ? make.usual() : make.message();
    ASSERT_TRUE(find_media(text)) << text;
    ASSERT_TRUE(agree(text));
  }
}

std::string mutated(std::string text, generator& make) {
  for (auto n = 1 + make.below(3); n > 0 && !text.empty(); --n) {
    const auto at = make.below(text.size());
    const auto length = std::min(text.size() - at, 1 + make.below(30));
    switch (make.below(6)) {
      case 0: text[at] = static_cast<char>(make.below(256)); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(make.below(text.size()), length)); break;
      case 3: text.insert(at, 1, "{}[]\",:\\0-+eE. "[make.below(15)]); break;
      case 4: text[at] = static_cast<char>(text[at] ^ (1 << make.below(8))); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

TEST(TwilioFindMedia, NeverSaysYesWhereTheFullDecoderSaysSomethingElse) {
  generator make(7);
  std::size_t yes = 0;
  for (int i = 0; i < 40'000; ++i) {
    const auto text = mutated(i % 2 ? make.usual() : make.message(), make);
    if (find_media(text)) ++yes;
    ASSERT_TRUE(agree(text));
  }
  EXPECT_GT(yes, 1'000u);  // else the mutations tested nothing but refusals
}

TEST(TwilioFindMedia, AgreesOnEveryTruncationAndEveryChangedByteOfTheTypicalMessage) {
  for (std::size_t length = 0; length < typical.size(); ++length) EXPECT_FALSE(find_media(typical.substr(0, length)));
  for (std::size_t at = 0; at < typical.size(); ++at) {
    std::string text(typical);
    for (int c = 0; c < 256; ++c) {
      text[at] = static_cast<char>(c);
      ASSERT_TRUE(agree(text));
    }
  }
}

}  // namespace
}  // namespace tonris::model::twilio
