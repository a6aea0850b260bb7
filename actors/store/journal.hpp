#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/call/later_fact.hpp"
#include "model/call/record.hpp"
#include "model/call/timeline.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// One piece of work for the store: what has gathered since the last.
struct journal_batch {
  struct checkpoint {
    model::call_sid call;
    std::string json;  ///< "": forget it, the call has ended
  };
  struct record {
    model::call_sid call;
    std::string tenant;
    model::call_record::time started;
    std::string json;
  };
  struct fact {
    model::call_sid call;
    model::later_fact what;
  };
  std::vector<checkpoint> checkpoints;
  std::vector<record> records;
  std::vector<fact> facts;  ///< for records that are written already, or in this batch
  std::vector<model::timeline_event> events;
  [[nodiscard]] bool empty() const noexcept {
    return checkpoints.empty() && records.empty() && facts.empty() && events.empty();
  }
};

/// What is not on the disk yet.
struct journal_depth {
  std::size_t waiting = 0;  ///< entries of all kinds, those that are being written among them
  std::optional<std::chrono::steady_clock::time_point> since{};  ///< when the oldest of them came; nothing: none waits
};

/// Where calls write down what must outlive them, and never wait for it: checkpoints (of one call only the newest is
/// kept until it is written), final records, facts about calls whose record is out of reach, events. Bounded: beyond
/// `max_events` waiting events new ones are dropped, and beyond `max_events_of_a_call` those of that call, so that one
/// talkative agent takes no other call's room; beyond `max_records` the oldest record or fact is, beyond
/// `max_checkpoints` those of further calls are, all counted. Any thread.
class call_journal {
 public:
  static constexpr std::size_t max_events = 65'536, max_events_of_a_call = 1'000, max_records = 10'000;
  static constexpr std::size_t max_checkpoints = 200'000;  ///< twice the most calls a node can be set to take

  using clock = std::chrono::steady_clock;
  /// `wake` is called when something waits and nothing did before; any thread, must not block. `now` is asked then,
  /// and for no further entry.
  explicit call_journal(std::function<void()> wake, std::function<clock::time_point()> now = clock::now);

  void checkpoint(const model::call_sid& call, std::string json);
  void forget(const model::call_sid& call);
  void record(journal_batch::record final_record);
  void fact(journal_batch::fact later);
  void event(model::timeline_event what);

  /// The writer: all that waits; the next entry wakes it again. It says whether that is written, or puts it back.
  [[nodiscard]] journal_batch take();
  void written();
  /// The writer: what it took and could not write waits again, before what came meanwhile, within the same bounds. Does
  /// not wake: the writer knows when to try again.
  void put_back(journal_batch failed);
  [[nodiscard]] std::uint64_t dropped() const noexcept;
  [[nodiscard]] journal_depth depth() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace tonris::actors
