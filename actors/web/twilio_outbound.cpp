/// The Twilio webhooks' part for calls that the business has placed: by the gateway, which then knows the ticket in the
/// address, or by somebody else.
#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/callee_answer.hpp"
#include "actors/call/outbound_metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/told_once.hpp"
#include "actors/web/twilio_answers.hpp"
#include "actors/web/twilio_webhooks.hpp"
#include "model/call/refusal.hpp"
#include "model/outbound/search.hpp"
#include "model/text/ascii.hpp"
#include "model/twilio/placed_call.hpp"
#include "model/twilio/twiml.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using model::end_reason;

namespace {

constexpr std::chrono::milliseconds registry_limit{1000}, supervisor_limit{1500}, store_limit{1000}, sharing_limit{600};

/// "SIP 486": what the far end said.
std::string carrier_said(const model::form& fields) {
  const auto code = model::field(fields, "SipResponseCode");
  const bool is_code = code.size() == 3 && std::all_of(code.begin(), code.end(), model::is_digit);
  return is_code ? "SIP " + std::string{code} : std::string{};
}

}  // namespace

/// A call of ours that a node which stopped has sent on; or somebody else's program has placed it, or nobody knows it
/// any more. `To` is a customer of the tenant's, who is told nothing then.
void twilio_webhooks::outbound(const start_call& wanted, const token_holders& signer, const responder& to) {
  if (const auto dial = config_.dials->find(wanted.request.call)) return outbound_of(wanted, *dial, signer, to);
  outbound_of_nobody(wanted, signer, to);
}

void twilio_webhooks::outbound_of_nobody(const start_call& wanted, const token_holders& signer, const responder& to) {
  const auto hang_up = [this, wanted, signer, to](const found_tenant& found) {
    refuse(wanted, end_reason::outbound_not_served, {as_seen_by(signer, found).tenant}, to);
  };
  ask(this, config_.registry, registry_limit, find_tenant{wanted.request.from})
      .then(hang_up, [hang_up](const caf::error&) { hang_up({}); });
}

/// What it says of itself is not of a call that we have placed: `To` may be anybody's.
void twilio_webhooks::no_outbound_form(const model::form& fields, const responder& to) {
  auto says = model::claims_in(fields);
  says.direction = "outbound-api";
  config_.refused->note(web_metrics::endpoint::outbound, web_metrics::refusal::bad_form, to.from, says);
}

void twilio_webhooks::outbound_unknown(const start_call& wanted, const token_holders& signer, const responder& to) {
  config_.refused->note(web_metrics::endpoint::outbound, web_metrics::refusal::unknown_ticket, to.from,
                        model::claims_of(wanted.request));
  outbound_of_nobody(wanted, signer, to);
}

/// Somebody has answered. This node's own copy serves him whether Redis is there or not; another's is asked for.
void twilio_webhooks::outbound_voice(const signed_request& asked) {
  const responder to = responder_of(asked);
  const auto request = twilio::parse_voice_request(asked.fields);
  if (!request || !twilio::is_outbound(request->direction)) {
    no_outbound_form(asked.fields, to);
    return to->respond(twiml_response(model::twiml::hang_up()));
  }
  start_call wanted;
  wanted.request = *request;
  wanted.token = asked.token;
  wanted.redirects = redirects_in(asked.query);
  const auto dial = config_.dials->redeem(asked.ticket, request->call, clock().now());
  if (dial) return outbound_of(wanted, *dial, asked.signer, to);
  if (!config_.shared_dials) return outbound_unknown(wanted, asked.signer, to);
  tell_dial shown{asked.ticket, request->call};
  shown.takes = true;
  ask(this, config_.shared_dials, sharing_limit, shown)
      .then(
          [this, wanted, signer = asked.signer, to](const dial_told& said) {
            const auto taken =
                said.dial ? config_.dials->take_over(*said.dial, wanted.request.call, clock().now()) : std::nullopt;
            taken ? outbound_of(wanted, *taken, signer, to) : outbound_unknown(wanted, signer, to);
          },
          [to](const caf::error&) { to->respond(not_now()); });
}

