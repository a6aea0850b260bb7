#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/json/fields.hpp"
#include "net/http.hpp"

namespace tonris::actors {

/// What API clients and machines are told went wrong. The code is what they may rely on, the message is for a person.
enum class error_code : std::uint8_t {
  bad_request,
  invalid_tenant,
  unauthorized,
  administration_off,
  forbidden,
  not_found,
  call_not_found,
  tenant_not_found,
  key_not_found,
  method_not_allowed,
  conflict,
  outbound_off,
  destination_refused,
  too_many_calls,
  call_refused,
  call_unknown,
  tenant_exists,
  number_taken,
  precondition_failed,
  too_many_keys,
  no_secrets_key,
  upgrade_required,
  internal_error,
  unavailable,
  not_ready,
};

[[nodiscard]] std::string_view name_of(error_code code) noexcept;  ///< "call_not_found"
[[nodiscard]] unsigned status_of(error_code code) noexcept;        ///< of HTTP

/// {"error":{"code":"…","message":"…"}}: the one shape of every error, whatever text the message is.
[[nodiscard]] net::http_response error_answer(error_code code, std::string_view message);
/// The same with all that is wrong with a document: "details":[{"path":"settings.language","message":"must be …"}].
[[nodiscard]] net::http_response mistakes_answer(error_code code, const model::json_mistakes& mistakes);

/// `then`: more of what a client has to know.
[[nodiscard]] net::http_response tenant_store_away(std::string_view then = {});

/// Of another's tenant as of none: nobody is told which.
[[nodiscard]] net::http_response no_such_tenant();

[[nodiscard]] net::http_response json_answer(std::string body, unsigned status = 200);

}  // namespace tonris::actors
