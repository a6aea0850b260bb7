#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace tonris::actors {

/// What API clients and machines are told went wrong. The code is what they may rely on, the message is for a person.
enum class error_code : std::uint8_t {
  bad_request,
  unauthorized,
  administration_off,
  not_found,
  call_not_found,
  method_not_allowed,
  upgrade_required,
  internal_error,
  unavailable,
  not_ready,
};

[[nodiscard]] std::string_view name_of(error_code code) noexcept;  ///< "call_not_found"
[[nodiscard]] unsigned status_of(error_code code) noexcept;        ///< of HTTP

/// {"error":{"code":"…","message":"…"}}: the one shape of every error, whatever text the message is.
[[nodiscard]] net::http_response error_answer(error_code code, std::string_view message);

[[nodiscard]] net::http_response json_answer(std::string body);  ///< 200

}  // namespace tonris::actors
