#include "tools/ctl/refusal.hpp"

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"

namespace tonris::ctl {

namespace {

std::string_view text_in(const rapidjson::Value& error, std::string_view name) {
  const auto* const found = model::find_field(error, name);
  return found != nullptr && found->IsString() ? model::text_of(*found) : std::string_view{};
}

}  // namespace

said_error error_in(unsigned status, std::string_view body) {
  constexpr model::json_limits limits{1024 * 1024};
  rapidjson::Document read;
  if (!parse_object(body, limits, read)) return {};
  const auto* const error = model::find_field(read, "error");
  if (error == nullptr || !error->IsObject()) return {};
  return {std::string{text_in(*error, "message")}, status == 404 && text_in(*error, "code").ends_with("_not_found")};
}

}  // namespace tonris::ctl
