#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tools/sim/twilio/twiml_document.hpp"

namespace tonris::sim::twiml {

using fields = std::vector<std::pair<std::string, std::string>>;

/// What the call does next, for whoever has clocks and sockets.
struct speak {
  std::string text, language;
  std::chrono::milliseconds lasting;
};
struct wait {
  std::chrono::milliseconds lasting;
};
struct open_stream {
  stream to;
};
struct ask {  ///< request the next document, then `load` it
  std::string url, method;
  fields extra;  ///< beside the standard voice fields
};
struct ring {
  std::vector<std::string> numbers;
  std::string caller_id;
  std::chrono::seconds timeout, time_limit;
  std::string outcome;            ///< the DialCallStatus that `ask` will tell
  std::string leg_sid;            ///< of the call to them
  std::chrono::seconds talks;     ///< once it is answered; 0: it is not
  std::optional<action> whisper;  ///< asked for when somebody answers
  std::chrono::milliseconds lasting;
};
struct keep_message {
  std::string recording_sid, recording_url;
  std::chrono::seconds recorded;
  std::string status_callback, status_method;  ///< where the recording's own callback goes; "": nowhere
  std::chrono::milliseconds lasting;
};
struct finish {
  std::string call_status;  ///< completed, busy, no-answer
  std::string why;
};
using step = std::variant<speak, wait, open_stream, ask, ring, keep_message, finish>;

struct runner_options {
  bool fast = false;  ///< spoken sentences, pauses, ringing and messages take 20 ms
  std::string dial_outcome = "no-answer";
  std::vector<std::string> dial_outcomes{};  ///< of the first dials, one each; then `dial_outcome`
  /// What the caller does at the beep: nothing is recorded of silence, and the next verb follows without the action.
  enum class message { left, left_by_hanging_up, silence } leaves = message::left;
  std::string account_sid = "AC" + std::string(32, '0');
  std::string recording_sid = "RE" + std::string(31, '0') + "1";
  std::string dial_sid = "CA" + std::string(31, '0') + "1";  ///< of the legs that are dialled, but for the last digit
  std::size_t max_documents = 50;                            ///< of one call: a loop of redirects ends there
};

/// Walks through the documents of one call (docs/protocols/twilio.md#twiml). Pure: `next` after each
/// finished step.
class runner {
 public:
  explicit runner(runner_options options) : options_(std::move(options)) {}

  void load(document next_document);
  [[nodiscard]] step next();
  /// Where the verb that is under way leads when it is over, if it names an action (for a caller who hangs up).
  [[nodiscard]] const std::optional<ask>& pending() const noexcept { return pending_; }
  [[nodiscard]] std::size_t documents() const noexcept { return documents_; }
  [[nodiscard]] std::size_t redirects() const noexcept { return redirects_; }

 private:
  [[nodiscard]] std::chrono::milliseconds takes(std::chrono::milliseconds real) const;
  [[nodiscard]] step begin(const connect& v);
  [[nodiscard]] step begin(const say& v);
  [[nodiscard]] step begin(const play& v);
  [[nodiscard]] step begin(const pause& v);
  [[nodiscard]] step begin(const hang_up& v);
  [[nodiscard]] step begin(const reject& v);
  [[nodiscard]] step begin(const redirect& v);
  [[nodiscard]] step begin(const dial& v);
  [[nodiscard]] step begin(const record& v);

  runner_options options_;
  document document_;
  std::size_t at_ = 0;
  std::size_t documents_ = 0, redirects_ = 0, dials_ = 0;
  std::optional<ask> pending_;
};

}  // namespace tonris::sim::twiml
