#include "model/usage_report/experiment.hpp"

#include <algorithm>

#include "model/call/end_reason.hpp"
#include "model/usage_report/call_evidence.hpp"

namespace tonris::model {

namespace {

using variant = comparison::variant;

constexpr double error_rate = 0.05;

double rate_of(const comparison::side& of) {
  return of.calls == 0 ? 0 : static_cast<double>(of.successes) / static_cast<double>(of.calls);
}

/// What was said once stays said: is it still so?
bool is_still_better(const comparison& of) {
  const bool is_b = of.better() == variant::b;
  return rate_of(of.of(is_b ? variant::b : variant::a)) > rate_of(of.of(is_b ? variant::a : variant::b));
}

}  // namespace

std::optional<bool> went_well(tenant::experiment_type::outcome_type asked, std::optional<bool> judged,
                              const usage_figures& used) noexcept {
  using outcome = tenant::experiment_type::outcome_type;
  if (used.refused || !used.outcome) return std::nullopt;
  if (gravity_of(*used.outcome) != gravity::ordinary) return false;
  return asked == outcome::success ? judged : true;
}

std::optional<bool> was_judged(tenant::experiment_type::outcome_type asked, std::optional<bool> judged,
                               const usage_figures& used, std::chrono::system_clock::duration ago) noexcept {
  using outcome = tenant::experiment_type::outcome_type;
  if (asked != outcome::success || used.refused || !used.outcome || ago <= judged_within) return std::nullopt;
  if (gravity_of(*used.outcome) != gravity::ordinary) return std::nullopt;
  return judged.has_value();
}

experiment::experiment(const std::vector<tenant::agent_choice>& agents) {
  for (const auto& choice : agents)
    if (choice.weight > 0) names_.push_back(name_of(choice));
  for (std::size_t b = 1; b < names_.size(); ++b)
    for (std::size_t a = 0; a < b; ++a) pairs_.push_back({a, b, {}});
}

void experiment::add(std::string_view variant, bool well) {
  for (auto& [a, b, by_calls] : pairs_) {
    if (names_[a] == variant) by_calls.add(comparison::variant::a, well);
    if (names_[b] == variant) by_calls.add(comparison::variant::b, well);
  }
}

void experiment::expect_judgement(std::string_view of, bool is_there) {
  for (auto& [a, b, by_calls] : pairs_) {
    if (names_[a] == of) by_calls.expect_judgement(comparison::variant::a, is_there);
    if (names_[b] == of) by_calls.expect_judgement(comparison::variant::b, is_there);
  }
}

bool experiment::is_sure(const comparison& of) const noexcept {
  return of.better() && of.p_value() <= error_rate / static_cast<double>(pairs_.size()) && is_still_better(of);
}

std::optional<experiment::loss> experiment::surest() const {
  const pair* found = nullptr;
  for (const auto& one : pairs_)
    if (is_sure(one.by_calls) && (!found || one.by_calls.p_value() < found->by_calls.p_value())) found = &one;
  if (!found) return std::nullopt;
  const bool loser_is_a = found->by_calls.better() == variant::b;
  return loss{names_[loser_is_a ? found->a : found->b], names_[loser_is_a ? found->b : found->a], found->by_calls,
              loser_is_a};
}

std::string to_json(const experiment::loss& of) {
  return of.loser_is_a ? to_json(of.compared, of.loser, of.winner) : to_json(of.compared, of.winner, of.loser);
}

std::string in_words(const experiment::loss& of) {
  return of.loser_is_a ? in_words(of.compared, of.loser, of.winner) : in_words(of.compared, of.winner, of.loser);
}

bool stop_variant(std::vector<tenant::agent_choice>& agents, std::string_view variant) {
  const auto has_weight = [](const tenant::agent_choice& one) { return one.weight > 0; };
  const auto stopped =
      std::ranges::find_if(agents, [&](const auto& one) { return has_weight(one) && name_of(one) == variant; });
  if (stopped == agents.end() || std::ranges::count_if(agents, has_weight) < 2) return false;
  stopped->weight = 0;
  return true;
}

}  // namespace tonris::model
