#include "model/tenant/filter.hpp"

#include <algorithm>

#include "model/json/lookup.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/ascii.hpp"

namespace tonris::model {

namespace {

bool holds(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

}  // namespace

bool fits(const tenant_filter& filter, std::string_view json) {
  if (!filter.status && filter.text.empty()) return true;
  rapidjson::Document document;
  if (!parse_object(json, {.bytes = tenant_rules::max_tenant_bytes}, document)) return false;
  field_reader fields{document};
  if (filter.status && fields.optional_text("status") != to_string(*filter.status)) return false;
  return filter.text.empty() || holds(fields.optional_text("id"), filter.text) ||
         holds(fields.optional_text("name"), filter.text);
}

}  // namespace tonris::model
