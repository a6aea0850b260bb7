#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// One media stream as Twilio's end saw it. Times are ms since the voice webhook was sent, negative: never.
struct stream_report {
  std::string stream_sid;
  double opened_ms = -1, first_audio_ms = -1, ended_ms = -1;
  std::uint64_t frames_sent = 0, frames_withheld = 0;  ///< withheld: in a pause
  std::uint64_t media_received = 0, bytes_received = 0, bytes_played = 0, bytes_lost = 0;
  std::uint64_t marks_received = 0, marks_echoed = 0, clears = 0, bytes_cleared = 0;
  std::string ended_by;  ///< gateway, caller, drop, failed
  std::uint16_t close_code = 0;
};

/// A <Dial>. Times in ms since the voice webhook.
struct dial_report {
  std::vector<std::string> numbers;
  std::string caller_id;
  std::chrono::seconds timeout{}, time_limit{};
  std::string outcome;  ///< the DialCallStatus told
  double at_ms = -1;
  std::vector<std::string> whispered{};  ///< to whoever answered, before he heard the caller
};

/// What came of one call.
struct caller_report {
  std::string call_sid;
  bool reached = false;  ///< the gateway answered the voice webhook at all
  double webhook_ms = -1, first_audio_ms = -1, hung_up_ms = -1, ended_ms = -1;
  std::string final_status, ended_why;
  std::vector<std::string> verbs;   ///< of all documents, in order
  std::vector<std::string> spoken;  ///< the texts of <Say>
  std::vector<std::string> dialled;
  std::vector<dial_report> dials;
  std::vector<std::string> recording_sids;  ///< of kept messages
  std::size_t documents = 0, messages_kept = 0, redirects = 0;
  std::size_t retries = 0;             ///< of requests that did not reach the gateway
  std::uint64_t frames_into_void = 0;  ///< spoken between two streams
  std::chrono::steady_clock::time_point hung_up_at{};
  std::vector<stream_report> streams;
  violation_log violations;
};

[[nodiscard]] std::string to_json(const caller_report& report);

}  // namespace tonris::sim
