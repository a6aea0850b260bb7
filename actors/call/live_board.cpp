#include "actors/call/live_board.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace tonris::actors {

live_board::live_board(std::uint64_t before_first) : last_(before_first), dropped_(before_first) {}

model::call_record in_short(const model::call_record& record) {
  model::call_record brief;
  brief.call = record.call;
  brief.tenant = record.tenant;
  brief.direction = record.direction;
  brief.from = record.from;
  brief.to = record.to;
  brief.agent = record.agent;
  brief.variant = record.variant;
  brief.rule = record.rule;
  brief.rule_name = record.rule_name;
  brief.state = record.state;
  brief.started = record.started;
  brief.answered = record.answered;
  brief.ended = record.ended;
  brief.reason = record.reason;
  brief.troubled = record.troubled;
  brief.interruptions = record.interruptions;
  brief.restarts = record.restarts;
  return brief;
}

// --- told

void live_board::put(const model::call_record& now, model::call_record::time at, std::shared_ptr<level_meter> levels) {
  bool moved = false;
  {
    const std::scoped_lock lock{lock_};
    const auto [there, is_new] = calls_.try_emplace(now.call);
    auto& [record, loud] = there->second;
    moved = is_new || record.state != now.state;
    record = in_short(now);
    if (levels) loud = std::move(levels);
    if (moved) add(now.call, now.tenant, at, "state", std::string{to_string(now.state)});
  }
  if (moved) wake();
}

void live_board::happened(const model::tenant_id& tenant, const model::timeline_event& what) {
  {
    const std::scoped_lock lock{lock_};
    add(what.call, tenant, what.at, std::string{to_string(what.what)}, what.detail);
  }
  wake();
}

void live_board::remove(const model::call_sid& call) {
  const std::scoped_lock lock{lock_};
  calls_.erase(call);
}

void live_board::forget(const std::vector<model::call_sid>& calls) {
  if (calls.empty()) return;
  const std::unordered_set<model::call_sid> gone{calls.begin(), calls.end()};
  const std::scoped_lock lock{lock_};
  std::erase_if(events_, [&](const happening& what) { return gone.contains(what.call); });
}

void live_board::add(const model::call_sid& call, const model::tenant_id& tenant, model::call_record::time at,
                     std::string what, std::string detail) {
  if (events_.size() == most_events) {
    dropped_ = events_.front().id;
    events_.pop_front();
  }
  events_.push_back({++last_, call, tenant, at, std::move(what), std::move(detail)});
}

void live_board::wake() const {
  std::shared_ptr<const std::function<void()>> whom;
  {
    const std::scoped_lock lock{lock_};
    whom = wake_;
  }
  if (whom) (*whom)();
}

void live_board::wake_with(std::function<void()> wake) {
  auto whom = wake ? std::make_shared<const std::function<void()>>(std::move(wake)) : nullptr;
  const std::scoped_lock lock{lock_};
  wake_ = std::move(whom);
}

// --- read

std::vector<model::call_record> live_board::list(const model::call_query& query) const {
  std::vector<model::call_record> found;
  {
    const std::scoped_lock lock{lock_};
    for (const auto& [sid, call] : calls_)
      if (fits(query, call.record) && (!query.after || comes_before(*query.after, place_of(call.record))))
        found.push_back(call.record);
  }
  std::ranges::sort(found, [](const auto& a, const auto& b) { return comes_before(place_of(a), place_of(b)); });
  if (found.size() > query.limit) found.resize(query.limit);
  return found;
}

bool live_board::has(const model::call_sid& call) const {
  const std::scoped_lock lock{lock_};
  return calls_.contains(call);
}

std::shared_ptr<level_meter> live_board::levels_of(const model::call_sid& call) const {
  const std::scoped_lock lock{lock_};
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : found->second.levels;
}

std::size_t live_board::size() const {
  const std::scoped_lock lock{lock_};
  return calls_.size();
}

std::uint64_t live_board::newest() const {
  const std::scoped_lock lock{lock_};
  return last_;
}

std::uint64_t live_board::oldest() const {
  const std::scoped_lock lock{lock_};
  return dropped_ + 1;
}

live_board::news live_board::since(std::uint64_t id) const {
  news found;
  const std::scoped_lock lock{lock_};
  found.newest = last_;
  if (id >= last_) {
    found.lost = id > last_;  // of a former life of this node
    return found;
  }
  found.lost = id < dropped_;
  const auto from = std::ranges::upper_bound(events_, id, {}, &happening::id);
  found.all.assign(from, events_.end());
  return found;
}

}  // namespace tonris::actors
