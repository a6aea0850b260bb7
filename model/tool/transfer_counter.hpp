#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/admission/timed_map.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// How many transfers a caller of a tenant's had in a day, which begins with the first of them and lasts 24 h. Callers
/// who withhold their number count as one. Pure: the clock is an argument, and never goes back. Remembers `most`
/// callers; beyond that the one whose day is over first is forgotten, and counted in `forgotten`.
class transfer_counter {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours day{24};
  static constexpr std::size_t most = 50'000;

  /// `caller` is a keyed hash of his number, "" where he withholds it.
  [[nodiscard]] std::uint32_t placed(const tenant_id& tenant, std::string_view caller, time now) const;
  void add(const tenant_id& tenant, std::string_view caller, time now);

  [[nodiscard]] std::size_t callers() const noexcept { return counts_.size(); }
  [[nodiscard]] std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  struct count {
    std::uint32_t placed = 0;
    time until{};
  };
  timed_map<count> counts_;  // by the end of the day
  std::uint64_t forgotten_ = 0;
};

}  // namespace tonris::model
