#include "actors/call/stream_tickets.hpp"

#include <utility>

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds replacement_limit{5};  // Twilio takes about one to stop what it replaces

}  // namespace

const model::ticket& stream_tickets::issue() {
  auto& ticket = call_.life->state.current_ticket;
  ticket = {call_.services->make_ticket(), call_.steady_now() + ticket_life, false};
  offer_failed = false;
  call_.self->send(call_.supervisor, ticket_issued{call_.record().call, ticket->id});
  call_.save();
  return ticket->id;
}

bool stream_tickets::one_waits() const {
  const auto& ticket = call_.life->state.current_ticket;
  return ticket && !ticket->used && call_.steady_now() < ticket->expires;
}

bool stream_tickets::used() {
  auto& ticket = call_.life->state.current_ticket;
  return ticket && !std::exchange(ticket->used, true) && std::exchange(call_.life->offered_beside, false);
}

bool stream_tickets::redirected_lately() const {
  return asked_by_voice_ && call_.steady_now() - *asked_by_voice_ < replacement_limit;
}

bool stream_tickets::stream_is_replaced() const {
  const auto& ticket = call_.life->state.current_ticket;
  return redirected_lately() && call_.life->offered_beside && ticket && !ticket->used;
}

}  // namespace tonris::actors
