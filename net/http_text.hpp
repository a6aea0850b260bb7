#pragma once

#include <string_view>

#include "model/text/ascii.hpp"
#include "net/http.hpp"

namespace tonris::net {

/// The small rules of HTTP's text, shared by server, client and WebSocket handshake. Pure; any thread.

using model::same_text;

[[nodiscard]] bool is_token(std::string_view text) noexcept;        ///< RFC 9110 5.6.2, not empty
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;  ///< no control but the tab

/// May this field be sent? One with a line break in it would be a second field, or a second message.
[[nodiscard]] bool is_field(std::string_view name, std::string_view value) noexcept;

/// Does any field of that name hold `token` in its comma-separated list?
[[nodiscard]] bool lists(const http_fields& fields, std::string_view name, std::string_view token) noexcept;

[[nodiscard]] bool has_no_body(unsigned status) noexcept;                ///< whatever a handler gives it
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;  ///< "" when the status has none

}  // namespace tonris::net
