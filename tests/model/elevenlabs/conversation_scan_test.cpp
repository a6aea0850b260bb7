#include "model/elevenlabs/conversation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model::elevenlabs {
namespace {

// The law of the fast path: a yes is what `decode` says.
void expect_agreement(const std::string& text) {
  const auto seen = find_audio(text);
  if (!seen) return;
  const auto read = decode(text);
  ASSERT_TRUE(read) << text;
  const auto* const event = std::get_if<audio>(&*read);
  ASSERT_NE(event, nullptr) << text;
  ASSERT_EQ(event->payload, seen->payload) << text;
  ASSERT_EQ(event->event_id, seen->event_id) << text;
}

TEST(ElevenlabsFindAudio, SeesTheMessageOfTheContract) {
  const std::string text =
      R"({"type":"audio","audio_event":{"audio_base_64":"AAAAAAAAAAA=","event_id":1,"alignment":{"chars":["H","i"],"char_start_times_ms":[0,90],"char_durations_ms":[90,110]}}})";
  const auto seen = find_audio(text);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->payload, "AAAAAAAAAAA=");
  EXPECT_EQ(seen->event_id, 1);
  EXPECT_EQ(seen->payload.data(), text.data() + text.find("AAAA"));
  expect_agreement(text);
}

class ElevenlabsFindAudioYes : public testing::TestWithParam<std::pair<std::string, std::string>> {};
INSTANTIATE_TEST_SUITE_P(
    Texts, ElevenlabsFindAudioYes,
    testing::Values(
        std::pair{"EventFirst", R"({"audio_event":{"event_id":2,"audio_base_64":"QUJD"},"type":"audio"})"},
        std::pair{"Spaces",
                  "\r\n{ \"type\" :\t\"audio\" , \"audio_event\" : { \"audio_base_64\" : \"QUJD\" , "
                  "\"event_id\" : 2 } } "},
        std::pair{"UnknownFields",
                  R"({"v":[{"audio_event":1}],"type":"audio","audio_event":{"is_final":false,"alignment":null,)"
                  R"("x":{"event_id":5,"audio_base_64":7},"event_id":2,"audio_base_64":"QUJD"},"y":"\u00e9\"}"})"},
        std::pair{"UnknownFieldTwice",
                  R"({"x":1,"x":2,"type":"audio","audio_event":{"event_id":2,"audio_base_64":"QUJD","z":1,"z":1}})"}),
    [](const auto& r) { return r.param.first; });

TEST_P(ElevenlabsFindAudioYes, IsAudio) {
  const auto seen = find_audio(GetParam().second);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->payload, "QUJD");
  EXPECT_EQ(seen->event_id, 2);
  expect_agreement(GetParam().second);
}

TEST(ElevenlabsFindAudio, SeesEmptyAndLargePayloads) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{2 * 1024 * 1024}}) {
    const auto text =
        R"({"type":"audio","audio_event":{"event_id":0,"audio_base_64":")" + std::string(size, 'A') + "\"}}";
    const auto seen = find_audio(text);
    ASSERT_TRUE(seen) << size;
    EXPECT_EQ(seen->payload.size(), size);
    EXPECT_EQ(seen->event_id, 0);
  }
}

std::string event_with(const std::string& fields) {
  return R"({"type":"audio","audio_event":{)" + fields + "}}";
}

TEST(ElevenlabsFindAudio, LeavesEverythingElseToTheDecoder) {
  const std::vector<std::string> texts{
      "",
      "{}",
      "[]",
      "audio",
      R"({"type":"audio"})",
      R"({"type":"audio","audio_event":null})",
      event_with(""),
      event_with(R"("event_id":1)"),
      event_with(R"("audio_base_64":"QUJD")"),
      R"({"audio_event":{"event_id":1,"audio_base_64":"QUJD"}})",
      R"({"type":"ping","audio_event":{"event_id":1,"audio_base_64":"QUJD"}})",
      R"({"type":"audi\u006f","audio_event":{"event_id":1,"audio_base_64":"QUJD"}})",
      R"({"type":"audio","type":"audio","audio_event":{"event_id":1,"audio_base_64":"QUJD"}})",
      R"({"type":"audio","audio_event":{"event_id":1,"audio_base_64":"QUJD"},"audio_event":{}})",
      R"({"type":"audio","audio_event":{},"audio_event":{"event_id":1,"audio_base_64":"QUJD"}})",
      R"({"type":"audio","audio_event":{"event_id":1,"audio_base_64":"QUJD"},"type":"ping"})",
      R"({"type":"audio","audio_event":{"event_id":1,"audio_base_64":"QUJD"},"t\u0079pe":"ping"})",
      event_with(R"("event_id":1,"event_id":2,"audio_base_64":"QUJD")"),
      event_with(R"("event_id":1,"audio_base_64":"QUJD","audio_base_64":"QUJD")"),
      event_with(R"("event_id":1,"audio_base_64":"QU\/D")"),
      event_with(R"("event_id":1,"audio_base_64":"QUJ")"),
      event_with(R"("event_id":1,"audio_base_64":"QU-D")"),
      event_with(R"("event_id":1,"audio_base_64":null)"),
      event_with(R"("event_id":-1,"audio_base_64":"QUJD")"),
      event_with(R"("event_id":1.0,"audio_base_64":"QUJD")"),
      event_with(R"("event_id":"1","audio_base_64":"QUJD")"),
      event_with(R"("event_id":01,"audio_base_64":"QUJD")"),
      event_with(R"("event_id":9223372036854775808,"audio_base_64":"QUJD")"),
      event_with(R"("event_id":1,"audio_base_64":"QUJD",)"),
      event_with(R"("event_id":1,"audio_base_64":"QUJD")") + "x",
      event_with(R"("event_id":1,"audio_base_64":"QUJD")") + std::string(1, '\0'),
      event_with(R"("event_id":1,"audio_base_64":"QUJD")") + "{}",
      event_with(R"("event_id":1,"audio_base_64":"QUJD","x":)" + std::string(100, '[') + std::string(100, ']')),
      event_with(R"("event_id":1,"audio_base_64":"QUJD","x":"\ud800")"),
      event_with("\"event_id\":1,\"audio_base_64\":\"QUJD\",\"x\":\"\xFF\"")};
  for (const auto& text : texts) EXPECT_FALSE(find_audio(text)) << text;
}

