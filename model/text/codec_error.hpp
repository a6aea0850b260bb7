#pragma once

#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

namespace tonris::model {

/// Why a message of the other side was refused. One value a cause.
enum class codec_errc : std::uint8_t {
  too_long,       ///< beyond the wire's limit
  not_json,       ///< not one well-formed JSON object
  no_type,        ///< no "event" / "type"
  missing_field,  ///< a field without which the message says nothing
  bad_field,      ///< a field of the wrong type or with an impossible value
  bad_payload,    ///< audio that is not Base64
  not_form,       ///< a body that is not application/x-www-form-urlencoded
  too_many,       ///< more fields than anyone sends in good faith
};
[[nodiscard]] std::string_view to_string(codec_errc code) noexcept;

/// Was it no message at all, rather than a message with something in it that we cannot read?
[[nodiscard]] constexpr bool is_no_message(codec_errc code) noexcept {
  switch (code) {
    case codec_errc::too_long:
    case codec_errc::not_json:
    case codec_errc::no_type:
    case codec_errc::not_form:
    case codec_errc::too_many: return true;
    case codec_errc::missing_field:
    case codec_errc::bad_field:
    case codec_errc::bad_payload: return false;
  }
  return true;
}

template <class T>
using decoded = tl::expected<T, codec_errc>;

}  // namespace tonris::model
