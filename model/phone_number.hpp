#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// E.164 ("+15551234567") of what a person or a carrier wrote; `region` ("US") is for numbers without "+".
/// Nothing when it is no possible number (anonymous, client:name, SIP). By libphonenumber.
[[nodiscard]] std::optional<std::string> to_e164(std::string_view text, std::string_view region = {});

/// Already E.164: "+" and 7 to 15 digits, the first not 0. Cheap; what Twilio sends passes.
[[nodiscard]] bool is_e164(std::string_view text) noexcept;

/// As logs show a number: its first five characters and "...". Shorter texts and words (anonymous) keep at most five
/// too.
[[nodiscard]] std::string redacted(std::string_view number);

}  // namespace tonris::model
