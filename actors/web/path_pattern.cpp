#include "actors/web/path_pattern.hpp"

#include <algorithm>

namespace tonris::actors {

std::string_view path_parameters::operator[](std::string_view name) const noexcept {
  const auto* const end = all_.begin() + size_;
  const auto* const found = std::find_if(all_.begin(), end, [&](const auto& one) { return one.first == name; });
  return found == end ? std::string_view{} : found->second;
}

bool path_parameters::add(std::string_view name, std::string_view value) noexcept {
  if (size_ == most) return false;
  all_[size_++] = {name, value};
  return true;
}

bool matches(std::string_view pattern, std::string_view path, path_parameters& found) noexcept {
  constexpr std::string_view rest = "...";
  found.clear();
  for (;;) {
    const auto text = pattern.substr(0, pattern.find('{'));
    if (!path.starts_with(text)) return false;
    pattern.remove_prefix(text.size());
    path.remove_prefix(text.size());
    if (pattern.empty()) return path.empty();
    auto name = pattern.substr(1, pattern.find('}') - 1);
    pattern.remove_prefix(name.size() + 2);
    if (name.ends_with(rest)) return found.add(name.substr(0, name.size() - rest.size()), path);
    const auto segment = path.substr(0, path.find('/'));
    if (segment.empty() || !found.add(name, segment)) return false;
    path.remove_prefix(segment.size());
  }
}

}  // namespace tonris::actors
