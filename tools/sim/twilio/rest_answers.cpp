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

std::string price_text(model::micros costs) {
  constexpr model::micros unit = 1'000'000;
  const auto size = costs < 0 ? -costs : costs;
  auto fraction = std::to_string(size % unit);
  fraction.insert(0, 6 - fraction.size(), '0');
  if (fraction.back() == '0') fraction.pop_back();
  std::string text{costs > 0 ? "-" : ""};
  return text.append(std::to_string(size / unit)).append(1, '.').append(fraction);
}

}  // namespace tonris::sim
