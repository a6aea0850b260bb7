#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::sim {

/// Something the gateway did that the real service would refuse or that its documentation forbids.
struct violation {
  std::string rule;    ///< short and stable, for tests: "extra_key"
  std::string detail;  ///< for people; never a secret or a payload
};

/// What was found, in order. Bounded: beyond the limit only the count grows.
class violation_log {
 public:
  static constexpr std::size_t max_kept = 500;
  void add(violation found);
  void add(std::string rule, std::string detail) { add({std::move(rule), std::move(detail)}); }
  [[nodiscard]] const std::vector<violation>& all() const noexcept { return kept_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t count(std::string_view rule) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

 private:
  std::vector<violation> kept_;
  std::size_t count_ = 0;
};

}  // namespace tonris::sim
