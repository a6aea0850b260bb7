#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/elevenlabs_conversation.hpp"
#include "model/end_reason.hpp"

namespace tonris::model {

/// What a close of the conversation means for the call (elevenlabs.md 5.3): code, reason text, and the error frame that
/// may have come before it, nested or flat.
struct close_meaning {
  bool finished = false;  ///< the agent said goodbye: play out, then hang up
  end_reason reason = end_reason::agent_lost;
  std::string detail;  ///< for the record: the vendor's own words, at most 200 bytes
};
[[nodiscard]] close_meaning meaning_of_close(unsigned code, std::string_view reason,
                                             const std::optional<elevenlabs::failure>& error_frame);

/// What a refused upgrade means: by its HTTP status, 0 when there was no answer.
[[nodiscard]] std::pair<end_reason, std::string_view> reason_of_refused_socket(unsigned http_status, bool timed_out);

/// What a refused signed-URL request means.
[[nodiscard]] end_reason reason_of_refused_request(unsigned http_status, std::string_view body);

}  // namespace tonris::model
