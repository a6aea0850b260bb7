#pragma once

#include <caf/actor_system.hpp>
#include <functional>
#include <memory>

#include <tl/expected.hpp>

#include "actors/notice/messages.hpp"
#include "actors/store/notice_queue.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Writes down what tenants are to be told, and has it delivered: those of one call in their order, one at a time to
/// each webhook, again and again for a day (model/webhook/schedule.hpp), then it is a dead letter. Where an event goes
/// and what signs it is looked up for each attempt: a tenant who mends his address is heard at the next. A detached
/// actor, which alone waits for that disk; kill -9 between loses nothing that was written, and what was under way is
/// sent again with the same id.
struct notice_keeper_settings {
  std::function<tl::expected<notice_database, unusable_database>()> open;  ///< asked each second until it opens
  std::function<notice_database::time()> wall_clock;
  std::function<std::uint32_t()> random;  ///< 32 random bits
  std::shared_ptr<notice_queue> queue;
  tenant_registry registry;
  notice_sending sender;
  metrics* counters = nullptr;
};

[[nodiscard]] notice_keeper keep_notices(caf::actor_system& system, notice_keeper_settings settings);

}  // namespace tonris::actors
