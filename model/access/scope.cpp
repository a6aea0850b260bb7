#include "model/access/scope.hpp"

#include <algorithm>

#include "model/text/enum_name.hpp"

namespace tonris::model {

std::string_view to_string(scope one) noexcept {
  switch (one) {
    case scope::read: return "read";
    case scope::control: return "control";
    case scope::settings: return "settings";
    case scope::recordings: return "recordings";
  }
  return "read";
}

std::string to_string(scopes some) {
  std::string words;
  for (std::size_t i = 0; i < scope_count; ++i) {
    const auto one = static_cast<scope>(i);
    if (some.has(one)) words.append(words.empty() ? "" : " ").append(to_string(one));
  }
  return words;
}

std::optional<scopes> parse_scopes(std::string_view words) {
  scopes some;
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(' '));
    const auto one = find_named<scope>(word, scope_count);
    if (!one) return std::nullopt;
    some.add(*one);
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return some;
}

}  // namespace tonris::model