TEST(ElevenlabsFindAudio, LeavesMessagesBeyondTheLimitsToTheDecoder) {
  const std::string long_payload(max_inbound_message_bytes, 'A');
  EXPECT_FALSE(find_audio(event_with(R"("event_id":1,"audio_base_64":")" + long_payload + "\"")));
  std::string many = "[0";
  for (int i = 0; i < 150'000; ++i) many += ",0";
  const auto text = event_with(R"("event_id":1,"audio_base_64":"QUJD","x":)" + many + "]");
  EXPECT_FALSE(decode(text));
  EXPECT_FALSE(find_audio(text));
}

// Audio messages as any JSON library might write them: order, spaces, fields of the future.
class audio_writer {
 public:
  explicit audio_writer(unsigned seed) : random_(seed) {}

  std::string message() {
    std::vector<std::string> event{member("audio_base_64", '"' + payload() + '"'),
                                   member("event_id", std::to_string(pick(1'000'000)))};
    if (pick(2) == 0)
      event.push_back(member("alignment", R"({"chars":["H","\u00e9"],"char_start_times_ms":[0, 90.5]})"));
    if (pick(3) == 0) event.push_back(member("is_final", "true"));
    std::vector<std::string> root{member("type", R"("audio")"), member("audio_event", object(event))};
    if (pick(3) == 0) root.push_back(member("trace", R"({"id":"\"}x","list":[[],{},-1e3]})"));
    return space() + object(root) + space();
  }

  std::string mutated(std::string text) {
    for (auto changes = 1 + pick(3); changes > 0 && !text.empty(); --changes) change(text);
    return text;
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  std::string payload() {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (auto left = 4 * pick(60); left > 0; --left) text += alphabet[pick(alphabet.size())];
    constexpr std::string_view ends[]{"", "QQ==", "QUI="};
    return text + std::string(ends[pick(3)]);
  }

  std::string space() {
    constexpr std::string_view spaces[]{"", "", "", " ", "\n", "\t  "};
    return std::string(spaces[pick(6)]);
  }

  std::string member(const std::string& name, const std::string& value) {
    return space() + '"' + name + '"' + space() + ':' + space() + value + space();
  }

  std::string object(std::vector<std::string>& members) {
    std::shuffle(members.begin(), members.end(), random_);
    std::string text = "{";
    for (const auto& m : members) text += (text.size() > 1 ? "," : "") + m;
    return text + "}";
  }

  void change(std::string& text) {
    constexpr std::string_view tokens = "\"\\{}[],:0123456789-.eE+tfnau/= \n\xC3\xFF";
    const auto at = pick(text.size());
    switch (pick(6)) {
      case 0: text[at] = tokens[pick(tokens.size())]; break;
      case 1: text.insert(at, 1, tokens[pick(tokens.size())]); break;
      case 2: text.erase(at, 1 + pick(4)); break;
      case 3: text.resize(at); break;
      case 4: text.insert(pick(text.size()), text.substr(at, pick(40))); break;
      default: text[at] = static_cast<char>(random_()); break;
    }
  }

  std::mt19937 random_;
};

TEST(ElevenlabsFindAudio, SeesWhateverAJsonLibraryWrites) {
  audio_writer writer(1);
  for (int i = 0; i < 5000; ++i) {
    const auto text = writer.message();
    ASSERT_TRUE(find_audio(text)) << text;
    expect_agreement(text);
  }
}

TEST(ElevenlabsFindAudio, NeverSaysYesWhereTheDecoderSaysOtherwise) {
  audio_writer writer(2);
  int seen = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto text = writer.mutated(writer.message());
    seen += find_audio(text) ? 1 : 0;
    expect_agreement(text);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(seen, 1000);  // else the mutations are so wild that nothing was compared
}

TEST(ElevenlabsFindAudio, NeedsTheTextToItsEnd) {
  const std::string text =
      R"({"type":"audio","audio_event":{"audio_base_64":"QUJD","event_id":12,"alignment":{"chars":["H"]}},"x":[1,true,null]})";
  ASSERT_TRUE(find_audio(text));
  for (std::size_t length = 0; length < text.size(); ++length)
    ASSERT_FALSE(find_audio(text.substr(0, length))) << length;
}

}  // namespace
}  // namespace tonris::model::elevenlabs
