#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/call_machine.hpp"
#include "model/end_reason.hpp"
#include "model/ids.hpp"

namespace tonris::model {

/// What is known of one call (design.md section 6). The call actor keeps it; it is final exactly once.
struct call_record {
  using time = std::chrono::system_clock::time_point;
  struct stream {
    stream_sid id;
    time started;
    std::optional<time> ended;
  };
  struct conversation {
    conversation_id id;
    time started;
    std::optional<time> ended;
    std::optional<unsigned> close_code;
  };
  struct line {
    bool agent = false;  ///< else the caller
    std::string text;
    time at;
    std::optional<std::string> heard;  ///< what was really said aloud, when an interruption cut it
    std::int64_t event_id = 0;         ///< the vendor's, to find the line a correction is about
  };
  struct media_counts {
    std::uint64_t frames_from_caller = 0, frames_to_caller = 0, dropped = 0, heard_ms = 0;
    double added_latency_p99_ms = 0;
  };

  call_sid call;
  tenant_id tenant;
  std::string direction = "inbound", from, to;
  agent_id agent;
  call_state state = call_state::ringing;
  time started;
  std::optional<time> answered, ended;  ///< answered: the caller's stream started
  std::optional<end_reason> reason;
  std::string end_detail;  ///< one clear sentence for the engineer, no secret
  std::uint32_t interruptions = 0, restarts = 0;
  std::vector<stream> streams;
  std::vector<conversation> conversations;
  std::vector<line> transcript;
  media_counts media;
};

/// ISO 8601 with milliseconds, UTC: "2026-11-22T10:00:00.000Z".
[[nodiscard]] std::string iso_time(call_record::time at);
[[nodiscard]] std::string to_json(const call_record& record);

}  // namespace tonris::model