void twilio_webhooks::outbound_of(const start_call& wanted, const model::dial& dial, const token_holders& signer,
                                  const responder& to) {
  ask(this, config_.registry, registry_limit, find_tenant_by_id{dial.asked.tenant})
      .then([this, wanted, dial, to,
             signer](const found_tenant& found) { outbound_route(wanted, dial, as_seen_by(signer, found), to); },
            [this, wanted, to](const caf::error&) { refuse(wanted, end_reason::registry_down, {}, to); });
}

void twilio_webhooks::outbound_route(start_call wanted, const model::dial& dial, const found_tenant& found,
                                     const responder& to) {
  if (!found.tenant) return refuse(wanted, end_reason::outbound_not_served, {}, to);
  wanted.heard = dial.heard;
  wanted.listens_for_machine = listens_for_machine(dial);
  if (const auto ended = model::ended_before(dial)) return refuse(wanted, *ended, found, to);
  log::write(log::level::info, "Outbound call {call} to {to} of {tenant} is answered",
             call_log::whose(wanted.request, found.tenant));
  wanted.tenant = found.tenant;
  wanted.variables = dial.asked.variables;
  wanted.route = route_of(found, wanted.request, [&](const model::tenant& t, const model::route_facts& facts) {
    return decide_outbound_route(t, facts, dial.asked.agent);
  });
  wanted.agent = wanted.route.agent;
  if (const auto refused = refusal_of(wanted.route, found.tenant->status)) return refuse(wanted, *refused, found, to);
  ask_admission(wanted, found, std::chrono::seconds{0}, to);
}

/// Of a place, or of one in line, which nobody whom we have called waits for.
void twilio_webhooks::leave_line(const start_call& wanted) {
  if (!config_.who_may_come) return;
  send(config_.who_may_come, release_lease{wanted.request.call, wanted.tenant->id, std::chrono::seconds{0}, true,
                                           person_of(wanted.request), wanted.tenant});
}

/// Of a call that was taken all of it is news to its record. Of one that was not only the last word is, with which it
/// gets its record, once: what comes before it tells which call it is. One that another node serves is that one's.
void twilio_webhooks::outbound_progress(const signed_request& told) {
  const responder to = responder_of(told);
  const auto call = twilio::parse_voice_request(told.fields);
  if (!call || !twilio::is_outbound(call->direction)) {
    no_outbound_form(told.fields, to);
    return to->respond(no_content());
  }
  const auto said = twilio::parse_call_progress(told.fields);
  const call_status_changed changed{call->call, said.status, said.sequence, said.seconds};
  outbound_end end{*call,
                   changed.told_at(config_.wall_clock()),
                   carrier_said(told.fields),
                   config_.dials->report(told.ticket, call->call, clock().now()),
                   told.signer,
                   told.ticket};
  send(config_.supervisor, changed);
  const bool is_final = twilio::is_final(call->status);
  const bool is_others = config_.shared_dials && !(end.dial && is_here(*end.dial));
  if (!is_final) {
    if (is_others && !end.dial) caf::anon_send(config_.shared_dials, tell_dial{told.ticket, call->call});
    return to->respond(no_content());
  }
  if (!is_others) return write_down(end, to);
  ask(this, config_.shared_dials, sharing_limit, tell_dial{end.ticket, call->call})
      .then(
          [this, end, to](const dial_told& known) mutable {
            if (known.is_elsewhere) return tell_whose_it_is(end, to);
            if (!end.dial) end.dial = known.dial;
            write_down(end, to);
          },
          [this, end, to](const caf::error&) {
            // Completed, and none of ours: another node has served it, and its record is that one's to write.
            const bool is_others_to_write = !end.dial && end.call.status == twilio::call_status::completed;
            is_others_to_write ? to->respond(not_now()) : write_down(end, to);
          });
}

