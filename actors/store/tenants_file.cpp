#include "actors/store/tenants_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/time_zones.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::actors {

tl::expected<model::tenant_list, std::string> read_tenants_file(const std::string& file) {
  if (file.empty()) return model::tenant_list{};
  std::error_code error;
  if (std::filesystem::file_size(file, error) > model::tenant_rules::max_file_bytes && !error)
    return tl::unexpected(file + " is beyond 16 MiB");
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || std::filesystem::is_directory(file, error)) return tl::unexpected(file + " cannot be read");
  const auto zones = config::has_time_zones() ? model::zone_check{config::is_time_zone} : model::zone_check{};
  auto list = model::parse_tenants(text, zones);
  if (!list) return tl::unexpected(file + ", " + to_string(list.error()));
  return *std::move(list);
}

}  // namespace tonris::actors
