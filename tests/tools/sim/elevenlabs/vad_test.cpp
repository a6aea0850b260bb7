#include "tools/sim/elevenlabs/vad.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/audio/converter.hpp"
#include "tests/places.hpp"
#include "tools/sim/wire/wav.hpp"

namespace {

using namespace tonris;
using namespace tonris::sim;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint8_t quiet = 0xFF;

std::vector<std::uint8_t> spoken(const std::string& name) {
  return read_wav(tonris::test::test_data() + "/speech/" + name).value();
}

/// Half a second of silence, the recording, and a second of silence.
std::vector<std::uint8_t> framed(const std::vector<std::uint8_t>& speech) {
  std::vector<std::uint8_t> out(4000, quiet);
  out.insert(out.end(), speech.begin(), speech.end());
  out.insert(out.end(), 8000, quiet);
  return out;
}

std::vector<std::uint8_t> converted(const std::vector<std::uint8_t>& ulaw, model::audio_format to) {
  std::vector<std::uint8_t> out;
  model::audio_converter convert{model::audio_format::ulaw_8000, to};
  convert.convert(ulaw, out);
  convert.flush(out);
  return out;
}

TEST(SimVad, HearsNothingInSilence) {
  vad ear{model::audio_format::ulaw_8000};
  EXPECT_THAT(ear.feed(std::vector<std::uint8_t>(80'000, quiet)), IsEmpty());
  EXPECT_FALSE(ear.talking());
}

TEST(SimVad, TakesAClickForNothing) {
  vad ear{model::audio_format::ulaw_8000};
  auto click = std::vector<std::uint8_t>(8000, quiet);
  std::fill_n(click.begin() + 4000, 240, std::uint8_t{0x00});
  EXPECT_THAT(ear.feed(click), IsEmpty());
}

TEST(SimVad, TellsHowLongSomebodyHasTalked) {
  vad ear{model::audio_format::ulaw_8000};
  EXPECT_THAT(ear.feed(std::vector<std::uint8_t>(4000, 0x10)), ElementsAre(vad::event::began));
  EXPECT_EQ(ear.talking_for(), 500ms);
  EXPECT_THAT(ear.feed(std::vector<std::uint8_t>(4640, quiet)), IsEmpty());
  EXPECT_THAT(ear.feed(std::vector<std::uint8_t>(160, quiet)), ElementsAre(vad::event::ended));
  EXPECT_EQ(ear.talking_for(), 0ms);
}

class SimVadHears : public testing::TestWithParam<std::string> {};

TEST_P(SimVadHears, ARecordedSentenceAsOneInEveryFormat) {
  const auto sentence = framed(spoken(GetParam()));
  for (const auto* name : {"ulaw_8000", "pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100", "pcm_48000"}) {
    const auto format = model::parse_audio_format(name).value();
    vad ear{format};
    const auto bytes = converted(sentence, format);
    std::vector<vad::event> events;
    // Odd pieces: half samples and half blocks are carried over.
    for (std::size_t at = 0; at < bytes.size(); at += 333) {
      const auto more = ear.feed(std::span{bytes}.subspan(at, std::min<std::size_t>(333, bytes.size() - at)));
      events.insert(events.end(), more.begin(), more.end());
    }
    EXPECT_THAT(events, ElementsAre(vad::event::began, vad::event::ended)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Sentences, SimVadHears,
                         testing::Values("caller_ask.wav", "caller_interrupts.wav", "caller_name.wav"),
                         [](const auto& row) { return row.param.substr(0, row.param.find('.')); });

}  // namespace
