#include "actors/web/errors.hpp"

#include <array>
#include <utility>

#include "model/json/writer.hpp"

namespace tonris::actors {

namespace {

struct row {
  error_code code;
  std::string_view name;
  unsigned status;
};
constexpr std::array rows{
    row{error_code::bad_request, "bad_request", 400},
    row{error_code::invalid_tenant, "invalid_tenant", 400},
    row{error_code::unauthorized, "unauthorized", 401},
    row{error_code::administration_off, "administration_off", 403},
    row{error_code::forbidden, "forbidden", 403},
    row{error_code::not_found, "not_found", 404},
    row{error_code::call_not_found, "call_not_found", 404},
    row{error_code::tenant_not_found, "tenant_not_found", 404},
    row{error_code::key_not_found, "key_not_found", 404},
    row{error_code::method_not_allowed, "method_not_allowed", 405},
    row{error_code::conflict, "conflict", 409},
    row{error_code::outbound_off, "outbound_off", 403},
    row{error_code::destination_refused, "destination_refused", 403},
    row{error_code::too_many_calls, "too_many_calls", 429},
    row{error_code::call_refused, "call_refused", 502},
    row{error_code::call_unknown, "call_unknown", 504},
    row{error_code::tenant_exists, "tenant_exists", 409},
    row{error_code::number_taken, "number_taken", 409},
    row{error_code::precondition_failed, "precondition_failed", 412},
    row{error_code::too_many_keys, "too_many_keys", 409},
    row{error_code::no_secrets_key, "no_secrets_key", 409},
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

void begin_error(model::json_writer& to, error_code code, std::string_view message) {
  to.open_object();
  to.open_object("error");
  to.member("code", name_of(code));
  to.member("message", message);
}

void end_error(model::json_writer& to) {
  to.close_object();
  to.close_object();
}

}  // namespace

std::string_view name_of(error_code code) noexcept {
  return row_of(code).name;
}

unsigned status_of(error_code code) noexcept {
  return row_of(code).status;
}

net::http_response error_answer(error_code code, std::string_view message) {
  std::string body;
  model::json_writer to{body};
  begin_error(to, code, message);
  end_error(to);
  return net::make_response(status_of(code), "application/json", std::move(body));
}

net::http_response mistakes_answer(error_code code, const model::json_mistakes& mistakes) {
  std::string message, body;
  for (const auto& mistake : mistakes) {
    if (!message.empty()) message += "; ";
    message.append(mistake.path.empty() ? "the body" : mistake.path).append(" ").append(mistake.message);
  }
  model::json_writer to{body};
  begin_error(to, code, message);
  to.open_list("details");
  for (const auto& mistake : mistakes) {
    to.open_object();
    to.member("path", mistake.path);
    to.member("message", mistake.message);
    to.close_object();
  }
  to.close_list();
  end_error(to);
  return net::make_response(status_of(code), "application/json", std::move(body));
}

net::http_response tenant_store_away(std::string_view then) {
  std::string message = "the tenant store cannot be used now; try again";
  if (!then.empty()) message.append(", ").append(then);
  return error_answer(error_code::unavailable, message);
}

net::http_response no_such_tenant() {
  return error_answer(error_code::tenant_not_found, "no such tenant is known");
}

net::http_response json_answer(std::string body, unsigned status) {
  return net::make_response(status, "application/json", std::move(body));
}

}  // namespace tonris::actors
