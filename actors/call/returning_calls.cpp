/// The call supervisor's calls without an actor, whose callers may come back: of a former life of the node, handed
/// over, or ended with their caller's stream.
#include <algorithm>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/spent_metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/runtime/ask.hpp"

namespace tonris::actors {

using model::call_state;
using model::end_reason;

namespace {

constexpr std::chrono::milliseconds registry_limit{600};  // twice, within what the webhook waits
constexpr std::chrono::milliseconds registry_pause{100};  // a registry that crashed is back by then
constexpr std::chrono::seconds dormant_hop{5};

}  // namespace

// --- of a former life

void call_supervisor_state::restore(const restore_calls& former) {
  table().finished = former.finished;
  table().reserve(config_.max_calls + former.calls.size());
  for (const auto& state : former.calls)
    if (!table().knows(state.record.call)) restore(state);  // it is known, where the store was late
  tell_all_leases();
}

void call_supervisor_state::restore(const model::call_checkpoint& state) {
  if (state.record.state == call_state::ended) return restore_ended(state);
  const auto wall = services().wall_clock();
  auto life = std::make_shared<call_lifeline>();
  life->state = state;
  life->clock = model::call_clock::resumed(state.saved.value_or(wall), wall, now());
  life->counters->restore(state.record.media);
  services().live->put(state.record, life->clock.at(now()));
  auto& call = table().put_dormant(std::move(life), now(), false);
  if (const auto ticket = state.current_ticket; ticket && !ticket->used)  // how much of it is left nobody knows
    table().give_ticket(call, {ticket->id, now() + ticket_life, false});
}

/// How long ago it ended nobody knows for sure, the wall clock may be wrong: it counts from now.
void call_supervisor_state::restore_ended(const model::call_checkpoint& state) {
  const auto wall = services().wall_clock();
  ended_entry call{state};
  call.tenant_unknown = true;
  call.since = now();
  call.clock = {std::max(wall, state.record.ended.value_or(wall)), now()};
  keep(std::move(call));
}

// --- nobody comes

void call_supervisor_state::check_dormant() {
  self->delayed_send(self, caf::timespan{dormant_hop}, dormant_check{});
  if (table().stopping) return;  // another node's, or our next life's
  std::vector<model::call_sid> lost;
  table().each_dormant([&](const model::call_sid& sid, const dormant_entry& call) {
    if (now() - call.since >= dormant_limit) lost.push_back(sid);
  });
  for (const auto& sid : lost) close_dormant(sid, end_reason::node_lost, "nobody asked for the call any more");
}

void call_supervisor_state::close_dormant(const model::call_sid& call, end_reason reason, std::string_view detail) {
  const auto found = table().take_dormant(call);
  if (!found) return;
  auto& life = *found->life;
  auto& record = life.state.record;
  const auto away = std::chrono::duration_cast<std::chrono::milliseconds>(now() - found->since);
  if (record.answered) record.troubled = model::trouble_of(reason, {end_reason::node_lost, false, away});
  end_record(life, services(), life.clock.at(now()), reason, detail);
  give_back(life);
  auto ended = ended_of(life);
  ended.tenant_unknown = ended.tenant == nullptr;
  ended.over = reason == end_reason::caller_hung_up;  // Twilio said so
  tell_end(ended);
  remember(std::move(ended));
}

// --- whose it is

bool is_tenant_of(const tenant_ptr& tenant, const model::call_record& call) {
  return tenant && (call.tenant.empty() || tenant->id == call.tenant);
}

void call_supervisor_state::find_tenant_of(const model::call_record& call, const registry_answered& then) {
  constexpr unsigned further_tries = 1;
  if (call.tenant.empty()) return then({});
  ask_registry(call.tenant, then, further_tries);
}

void call_supervisor_state::ask_registry(const model::tenant_id& tenant, const registry_answered& then,
                                         unsigned further_tries) {
  ask(self, config_.registry, registry_limit, find_tenant_by_id{tenant})
      .then(
          [then](const found_tenant& found) {
            then({false, found.tenant});
          },
          [=, this](const caf::error&) {
            if (further_tries == 0) return then({true, nullptr});
            self->delayed_send(self, registry_pause,
                               do_later{[=, this] { ask_registry(tenant, then, further_tries - 1); }});
          });
}

// --- its caller is back

void call_supervisor_state::wake(const model::call_sid& call, const tenant_ptr& tenant, registry_answered then) {
  const auto go_on_with = [this, call, then = std::move(then)](const found_in_registry& found) {
    if (const auto* const live = table().find_live(call)) return then({false, live->life->tenant});
    if (!found.tenant) return then(found);
    auto waiting = table().take_dormant(call);
    if (!waiting) return then({});
    auto life = std::move(waiting->life);
    life->tenant = found.tenant;
    call_log::info(life->state.record, "back: it goes on from its checkpoint");
    services().counters->of<call_metrics>().call_resumed(call_metrics::resumption::store);
    start(std::move(life), live_call::beginning::from_store);
    then(found);
  };
  const auto& record = table().find_dormant(call)->life->state.record;
  if (is_tenant_of(tenant, record)) return go_on_with({false, tenant});
  find_tenant_of(record, go_on_with);
}

void call_supervisor_state::bring_back(const model::call_sid& call, std::function<void()> then) {
  const auto* const known = table().find_ended(call);
  if (!known || now() >= known->state.current_ticket->expires) return then();
  find_tenant_of(known->state.record, [this, call, then = std::move(then)](const found_in_registry& found) {
    auto ended = found.tenant ? table().take_ended(call) : std::nullopt;
    if (ended) go_on(std::move(*ended), found.tenant);
    then();
  });
}

void call_supervisor_state::go_on(ended_entry call, tenant_ptr tenant) {
  auto life = std::make_shared<call_lifeline>();
  life->tenant = std::move(tenant);
  life->state = std::move(call.state);
  life->answered = std::move(call.answered);
  life->stream_errors_told = std::move(call.stream_errors_told);
  life->clock = call.clock;
  const auto at = life->clock.at(now());
  life->away = call.away + (at - life->state.record.ended.value_or(at));
  life->state.agent_said_goodbye = false;  // to the caller who hung up then
  auto& record = life->state.record;
  life->counted = record.media;
  life->counters->restore(record.media);
  const bool was_transfer = record.reason && model::is_transfer(*record.reason);
  if (record.reason) services().counters->of<spent_metrics>().end_taken_back(*record.reason);
  record.state = call_state::stranded;
  record.reason.reset();
  record.troubled.reset();
  record.end_detail.clear();
  if (was_transfer) life->state.fallback = model::fallback_step::not_begun;
  record.ended.reset();
  ++life->state.new_streams;
  ++life->state.returns;
  life->state.returned = at;
  call_log::info(record, "goes on: its caller is back on the line");
  services().counters->of<call_metrics>().call_resumed(was_transfer ? call_metrics::resumption::transfer
                                                                    : call_metrics::resumption::hang_up);
  start(std::move(life), live_call::beginning::caller_back);
}

}  // namespace tonris::actors
