#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json/fields.hpp"

namespace tonris::model {

/// The parameters of a question in an address, as they are read: each is a known one, is there once, and has a value
/// that is not endless. What is wrong is noted with the parameter as its path.
class parameter_check {
 public:
  static constexpr std::size_t max_value_bytes = 400;

  parameter_check(std::vector<std::string_view> known, json_mistakes& mistakes);

  /// Is its value to be read? Else it is noted why not.
  [[nodiscard]] bool admits(std::string_view name, std::string_view value);
  /// The same of one that may be empty.
  [[nodiscard]] bool admits_empty(std::string_view name, std::string_view value);
  [[nodiscard]] bool is_there(std::string_view name) const noexcept;  ///< among those that were asked about

 private:
  [[nodiscard]] bool refuse(std::string_view name, std::string message);
  [[nodiscard]] std::string names() const;

  std::vector<std::string_view> known_;
  std::vector<bool> there_;
  json_mistakes& mistakes_;
};

/// A parameter's value by a rule; nothing: it is noted what is wrong.
[[nodiscard]] std::optional<std::string> parameter_by(const text_rule& rule, std::string_view name,
                                                      const std::string& value, json_mistakes& mistakes);

}  // namespace tonris::model
