#include "actors/call/dial_keeper.hpp"

#include <algorithm>
#include <caf/error.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "actors/call/outbound_metrics.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/keeping_trouble.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

struct try_again {  // to itself
  using travels = in_process;
};
using keeper_door = dial_keeper::extend<caf::reacts_to<try_again>>;

struct keeper_state {
  static inline const char* name = "tonris.dial_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(dial_keeper_settings given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    return {
        [this](load_dials) -> caf::result<dials_kept> {
          if (is_open()) return dials_kept{};
          wait();
          return unwritable();
        },
        [this](const keep_dials& m) -> caf::result<dials_kept> {
          // Those that have no room wait for the disk; where it is away, they are not kept.
          const bool has_room = unwritten.size() + m.which.size() <= dial_keeper_settings::most_unwritten || write();
          if (has_room) unwritten.insert(m.which.begin(), m.which.end());
          if (has_room && write()) return dials_kept{};
          settings.counters->of<outbound_metrics>().keeping_failed();
          wait();
          return unwritable();
        },
        [this](try_again) {
          waits = false;
          if (!write()) wait();
        },
    };
  }

  static caf::error unwritable() { return caf::make_error(caf::sec::runtime_error, "placed calls cannot be kept"); }

  void wait() {
    if (std::exchange(waits, true)) return;
    self->delayed_send(self, caf::timespan{keeping_trouble::retry_wait}, try_again{});
  }

  bool is_open() {
    if (db) return true;
    if (!trouble.may_open(self->clock().now())) return false;
    auto opened = settings.open();
    if (!opened) return trouble.by(opened.error().line);
    const auto former = opened->load(settings.wall_clock());
    if (!former) return trouble.by(former.error().line);
    db = std::move(*opened);
    trouble.ended();
    know(*former);
    return true;
  }

  /// What this process' clock said then; a wall clock that was set back makes nothing younger than now.
  [[nodiscard]] model::dials::time then(dial_database::time at) const {
    const auto ago = std::max(settings.wall_clock() - at, dial_database::time::duration::zero());
    return self->clock().now() - ago;
  }
  [[nodiscard]] dial_database::time by_wall_clock(model::dials::time at) const {
    return settings.wall_clock() + std::chrono::duration_cast<dial_database::time::duration>(at - self->clock().now());
  }

  void know(const dial_database::kept& former) {
    if (former.unreadable > 0)
      log::error("{calls} calls that the node's former life has placed cannot be read", {{"calls", former.unreadable}});
    auto dials = former.dials;
    for (auto& one : dials) one.began = then(one.began_at);
    std::vector<model::dial_attempts> tried;
    for (const auto& one : former.tried) {
      auto& attempts = tried.emplace_back(model::dial_attempts{one.tenant, {}, one.day, {}});
      for (const auto at : one.minute) attempts.minute.push_back(then(at));
      const auto left =
          std::min<dial_database::time::duration>(one.day_until - settings.wall_clock(), model::dials::kept_for);
      attempts.day_until = self->clock().now() + left;
    }
    settings.dials->restore(dials, tried, self->clock().now());
    for (const auto& one : former.dials)
      if (is_another(one)) unwritten.insert(one.shown_by);
  }

  /// Than the one on the disk.
  [[nodiscard]] bool is_another(const model::dial& written) const {
    auto one = settings.dials->find(written.shown_by);
    if (one) one->began = written.began;
    return one != written;
  }

  bool write() {
    if (!is_open()) return false;
    if (unwritten.empty()) return true;
    if (const auto done = db->write(changes(), settings.wall_clock()); !done) return trouble.by(done.error().line);
    unwritten.clear();
    trouble.ended();
    return true;
  }

  [[nodiscard]] dial_database::changes changes() const {
    dial_database::changes now;
    std::set<model::tenant_id> tenants;
    for (const auto& ticket : unwritten) {
      if (auto one = settings.dials->find(ticket)) {
        tenants.insert(one->asked.tenant);
        now.dials.push_back(*std::move(one));
      } else {
        now.gone.push_back(ticket);
      }
    }
    for (const auto& tenant : tenants) {
      const auto tried = settings.dials->attempts_of(tenant);
      if (!tried) continue;
      auto& attempts =
          now.tried.emplace_back(dial_database::attempts{tenant, {}, tried->day, by_wall_clock(tried->day_until)});
      for (const auto at : tried->minute) attempts.minute.push_back(by_wall_clock(at));
    }
    return now;
  }

  keeper_door::pointer self;
  dial_keeper_settings settings;
  std::optional<dial_database> db;
  keeping_trouble trouble{"Calls that the gateway places"};
  std::set<model::ticket> unwritten;
  bool waits = false;
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self, dial_keeper_settings settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

dial_keeper keep_dials_on_disk(caf::actor_system& system, dial_keeper_settings settings) {
  return system.spawn<caf::detached>(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
