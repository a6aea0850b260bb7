#include "actors/store/journal.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "model/text/utf8.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t max_detail_bytes = 500;

/// In their order, so many in all and so many of a call.
class waiting_events {
 public:
  [[nodiscard]] bool add(model::timeline_event& what) {
    if (events_.size() == call_journal::max_events) return false;
    auto& of_call = of_call_[what.call];
    if (of_call == call_journal::max_events_of_a_call) return false;
    ++of_call;
    events_.push_back(std::move(what));
    return true;
  }
  [[nodiscard]] std::deque<model::timeline_event>& all() noexcept { return events_; }
  [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }

 private:
  std::deque<model::timeline_event> events_;  // a vector would move them all in one go, with every call waiting
  std::unordered_map<model::call_sid, std::size_t> of_call_;
};

}  // namespace

struct call_journal::state {
  state(std::function<void()> to_wake, std::function<clock::time_point()> the_time)
      : wake(std::move(to_wake)), now(std::move(the_time)) {}

  /// Changes what waits, then wakes the writer if it sleeps. The wake runs outside the lock: it may take its own.
  template <class Change>
  void enter(Change&& change) {
    bool sleeps = false;
    {
      const std::lock_guard lock(mutex);
      change();
      if (!waits_since) waits_since = now();
      sleeps = !std::exchange(awake, true);
    }
    if (sleeps && wake) wake();
  }
  [[nodiscard]] bool has_room_for(const model::call_sid& call) const {
    return checkpoints.size() < max_checkpoints || checkpoints.count(call) > 0;
  }
  void keep_newest(const model::call_sid& call, std::string json) {
    if (has_room_for(call))
      checkpoints.insert_or_assign(call, std::move(json));
    else
      ++dropped;
  }
  void put_back(journal_batch::checkpoint c) {
    if (has_room_for(c.call))
      checkpoints.try_emplace(std::move(c.call), std::move(c.json));
    else
      ++dropped;
  }
  void keep(model::timeline_event& what) {
    if (!events.add(what)) ++dropped;
  }
  void keep_within_bounds() {
    for (; records.size() > max_records; ++dropped) records.pop_front();
    for (; facts.size() > max_records; ++dropped) facts.pop_front();
  }
  [[nodiscard]] std::size_t waiting() const {
    return checkpoints.size() + records.size() + facts.size() + events.size();
  }

  const std::function<void()> wake;
  const std::function<clock::time_point()> now;
  std::atomic<std::uint64_t> dropped{0};
  std::mutex mutex;
  bool awake = false;  // the writer was told, and has not taken since
  std::unordered_map<model::call_sid, std::string> checkpoints;
  std::deque<journal_batch::record> records;
  std::deque<journal_batch::fact> facts;
  waiting_events events;
  std::optional<clock::time_point> waits_since;  // the oldest of these
  std::size_t being_written = 0;                 // what was taken
  std::optional<clock::time_point> taken_since;  // the oldest of that
};

call_journal::call_journal(std::function<void()> wake, std::function<clock::time_point()> now)
    : state_(std::make_shared<state>(std::move(wake), std::move(now))) {}

void call_journal::checkpoint(const model::call_sid& call, std::string json) {
  state_->enter([&] { state_->keep_newest(call, std::move(json)); });
}

void call_journal::forget(const model::call_sid& call) {
  checkpoint(call, "");
}

void call_journal::record(journal_batch::record final_record) {
  state_->enter([&] {
    state_->records.push_back(std::move(final_record));
    state_->keep_within_bounds();
  });
}

void call_journal::fact(journal_batch::fact later) {
  state_->enter([&] {
    state_->facts.push_back(std::move(later));
    state_->keep_within_bounds();
  });
}

void call_journal::event(model::timeline_event what) {
  what.detail.resize(model::utf8_prefix(what.detail, max_detail_bytes).size());
  state_->enter([&] { state_->keep(what); });
}

journal_batch call_journal::take() {
  journal_batch batch;
  decltype(state::checkpoints) checkpoints;
  decltype(state::records) records;
  decltype(state::facts) facts;
  decltype(state::events) events;
  {
    const std::lock_guard lock(state_->mutex);  // calls wait for it: nothing is copied in here
    state_->awake = false;
    state_->being_written = state_->waiting();
    state_->taken_since = std::exchange(state_->waits_since, std::nullopt);
    checkpoints.swap(state_->checkpoints);
    records.swap(state_->records);
    facts.swap(state_->facts);
    std::swap(events, state_->events);
  }
  batch.checkpoints.reserve(checkpoints.size());
  for (auto& [call, json] : checkpoints) batch.checkpoints.push_back({call, std::move(json)});
  batch.records.assign(std::make_move_iterator(records.begin()), std::make_move_iterator(records.end()));
  batch.facts.assign(std::make_move_iterator(facts.begin()), std::make_move_iterator(facts.end()));
  batch.events.assign(std::make_move_iterator(events.all().begin()), std::make_move_iterator(events.all().end()));
  return batch;
}

void call_journal::written() {
  const std::lock_guard lock(state_->mutex);
  state_->being_written = 0;
  state_->taken_since.reset();
}

void call_journal::put_back(journal_batch failed) {
  waiting_events events;  // they were within the bounds when they were taken
  for (auto& e : failed.events) (void)events.add(e);
  const std::lock_guard lock(state_->mutex);
  state_->awake = true;
  state_->being_written = 0;
  if (const auto since = std::exchange(state_->taken_since, std::nullopt)) state_->waits_since = since;
  for (auto& c : failed.checkpoints) state_->put_back(std::move(c));
  state_->records.insert(state_->records.begin(), std::make_move_iterator(failed.records.begin()),
                         std::make_move_iterator(failed.records.end()));
  state_->facts.insert(state_->facts.begin(), std::make_move_iterator(failed.facts.begin()),
                       std::make_move_iterator(failed.facts.end()));
  std::swap(events, state_->events);
  for (auto& came_meanwhile : events.all()) state_->keep(came_meanwhile);
  state_->keep_within_bounds();
}

std::uint64_t call_journal::dropped() const noexcept {
  return state_->dropped;
}

journal_depth call_journal::depth() const {
  const std::lock_guard lock(state_->mutex);
  const auto waiting = state_->being_written + state_->waiting();
  if (waiting == 0) return {};
  return {waiting, state_->being_written > 0 ? state_->taken_since : state_->waits_since};
}

}  // namespace tonris::actors
