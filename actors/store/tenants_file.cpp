#include "actors/store/tenants_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/time_zones.hpp"
#include "model/tenant/hours.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::actors {

namespace {

tl::expected<std::string, std::string> text_of(const std::string& file, std::size_t most) {
  std::error_code error;
  if (std::filesystem::file_size(file, error) > most && !error)
    return tl::unexpected(file + " is beyond " + std::to_string(most / (1024 * 1024)) + " MiB");
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || std::filesystem::is_directory(file, error)) return tl::unexpected(file + " cannot be read");
  return text;
}

}  // namespace

tl::expected<model::tenant_list, std::string> read_tenants_file(const std::string& file) {
  if (file.empty()) return model::tenant_list{};
  const auto text = text_of(file, model::tenant_rules::max_file_bytes);
  if (!text) return tl::unexpected(text.error());
  const auto zones = config::has_time_zones() ? model::zone_check{config::is_time_zone} : model::zone_check{};
  auto list = model::parse_tenants(*text, zones);
  if (!list) return tl::unexpected(file + ", " + to_string(list.error()));
  for (const auto& t : list->good)
    if (t.business_hours) model::load_time_zone(t.business_hours->timezone);
  return *std::move(list);
}

tl::expected<model::business_types, std::string> read_business_types_file(const std::string& file) {
  if (file.empty()) return model::business_types{};
  const auto text = text_of(file, model::tenant_rules::max_tenant_bytes);
  if (!text) return tl::unexpected(text.error());
  auto types = model::parse_business_types(*text);
  if (!types)
    return tl::unexpected(file + ": " + types.error().path + (types.error().path.empty() ? "" : " ") +
                          types.error().message);
  return *std::move(types);
}

}  // namespace tonris::actors
