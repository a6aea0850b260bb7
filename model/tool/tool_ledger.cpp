#include "model/tool/tool_ledger.hpp"

#include <algorithm>
#include <utility>

namespace tonris::model {

std::vector<tool_ledger::entry>::iterator tool_ledger::find(std::string_view id) noexcept {
  return std::find_if(open_.begin(), open_.end(), [&](const entry& one) { return one.request.id == id; });
}

tool_ledger::reception tool_ledger::receive(const tool_request& request, time now) {
  if (request.id.empty()) return reception::nameless;
  const auto announced = find(request.id);
  if (!seen_.is_first(request.id) || announced != open_.end()) {
    if (announced == open_.end() || announced->is_running || request.is_announcement) return reception::known;
    if (request.wants_answer)
      *announced = {request, now + patience, true};
    else
      open_.erase(announced);
    return reception::run;
  }
  if (!request.wants_answer) return reception::run;
  if (open_.size() >= most_open) return reception::full;
  if (request.is_announcement) {
    open_.push_back({request, now + announced_for, false});
    return reception::wait;
  }
  open_.push_back({request, now + patience, true});
  return reception::run;
}

std::vector<tool_request> tool_ledger::ripe(time now) {
  std::vector<tool_request> all;
  for (auto& one : open_) {
    if (one.is_running || one.until > now) continue;
    one.is_running = true;
    one.until = now + patience;
    all.push_back(one.request);
  }
  return all;
}

bool tool_ledger::answer(std::string_view id) {
  const auto found = find(id);
  if (found == open_.end()) return false;
  open_.erase(found);
  return true;
}

bool tool_ledger::extend(std::string_view id, time deadline) {
  const auto found = find(id);
  if (found == open_.end() || !found->is_running) return false;
  found->until = deadline;
  return true;
}

std::vector<tool_ledger::overdue> tool_ledger::give_up(time now) {
  std::vector<overdue> late;
  std::erase_if(open_, [&](entry& one) {
    if (!one.is_running || one.until > now) return false;
    late.push_back({std::move(one.request.id), std::move(one.request.name)});
    return true;
  });
  return late;
}

std::optional<tool_ledger::time> tool_ledger::next() const noexcept {
  if (open_.empty()) return std::nullopt;
  return std::min_element(open_.begin(), open_.end(), [](const entry& a, const entry& b) { return a.until < b.until; })
      ->until;
}

}  // namespace tonris::model
