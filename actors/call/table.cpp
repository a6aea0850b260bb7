#include "actors/call/table.hpp"

#include <algorithm>

namespace tonris::actors {

namespace {

template <class Map, class Key>
const model::call_sid* found_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

void call_table::reserve(std::size_t most) {
  calls_.reserve(most + remembered_calls);
  sid_of_.reserve(most);
  tickets_.reserve(most);
}

// --- who is here

live_entry* call_table::find_live(const model::call_sid& call) {
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : std::get_if<live_entry>(&found->second);
}

dormant_entry* call_table::find_dormant(const model::call_sid& call) {
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : std::get_if<dormant_entry>(&found->second);
}

ended_entry* call_table::find_ended(const model::call_sid& call) {
  const auto found = calls_.find(call);
  auto* const box = found == calls_.end() ? nullptr : std::get_if<ended_box>(&found->second);
  return box ? box->get() : nullptr;
}

const model::call_sid* call_table::call_of(const caf::actor_addr& actor) const {
  return found_in(sid_of_, actor);
}

const model::call_sid* call_table::call_of(const model::ticket& ticket) const {
  return found_in(tickets_, ticket);
}

// --- what becomes of a call

live_entry& call_table::put_live(call_actor call, std::shared_ptr<call_lifeline> life) {
  const auto sid = life->state.record.call;
  const auto ticket = life->state.current_ticket;
  const auto address = call.address();
  auto& placed = std::get<live_entry>(place(sid, live_entry{std::move(call), std::move(life)}));
  sid_of_.emplace(address, sid);
  if (ticket) give_ticket(placed, *ticket);
  return placed;
}

dormant_entry& call_table::put_dormant(std::shared_ptr<call_lifeline> life, time since, bool sent_on) {
  const auto sid = life->state.record.call;
  auto& placed = place(sid, dormant_entry{std::move(life), since, sent_on});
  dormant_.insert(sid);
  return std::get<dormant_entry>(placed);
}

std::optional<ended_entry> call_table::put_ended(ended_entry call) {
  const auto sid = call.state.record.call;
  if (auto* const known = find_ended(sid)) {
    if (known->offered) tickets_.erase(known->state.current_ticket->id);
    *known = std::move(call);
    return std::nullopt;
  }
  place(sid, std::make_unique<ended_entry>(std::move(call)));
  ended_order_.push_back(sid);
  if (ended_order_.size() <= remembered_calls) return std::nullopt;
  return take_ended(model::call_sid{ended_order_.front()});
}

std::optional<live_entry> call_table::take_live(const model::call_sid& call) {
  return take<live_entry>(call);
}

std::optional<dormant_entry> call_table::take_dormant(const model::call_sid& call) {
  return take<dormant_entry>(call);
}

std::optional<ended_entry> call_table::take_ended(const model::call_sid& call) {
  auto box = take<ended_box>(call);
  if (!box) return std::nullopt;
  return std::move(**box);
}

template <class Kind>
std::optional<Kind> call_table::take(const model::call_sid& call) {
  const auto found = calls_.find(call);
  if (found == calls_.end() || !std::holds_alternative<Kind>(found->second)) return std::nullopt;
  leave(found->first, found->second);
  std::optional<Kind> taken{std::move(std::get<Kind>(found->second))};
  calls_.erase(found);
  return taken;
}

call_table::entry& call_table::place(const model::call_sid& call, entry now) {
  const auto [at, fresh] = calls_.try_emplace(call, std::move(now));
  if (!fresh) {
    leave(call, at->second);
    at->second = std::move(now);  // NOLINT(bugprone-use-after-move): not taken where there was one
  }
  return at->second;
}

/// What else leads to it does so no more.
void call_table::leave(const model::call_sid& call, entry& was) {
  if (const auto* const live = std::get_if<live_entry>(&was)) {
    tickets_.erase(live->ticket.id);
    sid_of_.erase(live->call.address());
  } else if (const auto* const dormant = std::get_if<dormant_entry>(&was)) {
    if (const auto& ticket = dormant->life->state.current_ticket) tickets_.erase(ticket->id);
    dormant_.erase(call);
  } else {
    const auto& ended = *std::get<ended_box>(was);
    if (ended.offered) tickets_.erase(ended.state.current_ticket->id);
    const auto place =
        ended_order_.front() == call ? ended_order_.begin() : std::find(ended_order_.begin(), ended_order_.end(), call);
    ended_order_.erase(place);
  }
}

// --- tickets

void call_table::replace_ticket(const model::ticket* was, const model::ticket& now, const model::call_sid& call) {
  if (was) tickets_.erase(*was);
  tickets_.insert_or_assign(now, call);
}

void call_table::give_ticket(live_entry& call, model::call_checkpoint::ticket_state ticket) {
  replace_ticket(&call.ticket.id, ticket.id, call.life->state.record.call);
  call.ticket = std::move(ticket);
}

void call_table::give_ticket(dormant_entry& call, model::call_checkpoint::ticket_state ticket) {
  auto& state = call.life->state;
  replace_ticket(state.current_ticket ? &state.current_ticket->id : nullptr, ticket.id, state.record.call);
  state.current_ticket = std::move(ticket);
}

void call_table::give_ticket(ended_entry& call, model::call_checkpoint::ticket_state ticket) {
  replace_ticket(call.offered ? &call.state.current_ticket->id : nullptr, ticket.id, call.state.record.call);
  call.state.current_ticket = std::move(ticket);
  call.offered = true;
}

}  // namespace tonris::actors
