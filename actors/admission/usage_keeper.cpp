#include "actors/admission/usage_keeper.hpp"

#include <caf/error.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>
#include <utility>

#include "actors/admission/metrics.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

struct keeper_state {
  static inline const char* name = "tonris.usage_keeper";

  usage_keeper_settings settings;
  std::optional<usage_database> db;
  bool troubled = false;

  caf::result<usage_written> write(const usage_snapshot& what) {
    if (!db) {
      auto opened = settings.open();
      if (!opened) return failed(opened.error().line);
      db = std::move(*opened);
    }
    if (const auto done = db->write(what, settings.wall_clock()); !done) return failed(done.error().line);
    if (std::exchange(troubled, false)) log::info("What is used of the month is written again");
    return usage_written{};
  }

  caf::error failed(const std::string& why) {
    settings.counters->of<admission_metrics>().usage_unwritten();
    if (!std::exchange(troubled, true))
      log::error("What is used of the month cannot be written, it is tried again: {why}", {{"why", why}});
    return caf::make_error(caf::sec::runtime_error, "the usage store cannot be written");
  }
};

usage_keeper::behavior_type keep_usage(usage_keeper::stateful_pointer<keeper_state> self,
                                       usage_keeper_settings settings) {
  guard(self, *settings.counters);
  self->state.settings = std::move(settings);
  return {[self](const write_usage& wanted) { return self->state.write(wanted.what); }};
}

}  // namespace

usage_keeper spawn_usage_keeper(caf::actor_system& system, usage_keeper_settings settings) {
  return system.spawn<caf::detached>(keep_usage, std::move(settings));
}

}  // namespace tonris::actors
