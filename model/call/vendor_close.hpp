#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/call/end_reason.hpp"
#include "model/elevenlabs/conversation.hpp"

namespace tonris::model {

/// What a close of the conversation means for the call (docs/protocols/elevenlabs.md#errors-and-closes): code, reason
/// text, and the error frame that may have come before it, nested or flat.
struct close_meaning {
  bool finished = false;  ///< the agent said goodbye: play out, then hang up
  end_reason reason = end_reason::agent_lost;
  std::string detail;  ///< for the record: the vendor's own words, at most 200 bytes
};
[[nodiscard]] close_meaning meaning_of_close(unsigned code, std::string_view reason,
                                             const std::optional<elevenlabs::failure>& error_frame);

/// The error frame that came last. It tells what a close means for as long as it is fresh: two seconds, and only while
/// nothing else of the conversation follows. An agent that talks on got over it.
class last_error {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds counts_for{2};

  /// Each message of the conversation, the error frames among them.
  void came(const elevenlabs::message& message, time_point now);
  void audio_came() noexcept {
    if (frame_) frame_.reset();
  }
  [[nodiscard]] std::optional<elevenlabs::failure> fresh(time_point now) const;

 private:
  std::optional<elevenlabs::failure> frame_;
  time_point at_;
};

/// What to look for when a socket opened, and its conversation never began: the vendor says nothing then. `language`:
/// the override that was sent.
[[nodiscard]] std::string why_no_metadata(const std::optional<std::string>& language);

/// What a refused upgrade means: by its HTTP status, 0 when there was no answer.
[[nodiscard]] std::pair<end_reason, std::string_view> reason_of_refused_socket(unsigned http_status, bool timed_out);

/// What a refused signed-URL request means.
[[nodiscard]] end_reason reason_of_refused_request(unsigned http_status, std::string_view body);

}  // namespace tonris::model
