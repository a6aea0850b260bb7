#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "actors/call/agent_circuits.hpp"
#include "actors/call/conversation_index.hpp"
#include "actors/call/live_board.hpp"
#include "actors/call/transfer_counts.hpp"
#include "actors/call/trouble_sum.hpp"
#include "actors/leg/agent_leg.hpp"
#include "actors/leg/caller_leg.hpp"
#include "actors/leg/loop_services.hpp"
#include "actors/leg/messages.hpp"
#include "actors/store/journal.hpp"
#include "actors/store/notice_queue.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/vendor/messages.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// What a call needs of the house. Filled by the gateway; tests put fakes here. Outlives every call.
struct call_services {
  vendor_api vendor;
  std::function<caller_leg_actor(caller_leg::config)> spawn_caller_leg;
  std::function<agent_leg_actor(agent_leg::config)> spawn_agent_leg;
  /// Where a call's clock begins (model/call/clock.hpp); timers use the actor system's clock.
  std::function<model::call_record::time()> wall_clock;
  std::function<model::ticket()> make_ticket;                         ///< 128 random bits
  std::function<std::uint32_t()> random;                              ///< 32 random bits: the jitter of waits
  std::function<loop_services*()> quietest_loop = {};                 ///< where a call's legs will live; never null
  std::function<std::string(std::string_view)> seal;                  ///< what callers typed, for the checkpoint
  std::function<std::string(std::string_view)> unseal;                ///< "": it cannot be read
  std::shared_ptr<call_journal> journal;                              ///< what must outlive the call
  std::shared_ptr<live_board> live = std::make_shared<live_board>();  ///< for whoever lists or watches calls
  std::shared_ptr<const model::rate_card> rates =
      std::make_shared<const model::rate_card>(model::rate_card::standard());
  std::string node, build;  ///< of this gateway, for records
  metrics* counters = nullptr;
  std::shared_ptr<agent_circuits> circuits = std::make_shared<agent_circuits>();
  std::shared_ptr<conversation_index> conversations = std::make_shared<conversation_index>();
  std::shared_ptr<transfer_counts> transfers = std::make_shared<transfer_counts>();
  std::shared_ptr<trouble_sum> troubles = std::make_shared<trouble_sum>();
  std::shared_ptr<notice_queue> notices = std::make_shared<notice_queue>();  ///< what tenants are to be told
};

inline constexpr std::chrono::seconds ticket_life{60};
inline constexpr std::chrono::seconds setup_limit{20};  ///< from TwiML with a stream to that stream's start
/// How long the first webhook is kept waiting for the agent of a warm start; then the call goes on as any other.
inline constexpr std::chrono::milliseconds warm_start_limit{3000};
inline constexpr std::chrono::minutes default_call_length{30};
inline constexpr std::chrono::seconds length_warning{30};  ///< before a call's time is over the agent says goodbye
inline constexpr std::chrono::milliseconds most_for_signed_url{2000};
inline constexpr std::chrono::minutes signed_url_age_limit{10};  ///< the vendor takes it for 15

}  // namespace tonris::actors
