#include "model/tenant/callers.hpp"

#include <algorithm>

#include "model/phone/number.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

bool is_prefix_of(std::string_view pattern, std::string_view caller) {
  return !pattern.empty() && pattern.back() == '*' && caller.starts_with(pattern.substr(0, pattern.size() - 1));
}

/// Nearly all are ruled out by their last digits: comparing two numbers in all their forms is dear, and a list may be
/// of ten thousand.
bool is_the_number(std::string_view one, std::string_view caller) {
  return shared_end(one) == shared_end(caller) && is_same_number(one, caller);
}

}  // namespace

bool is_withheld(std::string_view caller) {
  return !is_e164(caller);
}

bool is_among(const std::vector<std::string>& callers, std::string_view caller) {
  const bool withheld = is_withheld(caller);
  return std::any_of(callers.begin(), callers.end(), [&](const std::string& one) {
    if (withheld) return one == tenant_rules::withheld;
    return is_prefix_of(one, caller) || is_the_number(one, caller);
  });
}

const tenant::caller_rule* rule_for(const tenant& t, std::string_view caller) {
  const auto found = std::find_if(t.caller_rules.begin(), t.caller_rules.end(),
                                  [&](const tenant::caller_rule& rule) { return is_among(rule.callers, caller); });
  return found == t.caller_rules.end() ? nullptr : &*found;
}

}  // namespace tonris::model
