#include "config/time_zones.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tonris::config {

namespace {

std::filesystem::path database() {
  const char* const directory = std::getenv("TZDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/usr/share/zoneinfo";
}

bool is_compiled_zone(const std::filesystem::path& file) {
  constexpr std::string_view magic = "TZif";
  std::string begin(magic.size(), '\0');
  std::ifstream in(file, std::ios::binary);
  return in.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == magic;
}

}  // namespace

bool has_time_zones() {
  return is_compiled_zone(database() / "UTC");
}

bool is_time_zone(std::string_view name) {
  // Names of this machine's own, and copies with other rules of counting.
  for (const std::string_view other : {"localtime", "posixrules", "posix/", "right/"})
    if (name.starts_with(other)) return false;
  if (name.empty() || name.front() == '/' || name.find("..") != std::string_view::npos) return false;
  std::error_code error;
  const auto file = database() / name;
  return std::filesystem::is_regular_file(file, error) && is_compiled_zone(file);
}

}  // namespace tonris::config
