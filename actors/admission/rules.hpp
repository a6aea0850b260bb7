#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/admission/books.hpp"
#include "actors/admission/messages.hpp"
#include "actors/admission/metrics.hpp"
#include "model/admission/table.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// What every admission does alike, wherever the counts are kept: which place and which limits an asker has, what an
/// answer of the counts is to him, who waits in line, what a call costs, what is refused. Belongs to one actor.
class admission_rules {
 public:
  using time = model::admission_table::time;

  struct config {
    std::shared_ptr<admission_books> books;
    std::uint64_t vendor_calls = 0;                            ///< that the gateway's key may hold at once; 0: no limit
    std::function<std::string(std::string_view)> hash_caller;  ///< keyed
    std::function<std::chrono::system_clock::time_point()> wall_clock;
    model::rate_card rates = model::rate_card::standard();
    metrics* counters = nullptr;
  };

  admission_rules() = default;
  explicit admission_rules(config settings);

  // --- who may come in
  [[nodiscard]] model::admission_place place_of(const admit_call& who) const;
  [[nodiscard]] model::admission_limits limits_for(const model::tenant& t) const noexcept;
  /// Of a caller, who comes behind those who wait already.
  [[nodiscard]] model::admission_limits limits_behind_line(const admit_call& who, time now);
  /// Is he to be asked for once more, with these limits: another agent takes as many again as the tenant's own may
  /// have, within every other limit?
  [[nodiscard]] std::optional<model::admission_limits> limits_at_overflow_agent(const admit_call& who,
                                                                                model::admission_verdict met) const;
  [[nodiscard]] admitted come_in(const admit_call& who, admission_metrics::way how);
  [[nodiscard]] admitted turn_away(const admit_call& who, model::admission_verdict why, time now);

  // --- who stays, and who goes
  /// Up to the next renewal.
  [[nodiscard]] std::vector<model::lease_renewal> booked_ahead(const std::vector<live_lease>& calls) const;
  void leave_line(const release_lease& gone);  ///< where it stood in it
  [[nodiscard]] model::lease_release booked_in_all(const release_lease& what) const;
  /// Of those among `sums` whose settings are told in `calls`.
  [[nodiscard]] static month_levels levels_of(const std::vector<model::renewal_answer::of_tenant>& sums,
                                              const std::vector<live_lease>& calls);

  // --- what is to be seen
  void count(const call_refused& refused);
  /// All but the counts.
  [[nodiscard]] tenant_usage beside_counts(const model::tenant& t, time now);
  void count_what_rose();
  void show_vendor_calls(time now) const;

  [[nodiscard]] model::usage_month month() const { return model::month_of(config_.wall_clock()); }
  [[nodiscard]] const admission_metrics& counted() const { return config_.counters->of<admission_metrics>(); }

 private:
  [[nodiscard]] std::string hash_of(const std::string& caller) const;
  [[nodiscard]] std::chrono::sys_days today() const {
    return std::chrono::floor<std::chrono::days>(config_.wall_clock());
  }

  config config_;
};

}  // namespace tonris::actors
