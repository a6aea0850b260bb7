#include "model/usage_report/judged_success.hpp"

#include <algorithm>

namespace tonris::model {

namespace {

using report = call_record::vendor_report;

bool has_error(const report& of) noexcept {
  return of.error_code || !of.error.empty();
}

std::optional<bool> judgement(const report& of) noexcept {
  if (of.successful == "success") return true;
  if (of.successful == "failure") return false;
  return std::nullopt;
}

/// Where its conversation stands among the call's; one that the call does not know is behind all.
std::ptrdiff_t place_of(const report& of, const call_record& in) {
  return std::ranges::find(in.conversations, of.conversation, &call_record::conversation::id) -
         in.conversations.begin();
}

}  // namespace

std::optional<bool> judged_success(const call_record& record) {
  if (std::ranges::any_of(record.reports, has_error)) return false;
  std::optional<bool> last;
  std::ptrdiff_t last_place = 0;
  for (const auto& one : record.reports) {
    const auto judged = judgement(one);
    const auto place = place_of(one, record);
    if (!judged || (last && place < last_place)) continue;
    last = judged;
    last_place = place;
  }
  return last;
}

}  // namespace tonris::model
