#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/call/step_pace.hpp"
#include "actors/store/database.hpp"

namespace tonris::actors {

/// How much of the processor this thread has had.
[[nodiscard]] std::chrono::nanoseconds worked_by_this_thread();

/// What the call store does beside writing and answering: it deletes what is due by its age, gives an older version's
/// records their place in the list, and takes what was deleted out of the full text's index and out of the write-ahead
/// log. A little at a time, between which the journal has its turn, and so seldom that calls beside it do not feel it
/// (docs/performance.md). The store's own, on its thread.
class store_upkeep {
 public:
  using steady = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  enum class work : std::uint8_t { prune, list, merge, erase };
  static constexpr std::size_t work_count = 4;

  struct house {
    std::function<call_database*()> open;  ///< null: it cannot be opened now
    std::function<call_database::time()> wall_clock;
    std::function<void(std::string_view what, const std::string& why)> complain;
    /// Has `due` called after that time.
    std::function<void(work what, std::uint64_t turn, milliseconds after)> remind;
    /// Calls of which something was told that nobody wants any more.
    std::function<void(std::vector<model::call_sid> calls)> lost;
    /// Their records are gone, and Twilio keeps voices of theirs.
    std::function<void(std::vector<model::call_sid> calls)> audio_is_left;
    /// So far is the time by which what is kept grows old behind the wall clock.
    std::function<void(std::chrono::nanoseconds by)> time_is_behind;
    /// So long ago the round of deleting by age began that is under way; 0: none is.
    std::function<void(std::chrono::nanoseconds age)> round_is;
    steady::time_point began;              ///< the store, in its first life
    milliseconds erase_after, rules_wait;  ///< as in store_settings
    std::function<steady::time_point()> now = steady::now;
    std::function<std::chrono::nanoseconds()> worked = worked_by_this_thread;
  };
  /// Of the time that is the part of deleting by age, and in a long round, which is behind; of merging what went so, of
  /// merging what somebody waits for, and of listing anew, which is once a version.
  static constexpr std::int64_t prune_parts = 500, behind_parts = 100, merge_parts = 1000, wanted_parts = 50,
                                list_parts = 10;
  static constexpr std::chrono::hours long_round{1};  ///< one that is older: the next would have begun

  explicit store_upkeep(house of) : house_(std::move(of)) {}

  /// At the beginning of a life, which takes up what the one before has left.
  void begin();
  void due(work what, std::uint64_t turn);  ///< as `remind` was told; one that was overtaken does nothing

  void something_ended();  ///< nothing of it is to stay in the write-ahead log
  void words_are_gone();   ///< deleted ones, likewise, and in the index
  /// What is due by new rules goes soon.
  void keep_for(const std::vector<call_database::retention_rule>& rules);
  /// A round of deleting by age is under way that may soon be over.
  [[nodiscard]] bool is_in_young_round() const { return round_began_ && round_age() <= long_round; }
  /// At Twilio, of records that wait for that: they go soon. Where a round is under way it may be past them: another
  /// follows it.
  void audio_is_gone();

 private:
  /// Whoever asks again and again does not put it off.
  void within(work what, milliseconds at_most);
  void show_time(call_database& db);
  void prune();
  void look_each_hour(call_database& db);
  [[nodiscard]] std::chrono::nanoseconds round_age() const;
  [[nodiscard]] milliseconds until_next_prune(bool has_more);
  [[nodiscard]] net::sqlite::result<bool> prune_a_little(call_database& db);
  void list();
  void merge();
  void merge_is_over();
  void erase();
  /// Takes a step, and learns from what it has cost.
  template <class Step>
  auto measured(step_pace& pace, const Step& step);

  // given
  house house_;
  // state
  struct reminder {
    steady::time_point due = steady::time_point::max();  ///< of the one that counts
    std::uint64_t turn = 0;
  };
  std::array<reminder, work_count> reminders_;
  std::optional<call_database::time> as_of_;       // of the round of pruning that is under way
  std::optional<steady::time_point> round_began_;  // that one: no failure ends it
  bool has_checkpoints_ = true;                    // perhaps, that are due in it
  bool another_round_ = false;                     // is to follow it soon
  steady::time_point aged_at_ = house_.now();      // when the database was told last how much time has passed
  steady::time_point merged_at_ = house_.now();
  bool is_merging_ = false;      // some of the index; what is deleted meanwhile is left to the next time
  bool somebody_waits_ = true;   // for that, or the next: what he has deleted may be what a former life has left of it
  bool waits_for_next_ = false;  // likewise, while it was under way
  step_pace prunes_{{call_database::most_pruned, 1, call_database::most_pruned}};
  step_pace lists_{{4, 4, call_database::most_listed}};
  step_pace merges_{{8, 8, call_database::most_pages_merged}};
};

}  // namespace tonris::actors
