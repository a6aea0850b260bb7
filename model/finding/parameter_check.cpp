#include "model/finding/parameter_check.hpp"

#include <algorithm>
#include <utility>

#include <rapidjson/document.h>

#include "model/text/trimmed.hpp"

namespace tonris::model {

parameter_check::parameter_check(std::vector<std::string_view> known, json_mistakes& mistakes)
    : known_(std::move(known)), there_(known_.size()), mistakes_(mistakes) {}

bool parameter_check::admits(std::string_view name, std::string_view value) {
  if (!admits_empty(name, value)) return false;
  return !trimmed(value).empty() || refuse(name, "must not be empty");
}

bool parameter_check::admits_empty(std::string_view name, std::string_view value) {
  const auto found = std::ranges::find(known_, name);
  if (found == known_.end()) return refuse(name, "is not known: " + names() + " are");
  const auto place = static_cast<std::size_t>(found - known_.begin());
  if (there_[place]) return refuse(name, "is there twice");
  there_[place] = true;
  if (value.size() > max_value_bytes)
    return refuse(name, "must have at most " + std::to_string(max_value_bytes) + " bytes");
  return true;
}

bool parameter_check::is_there(std::string_view name) const noexcept {
  const auto found = std::ranges::find(known_, name);
  return found != known_.end() && there_[static_cast<std::size_t>(found - known_.begin())];
}

bool parameter_check::refuse(std::string_view name, std::string message) {
  note(mistakes_, path_below({}, name), std::move(message));
  return false;
}

std::string parameter_check::names() const {
  std::string all;
  for (const auto& one : known_) {
    if (!all.empty()) all += &one == &known_.back() ? " and " : ", ";
    all += one;
  }
  return all;
}

std::optional<std::string> parameter_by(const text_rule& rule, std::string_view name, const std::string& value,
                                        json_mistakes& mistakes) {
  const rapidjson::Value text{rapidjson::StringRef(value.data(), static_cast<rapidjson::SizeType>(value.size()))};
  return read_text(text, path_below({}, name), rule, mistakes);
}

}  // namespace tonris::model
