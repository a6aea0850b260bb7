#include "model/elevenlabs/tool_answer.hpp"

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr json_limits limits{.bytes = max_tool_answer_bytes, .values = 5'000, .depth = 32};

enum class form : std::uint8_t { unsaid, json, text, other };

form form_of(std::string_view content_type) {
  const auto type = to_lower(trimmed(content_type.substr(0, content_type.find(';'))));
  if (type.empty()) return form::unsaid;
  if (type == "application/json" || type == "text/json" || type.ends_with("+json")) return form::json;
  return type == "text/plain" || type == "text/markdown" ? form::text : form::other;
}

bool is_json(std::string_view text) {
  rapidjson::Document document;
  return parse_object(text, limits, document) || parse_list(text, limits, document);
}

// A text, number or word, which is JSON where it is the one item of a list.
bool is_json_value(std::string_view text) {
  rapidjson::Document document;
  std::string list;
  list.append("[").append(text).append("]");
  return parse_list(list, {.bytes = limits.bytes + 2, .values = limits.values, .depth = limits.depth}, document) &&
         document.GetArray().Size() == 1;
}

tool_answer answer(std::string json, std::string_view apology) {
  if (json.size() > max_tool_answer_bytes) return apologise(tool_outcome::too_large, apology);
  return {std::move(json), tool_outcome::answered};
}

tool_answer shape_json(std::string_view body, std::string_view apology) {
  if (is_json(body)) return answer(std::string{body}, apology);
  if (!is_json_value(body)) return apologise(tool_outcome::unreadable, apology);
  return answer(std::string{R"({"result":)"}.append(body).append("}"), apology);
}

tool_answer shape_text(std::string_view body, std::string_view apology) {
  if (!is_utf8(body)) return apologise(tool_outcome::unreadable, apology);
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("result", body);
  out.close_object();
  return answer(std::move(json), apology);
}

}  // namespace

std::string_view to_string(tool_outcome outcome) noexcept {
  switch (outcome) {
    case tool_outcome::answered: return "answered";
    case tool_outcome::too_large: return "too_large";
    case tool_outcome::unreadable: return "unreadable";
    case tool_outcome::wrong_type: return "wrong_type";
    case tool_outcome::server_error: return "server_error";
    case tool_outcome::timed_out: return "timed_out";
    case tool_outcome::unreachable: return "unreachable";
    case tool_outcome::refused: return "refused";
    case tool_outcome::unknown_tool: return "unknown_tool";
    case tool_outcome::bad_request: return "bad_request";
  }
  return "";
}

tool_answer shape_tool_answer(const tool_response& response, std::string_view apology) {
  if (response.status < 200 || response.status > 299) return apologise(tool_outcome::server_error, apology);
  if (response.body.size() > max_tool_answer_bytes) return apologise(tool_outcome::too_large, apology);
  const auto body = trimmed(response.body);
  if (body.empty()) return {R"({"result":"ok"})", tool_outcome::answered};
  switch (form_of(response.content_type)) {
    case form::json: return shape_json(body, apology);
    case form::text: return shape_text(body, apology);
    case form::unsaid: return is_json(body) ? answer(std::string{body}, apology) : shape_text(body, apology);
    case form::other: break;
  }
  return apologise(tool_outcome::wrong_type, apology);
}

tool_answer apologise(tool_outcome why, std::string_view apology) {
  const auto words = apology.empty() ? default_tool_apology : utf8_prefix(apology, max_tool_apology_bytes);
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("error", words);
  out.close_object();
  return {std::move(json), why};
}

}  // namespace tonris::model::elevenlabs
