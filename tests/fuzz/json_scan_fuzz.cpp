#include "model/json/scan.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/json/document.hpp"
#include "model/json/text.hpp"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

}  // namespace

/// The laws: what the cursor takes as an object is an object to the full parser; any bytes written as a JSON string are
/// one string to both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  json_scan scan(text);
  if (scan.peek() == '{' && scan.skip_value() && scan.at_end()) require(json::parse_object(text, size).has_value());

  std::string object = R"({"a":)";
  append_json_string(text, object);
  object += '}';
  const auto doc = json::parse_object(object, object.size());
  require(doc.has_value() && json::need_string(*doc, "a").has_value());
  json_scan again(object);
  require(again.skip_value() && again.at_end());
  return 0;
}
