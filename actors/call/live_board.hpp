#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/leg/level_meter.hpp"
#include "model/call/record.hpp"
#include "model/call/timeline.hpp"
#include "model/finding/call_query.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// What this node's calls are doing: each call that goes on, in short, and what has happened to all of them lately, in
/// order. Calls and their supervisor tell it; whoever lists calls, or watches them, reads. Bounded: of what happened
/// the newest `most_events`; a watcher who is further behind has lost some, and is told so. Any thread; each call takes
/// a lock for as long as a few copies take.
class live_board {
 public:
  static constexpr std::size_t most_events = 8'192;

  /// `before_first`: greater than any id of a former life's, so that who goes on from one is told that some are lost.
  explicit live_board(std::uint64_t before_first = 0);

  struct happening {
    std::uint64_t id = 0;  ///< counts up, over all calls
    model::call_sid call;
    model::tenant_id tenant;
    model::call_record::time at;
    std::string what;    ///< a timeline's word (model/call/timeline.hpp), or "state"
    std::string detail;  ///< no secret, no whole phone number
  };

  // --- told

  /// It has begun, or has changed: where its state is another one, that is something that happened. `levels`: how loud
  /// it is, from now on.
  void put(const model::call_record& now, model::call_record::time at, std::shared_ptr<level_meter> levels = nullptr);
  void happened(const model::tenant_id& tenant, const model::timeline_event& what);
  void remove(const model::call_sid& call);
  /// They are deleted: nothing that happened to them is told any more. A watcher has lost nothing by that.
  void forget(const std::vector<model::call_sid>& calls);

  // --- read

  /// Those that fit, the newest first, as many as are asked for: records without what was said and done.
  [[nodiscard]] std::vector<model::call_record> list(const model::call_query& query) const;
  [[nodiscard]] bool has(const model::call_sid& call) const;
  [[nodiscard]] std::shared_ptr<level_meter> levels_of(const model::call_sid& call) const;  ///< null: none is known
  [[nodiscard]] std::size_t size() const;

  struct news {
    std::vector<happening> all;  ///< behind the one asked for
    std::uint64_t newest = 0;    ///< id of the last that there is
    bool lost = false;           ///< some behind that one are forgotten
  };
  [[nodiscard]] news since(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t newest() const;
  [[nodiscard]] std::uint64_t oldest() const;  ///< of what is not forgotten; where there is nothing, what comes next

  /// Called when something happens, by whichever thread, under no lock; must not block. One watcher alone: null, none.
  void wake_with(std::function<void()> wake);

 private:
  void add(const model::call_sid& call, const model::tenant_id& tenant, model::call_record::time at, std::string what,
           std::string detail);
  void wake() const;

  mutable std::mutex lock_;
  struct one {
    model::call_record record;  ///< in short
    std::shared_ptr<level_meter> levels;
  };
  std::unordered_map<model::call_sid, one> calls_;
  std::deque<happening> events_;
  std::uint64_t last_;
  std::uint64_t dropped_;  ///< the last that made room for a newer one; before it nothing is known
  std::shared_ptr<const std::function<void()>> wake_;
};

/// A record without its lists: what was said, the streams, conversations, tool calls, notes and reports.
[[nodiscard]] model::call_record in_short(const model::call_record& record);

}  // namespace tonris::actors
