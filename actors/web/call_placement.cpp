#include "actors/web/call_placement.hpp"

#include <utility>

#include "actors/call/outbound_metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/telemetry/log.hpp"
#include "model/phone/number.hpp"
#include "model/twilio/connection_overrides.hpp"
#include "model/twilio/number.hpp"
#include "model/twilio/placed_call.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using outcome = placed_order::outcome;
using counted_as = outbound_metrics::outcome;

namespace {

constexpr std::chrono::seconds twilio_limit{15};

struct look_due {
  using travels = in_process;
  bool is_last = false;
};

counted_as counted(outcome came) noexcept {
  switch (came) {
    case outcome::placed: return counted_as::placed;
    case outcome::found: return counted_as::found;
    case outcome::refused:
    case outcome::away: return counted_as::refused;
    case outcome::unknown: return counted_as::unknown;
  }
  return counted_as::unknown;
}

std::string in_words(const twilio_answer& answer) {
  const auto error = twilio::decode_rest_error(answer.body);
  std::string said = "Twilio answered with status " + std::to_string(answer.status);
  if (error.code != 0) said.append(", code ").append(std::to_string(error.code));
  if (!error.message.empty()) said.append(": ").append(error.message);
  return said;
}

}  // namespace

void call_placement::order(caf::event_based_actor* self, house of, model::dial wanted, told then) {
  std::shared_ptr<call_placement>(new call_placement(self, std::move(of), std::move(wanted), std::move(then)))
      ->ask_for_it();
}

void call_placement::search(caf::event_based_actor* self, house of, model::dial wanted, told then) {
  std::shared_ptr<call_placement>(new call_placement(self, std::move(of), std::move(wanted), std::move(then)))
      ->look(true);
}

void call_placement::search_on(caf::event_based_actor* self, house of, model::dial wanted, told then) {
  std::shared_ptr<call_placement>(new call_placement(self, std::move(of), std::move(wanted), std::move(then)))
      ->look(false);
}

void call_placement::ask_for_it() {
  const auto address_of = [&](std::string_view what) {
    return house_.origin + "/api/webhooks/twilio/" + std::string{what} + "/" + dial_.shown_by.value +
           std::string{model::twiml::connection_overrides};
  };
  twilio::call_order order;
  order.to = dial_.asked.to;
  order.from = dial_.asked.from;
  order.url = address_of("outbound");
  order.status_callback = address_of("outbound-status");
  if (listens_for_machine(dial_)) order.machine_callback = address_of("outbound-machine");
  order.ring_seconds = ring_seconds;
  ask_twilio wanted{house_.account, twilio::calls_target(house_.account.sid),
                    twilio::form_body(twilio::order_form(order)), true};
  ask(self_, house_.twilio, twilio_limit, wanted)
      .then([me = shared_from_this()](const twilio_answer& answer) { me->answered(answer); },
            [me = shared_from_this()](const caf::error&) { me->look_in(first_look, false); });
}

/// An answer that says neither yes nor no, or is not Twilio's own, leaves open whether the call was placed.
void call_placement::answered(const twilio_answer& answer) {
  if (!answer.sent) return finish({outcome::away, {}, answer.why});
  if (answer.status == 429 && twilio::decode_rest_error(answer.body).code != 0)
    return finish({outcome::away, {}, in_words(answer)});
  if (twilio::is_refusal(answer.status, answer.body)) return finish({outcome::refused, {}, in_words(answer)});
  const auto call = twilio::decode_call(answer.body);
  if (answer.status >= 200 && answer.status < 300 && call) return finish({outcome::placed, call->sid, {}});
  look_in(first_look, false);
}

void call_placement::look_in(std::chrono::seconds pause, bool is_last) {
  self_->become(caf::behavior{[me = shared_from_this()](const look_due& due) { me->look(due.is_last); }});
  self_->delayed_send(self_, caf::timespan{pause}, look_due{is_last});
}

void call_placement::look(bool is_last) {
  const auto now = house_.dials->find(dial_.shown_by);
  if (now && !now->call.empty()) return finish({outcome::found, now->call, {}});
  ask(self_, house_.twilio, twilio_limit,
      ask_twilio{house_.account, twilio::calls_between_target(house_.account.sid, dial_.asked.from, dial_.asked.to)})
      .then(
          [me = shared_from_this(), is_last](const twilio_answer& answer) {
            const auto calls =
                answer.status == 200 ? twilio::decode_calls(answer.body) : tl::unexpected{model::codec_errc::not_json};
            const auto found = calls ? me->house_.dials->find_among(me->dial_.shown_by, *calls) : std::nullopt;
            if (found) return me->finish({outcome::found, *found, {}});
            me->not_seen(is_last);
          },
          [me = shared_from_this(), is_last](const caf::error&) { me->not_seen(is_last); });
}

void call_placement::not_seen(bool is_last) {
  if (!is_last) return look_in(second_look, true);
  finish({outcome::unknown, {}, {}});
}

void call_placement::finish(const placed_order& came) {
  auto& dials = *house_.dials;
  house_.counters->of<outbound_metrics>().order(counted(came.is));
  switch (came.is) {
    case outcome::placed: dials.placed(dial_.shown_by, came.call); break;
    case outcome::found: break;
    case outcome::refused:
    case outcome::away: dials.forget(dial_.shown_by); break;
    case outcome::unknown: dials.is_unknown(dial_.shown_by); break;
  }
  if (came.is == outcome::unknown)
    log::warn("Whether Twilio has placed a call of {tenant} to {number} is not known: it did not answer",
              {{"tenant", dial_.asked.tenant}, {"number", log::caller{dial_.asked.to}}});
  told_(came);
}

}  // namespace tonris::actors
