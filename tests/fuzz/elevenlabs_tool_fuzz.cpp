#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

#include "model/elevenlabs/initiation_request.hpp"
#include "model/elevenlabs/tool_answer.hpp"
#include "model/elevenlabs/tool_request.hpp"
#include "model/json/lookup.hpp"

namespace {

using namespace tonris::model;
using namespace tonris::model::elevenlabs;

void require(bool law) {
  if (!law) std::abort();
}

bool is_token(std::string_view text) {
  return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_json(std::string_view text, std::size_t bytes) {
  rapidjson::Document document;
  return parse_object(text, {.bytes = bytes}, document) || parse_list(text, {.bytes = bytes}, document);
}

// What goes on to a tenant's server is an object, and who is asking is printable.
void requests_are_well_formed(std::string_view query, std::string_view content_type, std::string_view body) {
  const auto request = parse_tool_request(query, content_type, body);
  if (!request) return;
  require(request->parameters.starts_with('{') && is_json(request->parameters, 1'000'000));
  require(is_token(request->tenant.value) && is_token(request->conversation.value) && is_token(request->tool_name));
  require(request->call.empty() || is_sid(request->call.value, "CA"));
}

void answers_are_well_formed(unsigned status, std::string_view content_type, std::string_view body) {
  const auto answer = shape_tool_answer({status, content_type, body}, body);
  require(is_json(answer.json, max_tool_answer_bytes));
}

}  // namespace

// The first two lines are a query and a content type, the rest is a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto line = [&body] {
    const auto text = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(text.size() + 1, body.size()));
    return text;
  };
  const auto query = line(), content_type = line();
  requests_are_well_formed(query, content_type, body);
  requests_are_well_formed(body, content_type, query);
  answers_are_well_formed(size % 3 == 0 ? 500 : 200, content_type, body);
  answers_are_well_formed(200, "", body);
  if (const auto request = parse_initiation_request(body)) {
    require(is_token(request->caller) && is_token(request->called) && is_token(request->agent.value));
    require(request->call.empty() || is_sid(request->call.value, "CA"));
  }
  return 0;
}
