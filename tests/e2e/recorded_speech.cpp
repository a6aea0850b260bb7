#include "tests/e2e/recorded_speech.hpp"

#include "tests/places.hpp"
#include "tools/sim/wire/frames.hpp"
#include "tools/sim/wire/wav.hpp"

namespace tonris::e2e {

std::vector<std::uint8_t> recorded_speech(std::chrono::seconds length) {
  std::vector<std::uint8_t> out;
  while (out.size() < static_cast<std::size_t>(8000 * length.count())) {
    for (const auto* const name : {"caller_ask.wav", "caller_name.wav", "caller_interrupts.wav", "caller_ask.wav"}) {
      const auto sentence = sim::read_wav(test::test_data() + "/speech/" + name).value();
      out.insert(out.end(), sentence.begin(), sentence.end());
      out.insert(out.end(), 700 * 8, sim::silence);
    }
    out.insert(out.end(), 24 * 8000, sim::silence);
  }
  return out;
}

}  // namespace tonris::e2e
