/// Redis admission's view of whose data it asks: a Redis that comes back empty says so by another generation only.
#include <string_view>
#include <unordered_map>
#include <utility>

#include "actors/admission/redis_admission.hpp"
#include "actors/telemetry/log.hpp"
#include "model/admission/tenant_limits.hpp"

namespace tonris::actors {

namespace {

constexpr std::string_view lapsed_generation = "lapsed";  // nobody's: counts_open.lua sees that it is another one

}  // namespace

/// Nobody comes in before Redis knows this node's calls: not those of a former life, nor whom it was not told of.
redis_admission::phase redis_admission::state() {
  const auto link = counts_->state();
  if (link == redis_counts::link::away || barred_) return phase::away;
  const bool is_open = link == redis_counts::link::ready && opened_ && knows_former_calls() && telling_ == 0;
  return is_open && shared().untold.empty() ? phase::open : phase::opening;
}

bool redis_admission::knows_former_calls() {
  return shared().former_calls_told || now() - born_ >= config_.counts.lease;
}

void redis_admission::maybe_open() {
  if (state() != phase::open) return;
  away_since_.reset();
  config_.trouble("");
  answer_waiting();
}

void redis_admission::link_changed() {
  if (const auto losses = counts_->upkeep_losses(); losses != std::exchange(losses_, losses)) {
    opened_ = false;
    be_away();
  }
  switch (counts_->state()) {
    case redis_counts::link::away:
      config_.trouble("limits are not counted among the nodes: Redis is away");
      return answer_waiting();
    case redis_counts::link::looks: return;
    case redis_counts::link::ready: break;
  }
  if (!opened_) return open();
  tell_untold();
  send_releases();
}

void redis_admission::be_away() {
  tell_all_ = true;
  if (!away_since_) away_since_ = now();
}

/// First of all on each connection, and where somebody says that it is another life of the data. After so long that the
/// leases of live calls may have lapsed it is as if they were lost: nobody else may come in before all nodes told
/// theirs.
void redis_admission::open() {
  // What calls of a former life have booked they tell themselves: told as this node's they would be booked twice.
  if (!knows_former_calls()) return;  // look_after asks again
  if (std::exchange(opening_, true)) return;
  const bool lapsed = away_since_ && now() - *away_since_ >= config_.counts.lease - lease_renewal_period;
  counts_->open(lapsed && !shared().generation.empty() ? std::string{lapsed_generation} : shared().generation,
                config_.fresh_generation(), [this](const auto& found) {
                  opening_ = false;
                  if (!found) return bar("Redis does not say whose data it has");
                  if (found->is_newer) return bar("a newer version has written what Redis has");
                  barred_ = false;
                  opened(found->now);
                });
}

void redis_admission::opened(const std::string& generation) {
  const bool is_open = std::exchange(opened_, true);
  const bool is_another = generation != shared().generation;
  if (!is_another && is_open && !tell_all_) return;
  if (is_another) restore_month(generation);
  tell_all_ = false;
  for (const auto& [call, held] : shared().leases)
    if (!held.lost) shared().untold.insert(call);
  reserve_dirty_ = true;
  tell_untold();
  send_releases();
  restore_next();
  reserve();
}

/// What live calls have used they tell themselves; all else of this node's month is told once.
void redis_admission::restore_month(const std::string& generation) {
  if (!shared().generation.empty())
    log::warn("REDIS_URL: the counts there are gone; this node's calls and what it knows of the month are told again");
  shared().generation = generation;
  shared().restores.clear();
  shared().restores_of = rules_.month();
  std::unordered_map<model::tenant_id, model::month_sums> live;
  for (const auto& [call, held] : shared().leases) {
    const auto booked = held.lost ? std::nullopt : table().booked(call);
    if (!booked) continue;
    auto& sums = live[held.told.tenant];
    sums.seconds += booked->seconds;
    sums.microdollars += booked->microdollars;
  }
  for (const auto& tenant : shared().booked) {
    const auto sums = table().month(tenant, shared().restores_of);
    const auto& alive = live[tenant];
    if (sums == model::month_sums{}) continue;
    shared().restores.emplace_back(
        tenant, model::month_sums{sums.seconds - alive.seconds, sums.microdollars - alive.microdollars, sums.calls});
  }
}

/// One after the other: nobody waits for them, a lost life's data is young for as long as they take.
void redis_admission::restore_next() {
  if (restoring_ || !opened_) return;
  auto& restores = shared().restores;
  if (restores.empty()) {
    auto& told_to = config_.rules.books->told_to;
    if (std::exchange(shared().told_to, shared().generation) == shared().generation) return;
    told_to = {config_.counts.node, shared().generation};
    return writer_.write_soon();
  }
  restoring_ = true;
  const auto [tenant, sums] = restores.back();
  counts_->restore(tenant, shared().restores_of, sums, [this, generation = shared().generation](bool was_done) {
    restoring_ = false;
    if (!was_done) return;  // look_after tries again
    if (generation == shared().generation && !shared().restores.empty()) shared().restores.pop_back();
    restore_next();
  });
}

void redis_admission::reserve() {
  if (!opened_ || !reserve_dirty_ || reserving_ || !shared().reserved) return;
  reserving_ = true;
  reserve_dirty_ = false;
  counts_->reserve(std::string{model::shared_vendor_key}, *shared().reserved, [this](bool was_done) {
    reserving_ = false;
    if (!was_done)
      reserve_dirty_ = true;  // look_after tries again
    else
      reserve();
  });
}

void redis_admission::bar(const std::string& why) {
  if (!std::exchange(barred_, true)) config_.trouble("limits are not counted among the nodes: " + why);
  be_away();
  answer_waiting();
}

/// What did not come off is tried again.
void redis_admission::look_after() {
  shared().forget_unheard(now());
  if (!flushes_.empty() && now() >= flush_until_)
    for (const auto& then : std::exchange(flushes_, {})) then();
  if (counts_->state() != redis_counts::link::ready) return;
  if (!opened_ || barred_) return open();
  tell_untold();
  send_releases();
  restore_next();
  reserve();
}

}  // namespace tonris::actors
