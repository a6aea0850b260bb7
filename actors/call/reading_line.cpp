#include "actors/call/reading_line.hpp"

#include <utility>

namespace tonris::actors {

bool reading_line::put(const std::string& whose, std::function<void()> begin) {
  if (count_ >= most) return false;
  const auto his = waiting_.find(whose);
  if (his != waiting_.end() && his->second.size() >= most_of_one) return false;
  waiting_[whose].push_back(std::move(begin));
  ++count_;
  if (!is_serving_) begin_next();
  return true;
}

void reading_line::served() {
  is_serving_ = false;
  begin_next();
}

void reading_line::begin_next() {
  if (waiting_.empty()) return;
  auto next = waiting_.upper_bound(last_);
  if (next == waiting_.end()) next = waiting_.begin();
  last_ = next->first;
  const auto begin = std::move(next->second.front());
  next->second.pop_front();
  if (next->second.empty()) waiting_.erase(next);
  --count_;
  is_serving_ = true;
  begin();
}

}  // namespace tonris::actors
