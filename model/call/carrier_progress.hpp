#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/twilio/webhook.hpp"

namespace tonris::model {

/// How far a call is and, once it is over, how long it was, as Twilio says: in the callbacks of its status, which come
/// in any order, twice and minutes late, and in its REST API, which is behind these.
struct carrier_progress {
  enum class source_type : std::uint8_t { rest, callback } source = source_type::callback;
  twilio::call_status status = twilio::call_status::unknown;
  std::optional<std::uint32_t> sequence;     ///< of the callback, from 0; nothing: it had none
  std::optional<std::uint32_t> seconds;      ///< from the answer to the end, of one that is over; 0: nobody answered
  std::chrono::system_clock::time_point at;  ///< when it was said
  bool operator==(const carrier_progress&) const = default;
};
[[nodiscard]] std::string_view to_string(carrier_progress::source_type source) noexcept;

/// Goes forward only, and comes to the same whatever the order: how a call has ended counts more than that it goes on,
/// a callback more than the REST API, of two callbacks the one with the higher number, or, where one has none, the
/// further status; of two that say the same, the first. How long the call was is taken from what counts most, and once
/// from another where that does not say. False: nothing changed.
bool take(std::optional<carrier_progress>& known, const carrier_progress& told);

}  // namespace tonris::model
