#include "actors/web/errors.hpp"

#include <array>
#include <utility>

#include "model/json/text.hpp"

namespace tonris::actors {

namespace {

struct row {
  error_code code;
  std::string_view name;
  unsigned status;
};
constexpr std::array rows{
    row{error_code::bad_request, "bad_request", 400},
    row{error_code::unauthorized, "unauthorized", 401},
    row{error_code::administration_off, "administration_off", 403},
    row{error_code::not_found, "not_found", 404},
    row{error_code::call_not_found, "call_not_found", 404},
    row{error_code::method_not_allowed, "method_not_allowed", 405},
    row{error_code::upgrade_required, "upgrade_required", 426},
    row{error_code::internal_error, "internal_error", 500},
    row{error_code::unavailable, "unavailable", 503},
    row{error_code::not_ready, "not_ready", 503},
};

constexpr bool stand_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].code != static_cast<error_code>(i)) return false;
  return rows.back().code == error_code::not_ready;
}
static_assert(stand_in_order());

const row& row_of(error_code code) noexcept {
  return rows[static_cast<std::size_t>(code)];
}

}  // namespace

std::string_view name_of(error_code code) noexcept {
  return row_of(code).name;
}

unsigned status_of(error_code code) noexcept {
  return row_of(code).status;
}

net::http_response error_answer(error_code code, std::string_view message) {
  std::string body = R"({"error":{"code":")";
  body.append(name_of(code)).append(R"(","message":)");
  model::append_json_string(message, body);
  body += "}}";
  return net::make_response(status_of(code), "application/json", std::move(body));
}

net::http_response json_answer(std::string body) {
  return net::make_response(200, "application/json", std::move(body));
}

}  // namespace tonris::actors
