#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/call/record.hpp"
#include "model/text/ids.hpp"
#include "model/usage_report/local_day.hpp"
#include "model/usage_report/usage_sums.hpp"

namespace tonris::model {

/// By what usage is told apart.
struct usage_grouping {
  bool tenant = false, day = false, agent = false, variant = false;
  bool operator==(const usage_grouping&) const = default;
};
/// "tenant,day": each of the four at most once, in any order; "" is none.
[[nodiscard]] std::optional<usage_grouping> parse_usage_grouping(std::string_view text) noexcept;

/// Whose call it was, or whose calls of one moment.
struct usage_entry {
  tenant_id tenant;
  std::chrono::system_clock::time_point started;  ///< its day is that of its start, as its rates are
  agent_id agent;
  std::string variant;  ///< "": the agent's id
};
[[nodiscard]] usage_entry entry_of(const call_record& record);

/// What each group used, and all of them together.
class grouped_usage {
 public:
  struct key {
    tenant_id tenant;  ///< what is not told apart is empty
    std::optional<local_day> day;
    agent_id agent;
    std::string variant;
    auto operator<=>(const key&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
  };
  static constexpr std::size_t most_groups = 100'000;

  /// Nothing when the system does not know the zone ("" is UTC).
  [[nodiscard]] static std::optional<grouped_usage> make(const usage_grouping& by, std::string zone);

  void add(const usage_entry& whose, const usage_figures& used);
  void add(const usage_entry& whose, const usage_sums& used);

  [[nodiscard]] const usage_grouping& by() const noexcept { return by_; }
  [[nodiscard]] const std::map<key, usage_sums>& groups() const noexcept { return groups_; }
  [[nodiscard]] const usage_sums& total() const noexcept { return total_; }
  /// Calls that are in the total and in no group, for there were too many.
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  grouped_usage(const usage_grouping& by, std::string zone) : by_(by), zone_(std::move(zone)) {}
  [[nodiscard]] key key_of(const usage_entry& whose) const;

  usage_grouping by_;
  std::string zone_;
  std::map<key, usage_sums> groups_;
  usage_sums total_;
  std::uint64_t left_out_ = 0;
};

/// {"items":[{"tenantId","day","agentId","variant","calls","minutes","seconds","cost","refused","outcomes":{}}],
/// "total":{…}}: of the first four those that are told apart; "leftOut" where calls are in no item.
[[nodiscard]] std::string to_json(const grouped_usage& usage);

}  // namespace tonris::model
