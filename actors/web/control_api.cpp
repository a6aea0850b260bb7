#include "actors/web/control_api.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/access/messages.hpp"
#include "actors/call/bring_fact.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/line_end.hpp"
#include "actors/web/request_context.hpp"
#include "actors/web/ringing_end.hpp"
#include "model/call/held_line.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t most_said_bytes = 500, most_note_bytes = 1000;

bool is_number(std::string_view text) {
  return model::to_e164(text).has_value();
}
bool is_not_blank(std::string_view text) {
  return !model::trimmed(text).empty();
}
constexpr model::text_rule number_rule{1, 40, is_number, "a phone number in E.164, such as +15551234567"};
constexpr model::text_rule words_rule{1, most_said_bytes, is_not_blank, "words, at most 500 bytes"};
constexpr model::text_rule note_rule{1, most_note_bytes, is_not_blank, "words, at most 1000 bytes"};

/// What the audit trail has of it: no whole number, and nothing of what is said.
std::string in_audit(const model::call_sid& call, std::string_view name = {}, std::string_view value = {}) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("callSid", call.value);
  if (!name.empty()) out.member(name, value);
  out.close_object();
  return json;
}

net::http_response accepted(const model::call_sid& call) {
  return json_answer(in_audit(call), 202);
}

net::http_response answer_to(const control_call& wanted, const call_controlled& came) {
  using outcome = call_controlled::outcome;
  const bool ends_it = wanted.act == control_call::action::hang_up;
  switch (came.is) {
    case outcome::done: return accepted(wanted.call);
    case outcome::over: return ends_it ? accepted(wanted.call) : error_answer(error_code::conflict, came.why);
    case outcome::refused:
    case outcome::at_twilio: return error_answer(error_code::conflict, came.why);
    case outcome::unknown: break;
  }
  // The store may know it: then it has ended long ago.
  return ends_it ? accepted(wanted.call) : error_answer(error_code::conflict, "the call has ended");
}

/// Nobody here can end it. Of one that only the store knows its record says whether anybody can be there still.
bool is_twilios_to_end(const control_call& wanted, const call_controlled& came, const model::call_record& record) {
  using outcome = call_controlled::outcome;
  if (wanted.act != control_call::action::hang_up) return false;
  if (came.is == outcome::unknown) return may_hold_the_line(record, std::chrono::system_clock::now());
  return came.is == outcome::at_twilio;
}

/// Nobody is on the line yet.
void act_on_ringing(caf::event_based_actor* self, const call_asker& asker, const control_call& wanted,
                    const ringing_services& house, const model::dial& dial, std::function<void()> done) {
  if (wanted.act != control_call::action::hang_up)
    return asker.to->send(error_answer(error_code::conflict, "nobody has answered the call yet"));
  ringing_end::begin(self, house, dial, [asker, done = std::move(done)](const std::string& why_not) {
    if (why_not.empty()) return done();
    asker.to->send(
        error_answer(error_code::unavailable, why_not + ": try again. Should somebody answer, he is hung up"));
  });
}

/// Whoever is on the line behind our part of the call, or waits in line for it.
void end_at_twilio(caf::event_based_actor* self, const call_asker& asker, const line_services& house,
                   const model::call_record& record, std::function<void()> done) {
  end_line(self, house, {asker.call, record.tenant, record.account},
           [self, asker, done = std::move(done)](const std::string& why_not) {
             if (!why_not.empty())
               return asker.to->send(error_answer(error_code::unavailable, why_not + ": try again"));
             self->send(asker.supervisor, hung_up_at_twilio{asker.call, "api"});
             done();
           });
}

