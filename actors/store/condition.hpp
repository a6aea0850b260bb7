#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/sqlite.hpp"

namespace tonris::actors {

/// A statement's WHERE grows a clause at a time; its values are bound in the same order.
class condition {
 public:
  void and_is(std::string_view column, std::string value) { and_text(std::string{column} + " = ?", std::move(value)); }
  void and_text(const std::string& clause, std::string value) {
    add(clause);
    values_.emplace_back(std::move(value));
  }
  void and_texts(const std::string& clause, const std::vector<std::string>& values) {
    add(clause);
    values_.insert(values_.end(), values.begin(), values.end());
  }
  /// `what` is one of the calls for which that holds.
  void and_among_calls(const std::string& what, const condition& those) {
    add(what + " IN (SELECT calls.id FROM calls" + those.sql_ + ")");
    values_.insert(values_.end(), those.values_.begin(), those.values_.end());
  }
  void and_number(const std::string& clause, std::int64_t value) {
    add(clause);
    values_.emplace_back(value);
  }
  void add(const std::string& clause) { sql_.append(sql_.empty() ? " WHERE " : " AND ").append(clause); }

  [[nodiscard]] const std::string& sql() const noexcept { return sql_; }
  /// What was bound lives as long as this.
  void bind_to(net::sqlite::statement& to) const {
    int at = 0;
    for (const auto& value : values_) {
      ++at;
      if (const auto* const text = std::get_if<std::string>(&value))
        to.bind(at, std::string_view{*text});
      else
        to.bind(at, std::get<std::int64_t>(value));
    }
  }

 private:
  std::string sql_;
  std::vector<std::variant<std::string, std::int64_t>> values_;
};

}  // namespace tonris::actors
