// Every pair of the agent's audio formats, through the real binary: the caller hears the agent's tone, the agent hears
// the caller's, whatever each side speaks.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "model/audio/converter.hpp"
#include "tests/e2e/world.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t second = 8000;

/// Mu-law of a sine, by the product's own converter from PCM.
std::vector<std::uint8_t> sine(double hertz, std::size_t samples) {
  std::vector<std::uint8_t> pcm, ulaw;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto value =
        static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 8000));
    pcm.push_back(static_cast<std::uint8_t>(value & 0xFF));
    pcm.push_back(static_cast<std::uint8_t>((value >> 8) & 0xFF));
  }
  model::audio_converter convert(model::audio_format::pcm_8000, model::audio_format::ulaw_8000);
  convert.convert(pcm, ulaw);
  convert.flush(ulaw);
  return ulaw;
}

/// How much of the energy lies at that frequency (Goertzel), 0 to 1.
double share_at(double hertz, const std::vector<std::uint8_t>& audio, model::audio_format format) {
  std::vector<std::uint8_t> pcm;
  model::audio_converter convert(format, model::audio_format::pcm_8000);
  convert.convert(audio, pcm);
  convert.flush(pcm);
  const std::size_t n = pcm.size() / 2;
  if (n < 800) return 0;
  double energy = 0, real = 0, imaginary = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<std::int16_t>(pcm[2 * i] | pcm[2 * i + 1] << 8);
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / 8000;
    energy += x * x;
    real += x * std::cos(phase);
    imaginary += x * std::sin(phase);
  }
  return energy == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (static_cast<double>(n) * energy);
}

class Tone final : public sim::frame_source {
 public:
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override {
    const auto at = number * sim::frame_bytes;
    if (at + sim::frame_bytes > tone_.size()) {
      std::fill(frame.begin(), frame.end(), sim::silence);
      return false;
    }
    std::copy_n(tone_.begin() + static_cast<std::ptrdiff_t>(at), sim::frame_bytes, frame.begin());
    return true;
  }

 private:
  std::vector<std::uint8_t> tone_ = sine(500, second);
};

constexpr std::array formats{"ulaw_8000", "pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100", "pcm_48000"};

TEST(Formats, CarryATonePureInEveryPairEachWay) {
  world w([](const std::string& agent_id, std::uint64_t) {
    auto agent = quiet_agent();
    const auto which = std::stoul(agent_id.substr(6));
    agent.output_format = formats[which / formats.size()];
    agent.input_format = formats[which % formats.size()];
    agent.greeting = sim::utterance{"Tone", "tone"};
    agent.barge_in_after = 1h;
    agent.chunk_bytes = {1, 801, 0, 3333, 12001};  // odd sizes: remainders and half samples are carried
    return std::optional{agent};
  });
  w.sounds = [](const std::string&, const sim::conversation_facts&) { return sine(1000, second); };
  std::string tenants = "[";
  for (std::size_t i = 0; i < formats.size() * formats.size(); ++i) {
    const auto number = std::to_string(i);
    tenants += (i ? "," : "") + (R"({"id":"t)" + number + R"(","name":"T","twilioPhoneNumber":"+155501)") +
               std::string(5 - number.size(), '0') + number + R"(","settings":{"elevenLabsAgentId":"agent_)" + number +
               R"("}})";
  }
  w.start_gateway(tenants + "]");
  std::vector<std::unique_ptr<Tone>> says;
  std::vector<std::unique_ptr<listener>> hears;
  std::vector<std::future<sim::caller_report>> calls;
  const auto place = [&](std::size_t i) {
    const auto number = std::to_string(i);
    auto options = w.caller();
    options.to = "+155501" + std::string(5 - number.size(), '0') + number;
    options.hang_up_after = 2500ms;
    says.push_back(std::make_unique<Tone>());
    hears.push_back(std::make_unique<listener>());
    calls.push_back(w.place(options, *says.back(), *hears.back()));
  };
  constexpr std::size_t at_once = formats.size() * (sanitized ? 1 : formats.size());
  for (std::size_t i = 0; i < formats.size() * formats.size(); ++i) {
    if (i == calls.size())
      for (std::size_t more = 0; more < at_once; ++more) place(i + more);
    const auto output = formats[i / formats.size()], input = formats[i % formats.size()];
    const auto report = calls[i].get();
    EXPECT_TRUE(report.violations.empty()) << output << " " << input << ": " << violations_of(report.violations.all());
    EXPECT_NEAR(static_cast<double>(hears[i]->came.size()), second, 200) << output;
    EXPECT_GT(share_at(1000, hears[i]->came, model::audio_format::ulaw_8000), 0.97) << output;
    auto heard = w.heard_by_agent(report.call_sid);
    const auto format = *model::parse_audio_format(input);
    heard.resize(std::min(heard.size(), model::bytes_of_ms(format, 980)));
    EXPECT_GT(share_at(500, heard, format), 0.95) << input;
  }
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
}

TEST(Formats, MissingInTheMetadataAreTakenAsTheOfficialClientDoes) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.input_format.clear();
    return std::optional{agent};
  });
  w.start_gateway();
  identified_frames says(1, 50);
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 1500ms;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_GT(w.heard_by_agent(report.call_sid).size(), 20'000u) << "16 kHz PCM: 32,000 bytes a second";
}

}  // namespace
}  // namespace tonris::e2e
