#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// Percent-encoding (RFC 3986 2.1): all but letters, digits, '-', '.', '_' and '~' is encoded, with capital digits.
[[nodiscard]] std::string percent_encoded(std::string_view text);
/// The bytes meant, which may be any; nothing when two digits do not follow each '%'.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
/// The same of a form's name or value (application/x-www-form-urlencoded): '+' is a blank.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);
/// Do two digits follow each '%'?
[[nodiscard]] bool is_percent_encoded(std::string_view text) noexcept;

/// Those that are never encoded.
[[nodiscard]] bool is_unreserved(char c) noexcept;

}  // namespace tonris::model
