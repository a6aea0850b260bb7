#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {

inline std::string ulaw(std::size_t bytes, std::uint8_t value = 0x55) {
  return model::to_base64(std::vector<std::uint8_t>(bytes, value));
}

/// A call whose caller is heard to talk and to be silent, in time.
class TalkingCaller : public CallTest {
 protected:
  /// So many tenths of a second of the caller's line, one frame each, of the samples given in turn.
  void line(int tenths, std::vector<std::uint8_t> samples) {
    for (int n = 0; n < tenths; ++n) {
      twilio->say(twilio_media(ulaw(160, samples[static_cast<std::size_t>(n) % samples.size()]), ++chunk_));
      pass(100ms);
      tick();
    }
  }
  void talks(int tenths) { line(tenths, {0x10, 0x30}); }
  void is_silent(int tenths) { line(tenths, {0xFF}); }

 private:
  int chunk_ = 0;
};

}  // namespace tonris::actors::test
