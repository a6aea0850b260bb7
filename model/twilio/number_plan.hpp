#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/text/codec_error.hpp"
#include "model/twilio/number.hpp"

/// What pointing a number at this gateway changes at Twilio, and the way back: pure rules.
namespace tonris::model::twilio {

/// The gateway's own addresses for a number, at that origin ("https://gw.example.com"), with the connection overrides:
/// what docs/operations.md says is to be entered in Twilio's console.
[[nodiscard]] call_handlers gateway_handlers(std::string_view origin);

/// Where a number's calls go.
enum class number_state : std::uint8_t {
  attached,   ///< here, all of what is told of them too
  partly,     ///< something is the gateway's, and something is not
  elsewhere,  ///< nothing is
};
[[nodiscard]] number_state state_of(const call_handlers& now, std::string_view origin);
[[nodiscard]] std::string_view to_string(number_state s) noexcept;

/// What was there before. Only what was somebody else's: an address of the gateway's is no way back.
struct kept_handlers {
  std::optional<call_handler> voice, fallback, status;
  std::string application, trunk;
  [[nodiscard]] bool empty() const noexcept { return *this == kept_handlers{}; }
  bool operator==(const kept_handlers&) const = default;
};
[[nodiscard]] std::string to_json(const kept_handlers& kept);
[[nodiscard]] decoded<kept_handlers> parse_kept_handlers(std::string_view json);

struct attach_plan {
  form fields;         ///< to be posted to the number; none: it is attached
  kept_handlers keep;  ///< to be kept before anything is posted
};
/// `before`: what was kept when the number was attached last. What has come since then from elsewhere is kept in its
/// place; what is still the gateway's stays as it was kept.
[[nodiscard]] attach_plan plan_attach(const call_handlers& now, std::string_view origin, const kept_handlers& before);

/// The way back, as far as the number still is the gateway's: what somebody has changed since stays.
[[nodiscard]] form plan_detach(const call_handlers& now, std::string_view origin, const kept_handlers& kept);

/// An address as it may be shown and logged: without user, password and query, which may be secrets; "" stays "".
[[nodiscard]] std::string shown_address(std::string_view url);

}  // namespace tonris::model::twilio
