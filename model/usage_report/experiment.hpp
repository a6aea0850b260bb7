#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/tenant/tenant.hpp"
#include "model/usage_report/comparison.hpp"
#include "model/usage_report/usage_sums.hpp"

namespace tonris::model {

/// Did a call go well, by what an experiment asks? Nothing: it does not count. `judged`: by the vendor's analysis,
/// which is asked only of a call that ended in an ordinary way: one that was lost went badly, whatever is said of it,
/// or if nothing is.
[[nodiscard]] std::optional<bool> went_well(tenant::experiment_type::outcome_type asked, std::optional<bool> judged,
                                            const usage_figures& used) noexcept;

/// Reports come within minutes, or are asked for.
inline constexpr std::chrono::hours judged_within{1};
/// Is a call judged that should be by now? It is asked of one that ended in an ordinary way and began longer ago, where
/// the vendor's word decides. Nothing: it should not.
[[nodiscard]] std::optional<bool> was_judged(tenant::experiment_type::outcome_type asked, std::optional<bool> judged,
                                             const usage_figures& used,
                                             std::chrono::system_clock::duration ago) noexcept;

/// All variants of a tenant's that have a weight, each compared with each, by calls in the order in which they came.
/// With several pairs each has to be surer (Bonferroni), so that equally good ones are told apart in less than 5 % of
/// all experiments, however many there are.
class experiment {
 public:
  explicit experiment(const std::vector<tenant::agent_choice>& agents);

  /// Is there anything to compare?
  [[nodiscard]] bool is_one() const noexcept { return names_.size() > 1; }
  void add(std::string_view variant, bool well);
  void expect_judgement(std::string_view of, bool is_there);  ///< of a call as of was_judged

  /// One variant that is worse than another, and by which calls.
  struct loss {
    std::string loser, winner;
    comparison compared;
    bool loser_is_a = false;  ///< of `compared`
  };
  /// The surest; nothing: not enough is known, or judged.
  [[nodiscard]] std::optional<loss> surest() const;

 private:
  struct pair {
    std::size_t a = 0, b = 0;  // of names_
    comparison by_calls;
  };
  [[nodiscard]] bool is_sure(const comparison& of) const noexcept;

  std::vector<std::string> names_;
  std::vector<pair> pairs_;
};

/// As to_json(comparison), with the variants' names.
[[nodiscard]] std::string to_json(const experiment::loss& of);
[[nodiscard]] std::string in_words(const experiment::loss& of);

/// The variant has no weight any more. False: nothing was changed, since there is no such variant with a weight, or no
/// other one.
[[nodiscard]] bool stop_variant(std::vector<tenant::agent_choice>& agents, std::string_view variant);

}  // namespace tonris::model
