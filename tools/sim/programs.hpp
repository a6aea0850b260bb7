#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

#include "tools/sim/twilio/caller.hpp"

namespace tonris::sim {

/// `tonris-sim twilio`: one call.
struct twilio_program {
  caller_options call;
  std::string wav;  ///< what the caller says; "": silence
  std::chrono::milliseconds silence_before{500};
  std::string heard, said, report;  ///< files to write; "": none
};
/// 0 fine, 1 violations, 2 a file cannot be used, 3 the gateway was not reached.
[[nodiscard]] int run_twilio(const twilio_program& program, std::ostream& out);

/// `tonris-sim elevenlabs`: serves until SIGINT or SIGTERM, or until so many conversations have ended.
struct elevenlabs_program {
  std::string host = "127.0.0.1", key, script, speech, report;
  std::string gateway, webhook_secret;  ///< whom it asks for webhook tools and tells after calls; "": nobody
  std::uint16_t port = 8124;
  std::uint64_t conversations = 0;  ///< 0: no end
};
[[nodiscard]] int run_elevenlabs(const elevenlabs_program& program, std::ostream& out);

}  // namespace tonris::sim
