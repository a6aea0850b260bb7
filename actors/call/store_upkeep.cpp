#include "actors/call/store_upkeep.hpp"

#include <utility>

namespace tonris::actors {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds retry_wait{1000};     // after what failed
constexpr std::chrono::hours prune_wait{1};  // to the first round of pruning, and between two
constexpr milliseconds prune_pause{500};     // within one: its steps take a hundredth of the time (docs/performance.md)
constexpr std::chrono::hours merge_wait{24};  // of words that went because of their age: it writes the whole index
constexpr milliseconds pause{100};            // within what is done once
// Within that: its steps take a hundredth of the time as well, and those of a million calls end before the next round.
constexpr milliseconds merge_pause{5000};

}  // namespace

void store_upkeep::begin() {
  if (auto* const db = house_.open(); db != nullptr) show_time(*db);
  within(work::prune, prune_wait);
  within(work::list, pause);
  within(work::merge, pause);
}

void store_upkeep::within(work what, milliseconds at_most) {
  auto& known = reminders_.at(static_cast<std::size_t>(what));
  const auto then = steady::now() + at_most;
  if (known.due <= then) return;
  known.due = then;
  house_.remind(what, ++known.turn, at_most);
}

void store_upkeep::due(work what, std::uint64_t turn) {
  auto& known = reminders_.at(static_cast<std::size_t>(what));
  if (turn != known.turn) return;
  known.due = steady::time_point::max();
  switch (what) {
    case work::prune: return prune();
    case work::list: return list();
    case work::merge: return merge();
    case work::erase: return erase();
  }
}

void store_upkeep::something_ended() {
  within(work::erase, house_.erase_after);
}

void store_upkeep::words_are_gone() {
  something_ended();
  somebody_waits_ = true;
  within(work::merge, pause);
}

void store_upkeep::keep_for(const std::vector<call_database::retention_rule>& rules) {
  auto* const db = house_.open();
  if (db == nullptr) return;  // they are told again with the next change
  const auto known = db->retention();
  if (known && *known == rules) return;
  const auto kept = db->keep_for(rules);
  if (!kept) return house_.complain("cannot be written", kept.error().line);
  within(work::prune, house_.rules_wait);
}

/// Before the first round too, which a gateway that runs for minutes never comes to.
void store_upkeep::show_time(call_database& db) {
  const auto wall = house_.wall_clock();
  const auto aged = db.aged(wall);
  if (!aged) return house_.complain("cannot be read", aged.error().line);
  if (*aged) house_.time_is_behind(wall - **aged);
}

milliseconds store_upkeep::until_next_prune(bool has_more) {
  if (has_more) return prune_pause;
  return std::exchange(another_round_, false) ? house_.rules_wait : milliseconds{prune_wait};
}

void store_upkeep::prune() {
  auto* const db = house_.open();
  const auto more = db != nullptr ? prune_a_little(*db) : false;
  if (!more) house_.complain("cannot be pruned", more.error().line);
  within(work::prune, until_next_prune(more && *more));
  if (!more || *more || db == nullptr) return;
  if (steady::now() - merged_at_ >= merge_wait) within(work::merge, pause);
  auto lost = db->give_up_held(house_.wall_clock());
  if (!lost) return house_.complain("cannot be pruned", lost.error().line);
  house_.lost(std::move(*lost));
}

/// In one round it is one time for all.
net::sqlite::result<bool> store_upkeep::prune_a_little(call_database& db) {
  const auto wall = house_.wall_clock();
  if (!as_of_) {
    const auto now = steady::now();
    const auto as_of = db.age(wall, now - aged_at_);
    if (!as_of) return tl::unexpected(as_of.error());
    as_of_ = *as_of;
    aged_at_ = now;
    house_.time_is_behind(wall - *as_of);
  }
  // What was there at the start is of unknown age; so long after it nobody asks for it any more.
  const bool is_known = steady::now() - house_.began >= call_database::ended_kept_for;
  auto done = db.prune(*as_of_, is_known ? std::optional{wall} : std::nullopt);
  if (!done || !done->has_more) as_of_.reset();
  if (!done) return tl::unexpected(done.error());
  if (!done->with_audio.empty()) house_.audio_is_left(std::move(done->with_audio));
  return done->has_more;
}

void store_upkeep::audio_is_gone() {
  another_round_ = as_of_.has_value();
  within(work::prune, house_.rules_wait);
}

void store_upkeep::list() {
  auto* const db = house_.open();
  const auto more = db != nullptr ? db->list_some() : true;
  if (!more) house_.complain("cannot be listed", more.error().line);
  if (!more || *more) within(work::list, more && db != nullptr ? pause : retry_wait);
}

void store_upkeep::merge() {
  auto* const db = house_.open();
  const auto more = db != nullptr ? db->merge_words() : true;
  if (!more) house_.complain("cannot be merged", more.error().line);
  if (!more || db == nullptr) return within(work::merge, retry_wait);
  if (*more) return within(work::merge, somebody_waits_ ? pause : merge_pause);
  somebody_waits_ = false;
  merged_at_ = steady::now();
  something_ended();
}

void store_upkeep::erase() {
  auto* const db = house_.open();
  const auto erased = db != nullptr ? db->erase_traces() : false;
  if (!erased) house_.complain("cannot be cleaned of what was deleted", erased.error().line);
  if (!erased || !*erased) something_ended();
}

}  // namespace tonris::actors
