#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/bench/histogram.hpp"

namespace tonris::bench {

/// One measured number.
struct figure {
  std::string name;  ///< "cpu_per_frame_us": what, then the unit
  double value = 0;
};

/// What one run measured, in the order in which it is told.
class sheet {
 public:
  void set(std::string_view name, double value) { figures_.push_back({std::string{name}, value}); }
  /// NAME_p50_ms, _p90_, _p99_, _p99_9_, _max_, and NAME_count.
  void set_times(std::string_view name, const histogram& times);
  [[nodiscard]] std::optional<double> get(std::string_view name) const noexcept;
  [[nodiscard]] const std::vector<figure>& all() const noexcept { return figures_; }

 private:
  std::vector<figure> figures_;
};

inline constexpr std::string_view watched = "watched";

/// One run of one target.
struct run_report {
  std::string target;  ///< "gateway" or "relay", or a gateway that is `watched`
  unsigned round = 1;
  std::uint32_t calls = 0;
  sheet figures;
  std::map<std::string, std::uint64_t, std::less<>> faults;  ///< what went wrong, how often
  std::string last_words;                                    ///< the end of the target's log, when there were faults
  std::vector<std::string> notes;  ///< what a reader must know, e.g. that we were the bottleneck
};

/// Least, middle and greatest of some values; the middle of an even number is the mean of two. Nothing for none.
struct spread {
  double min = 0, median = 0, max = 0;
};
[[nodiscard]] std::optional<spread> spread_of(std::vector<double> values);

/// The figure in each of the target's runs.
[[nodiscard]] std::vector<double> values_of(const std::vector<run_report>& runs, std::string_view target,
                                            std::string_view name);
/// One target's figure by another's, round by round; rounds without both, or with a zero below, are left out.
struct ratio_of {
  std::string_view above = "gateway", below = "relay";
};
[[nodiscard]] std::vector<double> ratios_of(const std::vector<run_report>& runs, std::string_view name,
                                            ratio_of what = {});

}  // namespace tonris::bench
