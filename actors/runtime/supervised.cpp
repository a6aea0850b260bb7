#include "actors/runtime/supervised.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

void supervised_state::set_up(config settings) {
  with = std::move(settings);
  guard(self, *with.counters);
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  part = with.spawn(caf::actor_cast<caf::actor>(self));
  self->monitor(part);
}

supervised_state::~supervised_state() {
  if (part) caf::anon_send_exit(part, caf::exit_reason::user_shutdown);
}

void supervised_state::on_down(const caf::down_msg& down) {
  if (!part || down.source != part.address()) return;
  with.counters->node_part_restarted(with.part);
  const auto verdict = budget_.take(self->clock().now());
  if (!verdict.granted) {
    if (healthy_) log::error({"The ", with.part, " crashes again and again; this node is not ready until it stays up"});
    be_healthy(false);
  }
  if (verdict.granted && verdict.attempt == 0) return bring_up();
  const auto wait =
      verdict.granted ? model::supervision::backoff(verdict.attempt, with.random()) : model::supervision::most_backoff;
  self->delayed_send(self, caf::timespan{wait}, spawn_again{});
}

void supervised_state::bring_up() {
  try {
    part = with.spawn(caf::actor_cast<caf::actor>(self));
  } catch (const std::exception& why) {  // no memory, no thread
    log::error({"The ", with.part, " crashed and cannot be restarted yet: ", why.what()});
    be_healthy(false);
    return self->delayed_send(self, caf::timespan{model::supervision::most_backoff}, spawn_again{});
  }
  log::error({"The ", with.part, " crashed and is restarted"});
  self->monitor(part);
  be_healthy(true);
}

void supervised_state::be_healthy(bool now) {
  if (std::exchange(healthy_, now) != now) with.healthy(now);
}

}  // namespace tonris::actors
