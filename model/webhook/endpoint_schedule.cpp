#include "model/webhook/endpoint_schedule.hpp"

namespace tonris::model {

void endpoint_schedule::put(const webhook_endpoint& where, time due) {
  if (under_way_.contains(where)) return;
  const auto [known, fresh] = due_.try_emplace(where, due);
  if (!fresh) {
    if (known->second <= due) return;
    order_.erase({known->second, where});
    known->second = due;
  }
  order_.emplace(due, where);
}

std::optional<webhook_endpoint> endpoint_schedule::take(time now) {
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  auto first = order_.extract(order_.begin()).value().second;
  due_.erase(first);
  under_way_.insert(first);
  return first;
}

void endpoint_schedule::done(const webhook_endpoint& where, std::optional<time> next) {
  under_way_.erase(where);
  if (next) put(where, *next);
}

std::optional<endpoint_schedule::time> endpoint_schedule::next_time() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

}  // namespace tonris::model
