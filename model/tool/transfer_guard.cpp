#include "model/tool/transfer_guard.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/phone/cost.hpp"
#include "model/phone/number.hpp"

namespace tonris::model {

namespace {

using enum transfer_verdict;

const std::string* listed(const std::vector<std::string>& numbers, const std::string& number) {
  const auto found =
      std::find_if(numbers.begin(), numbers.end(), [&](const std::string& one) { return is_same_number(one, number); });
  return found == numbers.end() ? nullptr : &*found;
}

bool has_allowed_prefix(const std::vector<std::string>& prefixes, const std::string& number) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) { return number.starts_with(prefix); });
}

bool is_own(const tenant& t, const transfer_question& asked, const std::string& number) {
  return is_listed(numbers_of(t), number) || is_same_number(number, asked.called) ||
         (is_e164(asked.caller) && is_same_number(number, asked.caller));
}

transfer_verdict verdict_of(number_cost cost) noexcept {
  switch (cost) {
    case number_cost::ordinary: return allowed;
    case number_cost::premium: return premium;
    case number_cost::satellite: return satellite;
    case number_cost::shared_cost: return shared_cost;
  }
  return not_allowed;
}

}  // namespace

transfer_decision decide_transfer(const tenant& t, const transfer_question& asked) {
  if (!t.transfer) return {not_allowed};
  const auto& rules = *t.transfer;
  const bool is_meant = asked.requested.empty() && rules.numbers.size() == 1;
  auto number = is_meant ? rules.numbers.front() : dialled_number(asked.requested, asked.called);
  if (!number) return {not_a_number};
  const auto* const as_listed = listed(rules.numbers, *number);
  if (as_listed == nullptr && !has_allowed_prefix(rules.prefixes, *number)) return {not_allowed};
  if (is_own(t, asked, *number)) return {own_number};
  if (asked.from_tenant) return {circle};
  if (as_listed == nullptr)
    if (const auto verdict = verdict_of(cost_of(*number)); verdict != allowed) return {verdict};
  if (asked.placed >= rules.per_caller_per_day) return {too_many};
  return {allowed, as_listed != nullptr ? *as_listed : *std::move(number)};
}

std::string_view to_string(transfer_verdict verdict) noexcept {
  switch (verdict) {
    case allowed: return "allowed";
    case not_a_number: return "not_a_number";
    case not_allowed: return "not_allowed";
    case own_number: return "own_number";
    case circle: return "circle";
    case premium: return "premium";
    case satellite: return "satellite";
    case shared_cost: return "shared_cost";
    case too_many: return "too_many";
  }
  return "not_allowed";
}

std::string_view told_to_agent(transfer_verdict verdict) noexcept {
  switch (verdict) {
    case allowed: return "The caller is being put through.";
    case not_a_number: return "That is no phone number.";
    case not_allowed: return "This business does not allow calls to be put through to that number.";
    case own_number: return "That is the caller's own number, or one of the business's own.";
    case circle: return "This call was put through once already and cannot be put through again.";
    case premium:
    case satellite:
    case shared_cost: return "Numbers at a special price cannot be called.";
    case too_many: return "This caller has been put through as often as is allowed in a day.";
  }
  return "";
}

}  // namespace tonris::model
