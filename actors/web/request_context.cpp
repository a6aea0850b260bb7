#include "actors/web/request_context.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "actors/web/errors.hpp"
#include "model/text/ascii.hpp"
#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

namespace {

constexpr std::string_view id_field = "X-Request-Id";

bool is_plain_word(std::string_view text) noexcept {
  constexpr std::size_t longest = 64;
  const auto plain = [](char c) { return model::is_alnum(c) || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), plain);
}

}  // namespace

net::http_response with_request_id(net::http_response response, std::string_view id) {
  if (!id.empty()) response.fields.add(id_field, id);
  return response;
}

void request_context::answer(net::http_response with) {
  responder.respond(with_request_id(std::move(with), request_id));
}

bool request_context::read_json(const model::json_fields::visit_fields& read) {
  model::json_mistakes mistakes;
  rapidjson::Document body;
  if (model::parse_document(request.body, to.max_body_bytes, body, mistakes)) {
    model::json_fields object{body, "", mistakes};
    read(object);
    object.refuse_unknown();
  }
  if (mistakes.empty()) return true;
  answer(mistakes_answer(error_code::bad_request, mistakes));
  return false;
}

void api_reply::send(net::http_response with) {
  responder_->respond(with_request_id(std::move(with), request_id_));
}

std::string_view shown_request_id(const net::http_request& request) {
  const auto given = request.fields.get(id_field);
  return is_plain_word(given) ? given : std::string_view{};
}

std::string request_id_of(const net::http_request& request) {
  if (const auto given = shown_request_id(request); !given.empty()) return std::string{given};
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  return model::to_hex(bytes);
}

}  // namespace tonris::actors
