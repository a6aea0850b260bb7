#include "model/json/scan.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/json/lookup.hpp"
#include "model/json/text.hpp"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

/// The scan has limits of its own.
tonris::model::json_limits limits_of(std::string_view text) {
  return {.bytes = text.size(), .values = text.size() + 1};
}

bool is_object(std::string_view text) {
  rapidjson::Document document;
  return tonris::model::parse_object(text, limits_of(text), document).has_value();
}

}  // namespace

/// The laws: what the cursor takes as an object is an object to the full parser; any bytes written as a JSON string are
/// one string to both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  json_scan scan(text);
  if (scan.peek() == '{' && scan.skip_value() && scan.at_end()) require(is_object(text));

  std::string object = R"({"a":)";
  append_json_string(text, object);
  object += '}';
  rapidjson::Document document;
  require(parse_object(object, limits_of(object), document).has_value());
  field_reader fields(document);
  (void)fields.text("a");
  require(!fields.mistake());
  json_scan again(object);
  require(again.skip_value() && again.at_end());
  return 0;
}
