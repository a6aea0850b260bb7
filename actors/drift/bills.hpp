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
  bool is_to_come = false;  ///< a list could not be read now, and may be later
};
using bill_reader = caf::typed_actor<caf::replies_to<list_bills>::with<bills_listed>>;

/// Reads what the vendors list of a day: Twilio's calls of the gateway's account and of each that tenants have of their
/// own, and ElevenLabs' conversations of the gateway's key and of theirs. What is billed and in none of our records is
/// told, under its tenant, where the number that was called or the agent is one's.
///
/// One question at a time, with a pause between any two, so that live calls hardly wait behind it; one that fails is
/// asked again a few times. Ordinary actor.
struct bill_reader_settings {
  static constexpr std::chrono::milliseconds pause{500};       ///< between two questions to a vendor
  static constexpr std::chrono::milliseconds store_pause{50};  ///< … to our own stores
  static constexpr std::chrono::seconds before_again{15};      ///< behind one that has failed
  static constexpr unsigned most_tries = 4;
  static constexpr std::size_t most_listed = 100'000;  ///< of an account or key; what is behind them is not read
  static constexpr std::size_t most_numbers = 2'000;   ///< called ones that are looked up; others are nobody's
  static constexpr std::size_t page = 100;             ///< of our records
  static constexpr std::size_t tenants_a_page = 100;
  static constexpr std::chrono::minutes longest{30};  ///< for a day; lists whose turn has not come are to come
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
