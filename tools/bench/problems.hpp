#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tonris::bench {

/// What went wrong, by kind, with how often. At most 50 kinds; what is beyond counts as "other".
class problems {
 public:
  void add(std::string_view what, std::uint64_t times = 1) {
    if (times == 0) return;
    const bool full = counts_.size() >= 50 && !counts_.contains(what);
    counts_[full ? "other" : std::string{what}] += times;
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& all() const noexcept { return counts_; }
  [[nodiscard]] bool none() const noexcept { return counts_.empty(); }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace tonris::bench
