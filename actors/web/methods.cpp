#include "actors/web/methods.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tonris::actors {

namespace {

constexpr std::array<std::pair<methods::one, std::string_view>, 6> names{{
    {methods::get, "GET"},
    {methods::head, "HEAD"},
    {methods::post, "POST"},
    {methods::put, "PUT"},
    {methods::patch, "PATCH"},
    {methods::remove, "DELETE"},
}};

}  // namespace

bool methods::has(std::string_view method) const noexcept {
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& known) { return has(known.first) && known.second == method; });
}

std::string methods::allow() const {
  std::string list;
  for (const auto& [method, name] : names)
    if (has(method)) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

std::string methods::in_words() const {
  std::string list;
  for (const auto& [method, name] : names) {  // the last comes first: what is sent before what is read
    if (!has(method) || method == head) continue;
    const std::string_view link = list.empty() ? "" : list.find(" or ") == std::string::npos ? " or " : ", ";
    list.insert(0, link).insert(0, name);
  }
  return list.find(' ') == std::string::npos ? "only " + list : list;
}

}  // namespace tonris::actors
