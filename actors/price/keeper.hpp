#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "actors/call/call_store.hpp"
#include "actors/call/live_board.hpp"
#include "actors/call/messages.hpp"
#include "actors/callback/messages.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/vendor/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/money/price_polls.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// Asks Twilio what each call has cost, and what it bills beside it, until it says so (actors/price/bill.hpp): a price
/// comes minutes after a call's end, some never (model/money/price_polls.hpp). How the call ended and how long it was
/// comes with it. ElevenLabs tells by
/// itself, after each conversation; of one that it has not told of for long it is asked as often as Twilio, and its
/// answer kept as if it had been told.
///
/// Learns of calls that ended, were refused, or had more to pay for after that, from the board, and at its start, and
/// whenever the board has forgotten some, from the store's records of the last day. Ordinary actor.
struct price_keeper_settings {
  static constexpr std::chrono::seconds look{5};                 ///< at the board
  static constexpr std::chrono::milliseconds pause{100};         ///< while nothing is due
  static constexpr std::chrono::milliseconds between_calls{25};  ///< else: at most forty questions a second
  static constexpr std::size_t at_once = 4;                      ///< Twilio minds more than that of one account
  static constexpr std::size_t most = 100'000;                   ///< calls that wait; of more the prices stay estimates
  static constexpr std::size_t page = 200;                       ///< records of the store at once
  static constexpr int untold = 5;  ///< times `first` behind a call's end, and its conversations are asked about

  std::chrono::seconds first = model::first_price_poll;  ///< behind a call's end

  std::shared_ptr<live_board> board;
  call_store store;
  call_supervisor supervisor;
  std::shared_ptr<call_journal> journal;
  tenant_registry registry;
  twilio_rest twilio;
  vendor_api elevenlabs;
  callback_keeper callbacks;
  twilio_account main;  ///< the gateway's; tenants may have their own
  std::shared_ptr<const model::rate_card> rates;
  std::function<model::call_record::time()> wall_clock;
  std::function<std::uint32_t()> random;
  metrics* counters = nullptr;
};
struct look_for_ended_calls {  ///< now, not at the next look
  using travels = in_process;
};
using price_keeper = caf::typed_actor<caf::reacts_to<look_for_ended_calls>>;
[[nodiscard]] price_keeper keep_prices(caf::actor_system& system, price_keeper_settings settings);

}  // namespace tonris::actors