/// Carried out once, audited where it was, and answered.
void carry_out(http_front& at, request_context& asked, control_call wanted, std::string what, std::string audited) {
  const auto& house = at.settings();
  wanted.request = asked.request_id;
  house.system->spawn(
      [asker = asker_of(at, asked), wanted = std::move(wanted), what = std::move(what), audited = std::move(audited),
       access = house.access, counters = house.counters,
       lines = line_services{house.registry, house.numbers.twilio, house.numbers.main},
       services = ringing_services{house.webhooks.dials, house.registry, house.numbers.twilio, house.numbers.main,
                                   house.supervisor}](caf::event_based_actor* self) {
        guard(self, *counters);
        with_record(self, asker, model::action::control_calls, [=](const model::call_record& record) {
          const auto entry = entry_of(asker.who, what, record.tenant, "", audited);
          const auto done = [=] { note_then(self, access, entry, [asker] { asker.to->send(accepted(asker.call)); }); };
          if (const auto dial = ringing_call(asker, record))
            return act_on_ringing(self, asker, wanted, services, *dial, done);
          ask(self, asker.supervisor, call_answer_limit, wanted)
              .then(
                  [=](const call_controlled& came) {
                    if (is_twilios_to_end(wanted, came, record)) return end_at_twilio(self, asker, lines, record, done);
                    const bool is_repeated = !came.why.empty();
                    if (came.is != call_controlled::outcome::done || is_repeated)
                      return asker.to->send(answer_to(wanted, came));
                    done();
                  },
                  say_unavailable(asker.to));
        });
      });
}

/// Of a note whose request's id the record knows already: what was noted is not noted twice, and another is not taken
/// for it.
std::optional<net::http_response> answer_from(const model::call_record& record, const std::string& request,
                                              const std::string& text) {
  const auto known = std::ranges::find(record.notes, request, &model::call_record::note::request);
  if (known == record.notes.end()) return std::nullopt;
  if (known->text == text) return accepted(record.call);
  return error_answer(error_code::conflict, "something else was noted with that X-Request-Id: send another");
}

model::call_sid call_in(const request_context& asked) {
  return {std::string{asked.parameters["CallSid"]}};
}

}  // namespace

void hang_up_call(http_front& at, request_context& asked) {
  const auto call = call_in(asked);
  carry_out(at, asked, {control_call::action::hang_up, call}, "call.hangup", in_audit(call));
}

void transfer_call_by_api(http_front& at, request_context& asked) {
  std::string to;
  if (!asked.read_json([&](model::json_fields& body) { to = body.required_text("to", number_rule); })) return;
  const auto call = call_in(asked);
  to = model::to_e164(to).value_or("");
  carry_out(at, asked, {control_call::action::transfer, call, to}, "call.transfer",
            in_audit(call, "to", model::redacted(to)));
}

void say_in_call(http_front& at, request_context& asked) {
  std::string words;
  if (!asked.read_json([&](model::json_fields& body) { words = body.required_text("text", words_rule); })) return;
  const auto call = call_in(asked);
  carry_out(at, asked, {control_call::action::say, call, words}, "call.say", in_audit(call));
}

/// Of a call that has not ended whoever has it may learn something, and nobody of one whose caller waits in line.
void note_on_call(http_front& at, request_context& asked) {
  std::string text;
  if (!asked.read_json([&](model::json_fields& body) { text = body.required_text("text", note_rule); })) return;
  const auto& house = at.settings();
  const auto request = asked.request_id;  // the asker takes it along
  house.system->spawn([asker = asker_of(at, asked), text, request, access = house.access, journal = house.journal,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_record(self, asker, model::action::control_calls, [=](const model::call_record& record) {
      const auto entry = entry_of(asker.who, "call.note", record.tenant, "", in_audit(asker.call));
      if (ringing_call(asker, record))
        return asker.to->send(error_answer(error_code::conflict, "nobody has answered the call yet"));
      if (auto known = answer_from(record, request, text)) return asker.to->send(*std::move(known));
      const model::call_record::note note{std::chrono::system_clock::now(), text,
                                          asker.who.is_operator() ? "operator" : "tenant", request};
      const fact_door through{asker.supervisor, record.ended ? journal : nullptr, call_answer_limit};
      bring_fact(self, through, {asker.call, note}, [=](fact_went where) {
        if (where == fact_went::unanswered) return say_unavailable(asker.to)({});
        if (where == fact_went::nowhere)
          return asker.to->send(error_answer(error_code::conflict, "the caller waits in line"));
        // Who is told that it is accepted does not ask again: it is on the disk then.
        ask(self, asker.store, call_answer_limit, flush_store{})
            .then(
                [=](store_flushed) {
                  note_then(self, access, entry, [asker] { asker.to->send(accepted(asker.call)); });
                },
                say_unavailable(asker.to));
      });
    });
  });
}

}  // namespace tonris::actors
