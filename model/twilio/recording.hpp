#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::twilio {

/// A recording as Twilio's REST API has it.
struct call_recording {
  std::string sid;     ///< RE…
  std::string status;  ///< "in-progress", "paused", "stopped", "processing", "completed", "absent"
  bool operator==(const call_recording&) const = default;
  /// Does it go on, or may it go on?
  [[nodiscard]] bool is_open() const noexcept { return status == "in-progress" || status == "paused"; }
};
/// A call's list, and one of them, at most 1 MiB.
[[nodiscard]] decoded<std::vector<call_recording>> decode_recordings(std::string_view body);
[[nodiscard]] decoded<call_recording> decode_recording(std::string_view body);
/// The one that goes on; nothing: none does.
[[nodiscard]] std::optional<call_recording> open_one(const std::vector<call_recording>& of_a_call);

/// Paths: the recordings of a call, one of them while the call goes on, and one of the account's.
[[nodiscard]] std::string recordings_target(const account_sid& account, const call_sid& call);
[[nodiscard]] std::string recording_target(const account_sid& account, const call_sid& call, std::string_view sid);
[[nodiscard]] std::string kept_recording_target(const account_sid& account, std::string_view sid);

/// Bodies: to begin one whose progress is told to that address, and to give it another status.
[[nodiscard]] std::string start_recording_form(std::string_view callback, bool dual);
[[nodiscard]] std::string recording_status_form(std::string_view status);

}  // namespace tonris::model::twilio