void twilio_webhooks::tell_whose_it_is(const outbound_end& end, const responder& to) {
  ask(this, config_.shared_dials, sharing_limit, end.last_word())
      .then(
          [this, ticket = end.ticket, to](const dial_told&) {
            config_.dials->is_over(ticket);
            to->respond(no_content());
          },
          [to](const caf::error&) { to->respond(not_now()); });
}

void twilio_webhooks::write_down(const outbound_end& end, const responder& to) {
  const auto finish = [this, end, to](const found_tenant& found) {
    const auto& dial = end.dial;
    refuse_call last{end.call, as_seen_by(end.signer, found).tenant,
                     model::unanswered_reason(end.call.status, dial && dial->hung_up)};
    last.placed = dial && end.call.status != twilio::call_status::completed ? dial->began_at : config_.wall_clock();
    last.detail = last.reason == end_reason::operator_hung_up ? "by the API" : end.detail;
    last.progress = end.said;
    if (dial) last.heard = dial->heard;
    last.listens_for_machine = dial && listens_for_machine(*dial);
    ask(this, config_.supervisor, supervisor_limit, last)
        .then(
            [this, to, end](const call_answer&) {
              // It is over once its record is on the disk: nobody asks about it any more then.
              ask(this, config_.store, store_limit, flush_store{})
                  .then(
                      [this, to, end](store_flushed) {
                        config_.dials->is_over(end.ticket);
                        if (config_.shared_dials) caf::anon_send(config_.shared_dials, end.last_word());
                        to->respond(no_content());
                      },
                      [to](const caf::error&) { to->respond(not_now()); });
            },
            [to](const caf::error&) { to->respond(not_now()); });
  };
  const auto later = [to](const caf::error&) { to->respond(not_now()); };
  // Of one that is not known any more, by whose number it came from.
  if (end.dial)
    ask(this, config_.registry, registry_limit, find_tenant_by_id{end.dial->asked.tenant}).then(finish, later);
  else
    ask(this, config_.registry, registry_limit, find_tenant{end.call.from}).then(finish, later);
}

/// Who answered a call that has no record yet is in it from its beginning, at whichever node that is.
void twilio_webhooks::outbound_answered_by(const signed_request& told) {
  const responder to = responder_of(told);
  const model::call_sid call{std::string{model::field(told.fields, "CallSid")}};
  const auto by = twilio::parse_answered_by(model::field(told.fields, "AnsweredBy"));
  config_.counters->of<outbound_metrics>().answered_by(by);
  const model::who_answered heard{by, model::carrier_progress::source_type::callback, config_.wall_clock()};
  const auto dial = config_.dials->hears(told.ticket, call, heard, clock().now());
  if (dial && is_here(*dial)) {
    tell_who_answered(config_.supervisor, *dial, heard);
    return answer_once_written(this, config_.supervisor, config_.store, call, to.to);
  }
  const auto write_down = [this, ticket = told.ticket, call, heard, to, is_to_begin = dial.has_value()] {
    if (is_to_begin && config_.dials_on_disk)
      return ask(this, config_.dials_on_disk, store_limit, keep_dials{{ticket}})
          .then([to](const dials_kept&) { to->respond(no_content()); },
                [to](const caf::error&) { to->respond(not_now()); });
    if (!is_to_begin) caf::anon_send(config_.supervisor, callee_heard{call, heard});
    answer_once_written(this, config_.supervisor, config_.store, call, to.to);
  };
  if (!config_.shared_dials) return write_down();
  tell_dial what{told.ticket, call};
  what.heard = heard;
  ask(this, config_.shared_dials, sharing_limit, what)
      .then([write_down, to](const dial_told& known) { known.is_known ? to->respond(no_content()) : write_down(); },
            [write_down](const caf::error&) { write_down(); });
}

}  // namespace tonris::actors
