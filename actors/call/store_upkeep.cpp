#include "actors/call/store_upkeep.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace tonris::actors {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds retry_wait{1000};      // after what failed
constexpr std::chrono::hours prune_wait{1};   // to the first round of pruning, and between two
constexpr std::chrono::hours merge_wait{24};  // of words that went because of their age: it writes the whole index
constexpr milliseconds soon{100};
// While somebody waits much is written, and all of it is copied back at once.
constexpr milliseconds erase_soon{1000};

}  // namespace

std::chrono::nanoseconds worked_by_this_thread() {
  timespec used{};
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

void store_upkeep::begin() {
  house_.round_is(round_age());  // of the life before it may not be over
  if (auto* const db = house_.open(); db != nullptr) show_time(*db);
  within(work::prune, prune_wait);
  within(work::list, soon);
  within(work::merge, soon);
}

void store_upkeep::within(work what, milliseconds at_most) {
  auto& known = reminders_.at(static_cast<std::size_t>(what));
  const auto then = house_.now() + at_most;
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
  (is_merging_ ? waits_for_next_ : somebody_waits_) = true;
  within(work::merge, soon);
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

std::chrono::nanoseconds store_upkeep::round_age() const {
  return round_began_ ? house_.now() - *round_began_ : std::chrono::nanoseconds{0};
}

/// A round that is not over when the next would begin has more to do than its part of the time allows: it takes a
/// larger one, so that what grows old meanwhile does not outrun it.
milliseconds store_upkeep::until_next_prune(bool has_more) {
  if (has_more) return prunes_.pause(round_age() > long_round ? behind_parts : prune_parts);
  return std::exchange(another_round_, false) ? house_.rules_wait : milliseconds{prune_wait};
}

template <class Step>
auto store_upkeep::measured(step_pace& pace, const Step& step) {
  const auto before = house_.worked();
  auto more = step();
  pace.cost(house_.worked() - before, more && *more);
  return more;
}

void store_upkeep::prune() {
  auto* const db = house_.open();
  const bool goes_on_for_an_hour = round_began_ && house_.now() - aged_at_ >= prune_wait;
  const auto more = db != nullptr ? measured(prunes_, [&] { return prune_a_little(*db); }) : false;
  if (!more) house_.complain("cannot be pruned", more.error().line);
  house_.round_is(round_age());
  within(work::prune, until_next_prune(more && *more));
  if (!more || db == nullptr) return;
  something_ended();  // little is copied back at once
  if (!*more || goes_on_for_an_hour) look_each_hour(*db);
}

/// At a round's end; and while one goes on, which may be for days, or for good.
void store_upkeep::look_each_hour(call_database& db) {
  if (house_.now() - merged_at_ >= merge_wait) within(work::merge, soon);
  auto lost = db.give_up_held(house_.wall_clock());
  if (!lost) return house_.complain("cannot be pruned", lost.error().line);
  house_.lost(std::move(*lost));
}

/// A round takes days where much is due at once: what is late then is no later by it.
net::sqlite::result<bool> store_upkeep::prune_a_little(call_database& db) {
  const auto wall = house_.wall_clock();
  const auto now = house_.now();
  if (!round_began_) round_began_ = now;
  if (!as_of_ || now - aged_at_ >= prune_wait) {
    const auto as_of = db.age(wall, now - aged_at_);
    if (!as_of) return tl::unexpected(as_of.error());
    as_of_ = *as_of;
    aged_at_ = now;
    has_checkpoints_ = true;
    house_.time_is_behind(wall - *as_of);
  }
  // What was there at the start is of unknown age; so long after it nobody asks for it any more.
  const bool is_known = now - house_.began >= call_database::ended_kept_for;
  auto done = db.prune(*as_of_, is_known && has_checkpoints_ ? std::optional{wall} : std::nullopt, prunes_.amount());
  if (!done || !done->has_more) as_of_.reset();
  if (!done) return tl::unexpected(done.error());
  if (!done->has_more) round_began_.reset();
  has_checkpoints_ = done->checkpoints > 0;
  if (!done->with_audio.empty()) house_.audio_is_left(std::move(done->with_audio));
  return done->has_more;
}

void store_upkeep::audio_is_gone() {
  another_round_ = round_began_.has_value();
  within(work::prune, house_.rules_wait);
}

void store_upkeep::list() {
  auto* const db = house_.open();
  const auto more = db != nullptr ? measured(lists_, [&] { return db->list_some(lists_.amount()); }) : true;
  if (!more) house_.complain("cannot be listed", more.error().line);
  if (!more || *more) within(work::list, more && db != nullptr ? lists_.pause(list_parts) : retry_wait);
}

void store_upkeep::merge() {
  auto* const db = house_.open();
  if (db != nullptr) is_merging_ = db->has_words_to_merge();
  const auto more = db != nullptr ? measured(merges_, [&] { return db->merge_words(merges_.amount()); }) : true;
  if (!more) house_.complain("cannot be merged", more.error().line);
  if (!more || db == nullptr) return within(work::merge, retry_wait);
  if (!*more) return merge_is_over();
  const bool is_wanted = somebody_waits_ || waits_for_next_;
  within(work::erase, is_wanted ? std::min(house_.erase_after, erase_soon) : house_.erase_after);
  within(work::merge, merges_.pause(is_wanted ? wanted_parts : merge_parts));
}

/// What went by its age meanwhile has its time as before: where merging takes longer than until more has gone, it would
/// else never end.
void store_upkeep::merge_is_over() {
  is_merging_ = false;
  merged_at_ = house_.now();
  something_ended();
  somebody_waits_ = std::exchange(waits_for_next_, false);
  if (somebody_waits_) within(work::merge, soon);
}

void store_upkeep::erase() {
  auto* const db = house_.open();
  const auto erased = db != nullptr ? db->erase_traces() : false;
  if (!erased) house_.complain("cannot be cleaned of what was deleted", erased.error().line);
  if (!erased || !*erased) something_ended();
}

}  // namespace tonris::actors
