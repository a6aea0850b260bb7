#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "actors/call/call_store.hpp"
#include "actors/runtime/message.hpp"
#include "actors/store/drift_database.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/vendor/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/tenant/business_types.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

struct list_bills {  // -> bills_listed; an error: another day is being read, or our own records cannot be
  using travels = in_process;
  std::chrono::sys_days day;  ///< of UTC
};
struct bills_listed {
  using travels = in_process;
  drift_database::bill twilio{}, elevenlabs{};
  bool is_to_come = false;    ///< a list could not be read now, or its turn has not come: it may later
  bool is_elsewhere = false;  ///< with is_to_come: another gateway reads them, or has to
};
struct give_up_bills {  // that day's lists are not asked for again
  using travels = in_process;
  std::chrono::sys_days day;
};
using bill_reader = caf::typed_actor<caf::replies_to<list_bills>::with<bills_listed>, caf::reacts_to<give_up_bills>>;

/// Reads what the vendors list of a day: Twilio's calls of the gateway's account and of each that tenants have of their
/// own, and ElevenLabs' conversations of the gateway's key and of theirs. What is billed and in none of our records is
/// told, under its tenant, where the number that was called or the agent is one's.
///
/// One question at a time, with a pause between any two, so that live calls hardly wait behind it; one that fails is
/// asked again a few times, while others have their turn. What an attempt has no time for the next one for that day
/// goes on with, and what was read whole is not read again, but held against our records once more (bill_lists.hpp).
/// That is kept for one day, until it is done, given up or another one is asked for; not from one life to the next.
/// Ordinary actor.
struct bill_reader_settings {
  static constexpr std::chrono::milliseconds pause{500};       ///< between two questions to a vendor
  static constexpr std::chrono::milliseconds store_pause{50};  ///< … to our own stores
  static constexpr std::chrono::seconds before_again{15};      ///< behind one that has failed
  static constexpr unsigned most_tries = 4;
  static constexpr std::size_t most_listed = 100'000;   ///< of an account or key; what is behind them is not read
  static constexpr std::size_t most_unknown = 100'000;  ///< of all, kept for a day; a list with more is cut
  static constexpr std::size_t most_numbers = 2'000;    ///< called ones that are looked up; others are nobody's
  static constexpr std::size_t page = 100;              ///< of our records
  static constexpr std::size_t tenants_a_page = 100;
  static constexpr std::chrono::minutes a_turn{2};        ///< of one list; then it is the others'
  static constexpr std::chrono::minutes longest{30};      ///< for the lists; those whose turn has not come are to come
  static constexpr std::chrono::minutes own_longest{15};  ///< before, for our own tenants and records
  static constexpr std::chrono::minutes owners_longest{5};  ///< behind, to look up whose the last list's calls are
  /// Calls of ours that began so much later than the day may be in its lists: clocks differ.
  static constexpr std::chrono::hours slack{1};

  call_store calls;
  tenant_store tenants;
  tenant_registry registry;
  twilio_rest twilio;
  vendor_api elevenlabs;
  twilio_account main;  ///< the gateway's
  std::function<std::shared_ptr<const model::business_types>()> by_business;
  model::agent_id default_agent;
  std::shared_ptr<const model::rate_card> rates;
  metrics* counters = nullptr;
};
[[nodiscard]] bill_reader read_bills(caf::actor_system& system, bill_reader_settings settings);

}  // namespace tonris::actors
