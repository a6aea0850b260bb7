#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actors/admission/messages.hpp"
#include "model/admission/table.hpp"
#include "model/admission/timed_map.hpp"

namespace tonris::actors {

/// What a node knows of the counts that it shares, beside the actor that asks for them, so that it outlives a crash of
/// it. Its own calls are counted in admission_books besides. Used by one actor at a time.
struct redis_books {
  using time = model::admission_table::time;

  static constexpr std::size_t max_releases = 20'000, max_others = 20'000;

  struct held_lease {
    live_lease told;
    time as_of;
    std::uint64_t epoch = 0;  ///< 0: not heard
    bool lost = false;        ///< it is another node's, or over: it is not told again
  };
  /// Of a tenant's calls on other nodes, when they were heard of last.
  struct elsewhere {
    std::uint64_t calls = 0;
    model::month_sums month;
    model::usage_month of;
  };

  std::string generation;          ///< of the data that is there; "": none is known
  std::string told_to;             ///< the one that knows all of this node's sums
  bool former_calls_told = false;  ///< no call of a former life is left that nobody has told

  std::unordered_map<model::call_sid, held_lease> leases;
  std::unordered_set<model::call_sid> untold;  ///< of those: Redis may not know them
  model::timed_set heard_until;                ///< of those: nobody holds them any longer than that

  std::unordered_map<model::call_sid, model::lease_release> releases;  ///< not known to be done
  std::deque<model::call_sid> unsent;                                  ///< of those

  std::unordered_set<model::tenant_id> booked;  ///< tenants of which this node may have booked something
  std::unordered_map<model::tenant_id, elsewhere> others;
  std::vector<std::pair<model::tenant_id, model::month_sums>> restores;  ///< of what was lost, still to be told
  model::usage_month restores_of;
  std::optional<std::vector<std::pair<model::tenant_id, std::uint32_t>>> reserved;  ///< nothing: nobody has said yet

  /// It is held, for so long without another word.
  held_lease& hear(live_lease lease, time now, std::chrono::milliseconds until);
  /// Nothing where it was not held.
  std::optional<held_lease> let_go(const model::call_sid& call);
  void forget_unheard(time now);
  /// Of those held: as they are now.
  [[nodiscard]] live_lease now_is(const held_lease& held, time now) const;
  [[nodiscard]] std::vector<model::call_sid> all_untold() const;

  /// False: too many wait, it is left to lapse.
  [[nodiscard]] bool release_later(const model::lease_release& what);
  void send_all_again();  ///< after a crash nobody knows which were under way

  [[nodiscard]] elsewhere elsewhere_of(const model::tenant_id& tenant, model::usage_month month) const;
  elsewhere& note_elsewhere(const model::tenant_id& tenant);
};

}  // namespace tonris::actors
