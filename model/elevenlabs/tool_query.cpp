#include "model/elevenlabs/tool_query.hpp"

#include <utility>

#include "model/elevenlabs/tool_request.hpp"
#include "model/json/lookup.hpp"
#include "model/text/percent.hpp"

namespace tonris::model::elevenlabs {

void append_query(std::string_view parameters, std::string& url) {
  rapidjson::Document document;
  if (!parse_object(parameters, {.bytes = 2 * max_tool_body_bytes, .values = 1000}, document)) return;
  char before = url.find('?') == std::string::npos ? '?' : '&';
  for (const auto& member : std::as_const(document).GetObject()) {
    url.append(1, before).append(percent_encoded(text_of(member.name))).append("=");
    url.append(percent_encoded(member.value.IsString() ? std::string{text_of(member.value)} : json_text(member.value)));
    before = '&';
  }
}

}  // namespace tonris::model::elevenlabs
