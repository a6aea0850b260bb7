#include "tools/sim/twilio/rest_answers.hpp"

#include <utility>

namespace tonris::sim {

net::http_response rest_refusal(unsigned status, int code, std::string_view message) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("code", code);
  out.member("message", message);
  out.member("more_info", "https://www.twilio.com/docs/errors/" + std::to_string(code));
  out.member("status", status);
  out.close_object();
  return net::make_response(status, "application/json", std::move(json));
}

net::http_response rest_not_found(const net::http_request& request) {
  return rest_refusal(404, 20404, "The requested resource " + std::string{request.path()} + " was not found");
}

void put_text_or_null(model::json_writer& out, std::string_view name, const std::string& text) {
  if (text.empty())
    out.member(name, nullptr);
  else
    out.member(name, text);
}

}  // namespace tonris::sim
