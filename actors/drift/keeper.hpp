#pragma once

#include <caf/actor_system.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include <tl/expected.hpp>

#include "actors/call/call_store.hpp"
#include "actors/drift/bills.hpp"
#include "actors/drift/messages.hpp"
#include "actors/drift/sharing.hpp"
#include "actors/store/drift_database.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// Holds each day's calls against their bills, once, when the vendors have said what they ever will: a day behind its
/// end, as long as prices are asked for; once more where something of its calls comes later, and then no tenant's rows
/// know less than before. What comes of it is kept for longer than the records are. A day that this node missed is made
/// up for while its records are there. A clock that is wrong costs nothing that was kept: days that are not over by it
/// stand, and are made once more when they are, and of a jump beyond what is made up for days without calls are left
/// out. Nodes that share records come to the same rows, and each keeps them for itself; what one of them has read of
/// the vendors' lists is every one's, so that all answer the same. A detached actor, which alone waits for that disk;
/// the records it reads page after page, with a pause between any two.
///
/// While it waits for the vendors' lists of a day (`listing_takes` at most) it answers, and keeps no other day. Where
/// some lists are to come the day is left for the next look, for `lists_take` at most; what is to be made anew does not
/// wait for it, what was never kept does: it comes later anyway.
struct drift_keeper_settings {
  static constexpr std::chrono::milliseconds pause{100};  ///< between two pages
  static constexpr std::size_t page = 500;
  static constexpr std::chrono::days made_up_for{14};
  static constexpr std::chrono::hours bills_take{25};  ///< a day, and what is under way then

  /// What the reader of the lists takes at most, and a little more. No look begins meanwhile.
  static constexpr std::chrono::minutes listing_takes{55};
  static_assert(listing_takes > bill_reader_settings::own_longest + bill_reader_settings::longest +
                                    bill_reader_settings::owners_longest);
  /// A day waits so long for lists of the vendors' that cannot be read now, and is then kept without them.
  static constexpr std::chrono::hours lists_take{24};
  /// A day that is made up for later has none: some of its records may be gone by then.
  static constexpr std::chrono::days listed_for{2};

  std::chrono::seconds round{3600};  ///< from one look to the next, and to the first: others' records are here then
  std::function<tl::expected<drift_database, unusable_database>()> open;
  bill_reader bills;     ///< null: nobody reads the vendors' lists
  bill_sharing sharing;  ///< null: no other gateway has to answer the same
  call_store calls;
  std::shared_ptr<const model::rate_card> rates;
  std::function<std::chrono::system_clock::time_point()> wall_clock;
  metrics* counters = nullptr;
};
[[nodiscard]] drift_keeper keep_drift(caf::actor_system& system, drift_keeper_settings settings);

}  // namespace tonris::actors
