#include "actors/web/ringing_end.hpp"

#include <chrono>

#include "actors/runtime/ask.hpp"
#include "actors/web/line_end.hpp"
#include "actors/web/number_work.hpp"
#include "model/money/twilio_price.hpp"
#include "model/twilio/number.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using twilio::call_status;

namespace {

constexpr std::chrono::seconds registry_limit{5}, twilio_limit{15}, supervisor_limit{2};

/// unknown: it does not say.
call_status status_in(const twilio_answer& answer) {
  const auto call = model::parse_twilio_call_price(answer.body);
  return answer.status == 200 && call ? call->status : call_status::unknown;
}

}  // namespace

/// From now on nobody who answers is let in.
void ringing_end::begin(caf::event_based_actor* self, ringing_services house, model::dial wanted, told then) {
  house.dials->hang_up(wanted.shown_by);
  std::shared_ptr<ringing_end>(new ringing_end(self, std::move(house), std::move(wanted), std::move(then)))
      ->find_account();
}

void ringing_end::find_account() {
  ask(self_, house_.registry, registry_limit, find_tenant_by_id{dial_.asked.tenant})
      .then(
          [me = shared_from_this()](const found_tenant& found) {
            if (found.tenant) me->account_ = account_of(*found.tenant, me->house_.main);
            if (me->account_.token.reveal().empty()) return me->told_("the tenant's account at Twilio is not known");
            me->look();
          },
          [me = shared_from_this()](const caf::error&) { me->told_("the tenant cannot be looked up"); });
}

void ringing_end::look() {
  ask(self_, house_.twilio, twilio_limit, ask_twilio{account_, model::twilio_call_target(account_.sid, dial_.call)})
      .then(
          [me = shared_from_this()](const twilio_answer& answer) {
            const auto status = status_in(answer);
            if (twilio::is_final(status)) return me->told_({});
            if (status == call_status::in_progress) return me->end_answered();
            if (status == call_status::unknown) return me->told_(in_short(answer));
            me->become("canceled");
          },
          [me = shared_from_this()](const caf::error&) { me->told_("Twilio was not asked in time"); });
}

/// By the call itself, where it has one here.
void ringing_end::end_answered() {
  using outcome = call_controlled::outcome;
  ask(self_, house_.supervisor, supervisor_limit, control_call{control_call::action::hang_up, dial_.call})
      .then(
          [me = shared_from_this()](const call_controlled& came) {
            if (came.is == outcome::done || came.is == outcome::over) return me->told_({});
            me->become("completed");
          },
          [me = shared_from_this()](const caf::error&) { me->become("completed"); });
}

void ringing_end::become(std::string_view status) {
  ask(self_, house_.twilio, twilio_limit,
      ask_twilio{account_, model::twilio_call_target(account_.sid, dial_.call),
                 twilio::form_body({{"Status", std::string{status}}})})
      .then([me = shared_from_this(), status](const twilio_answer& answer) { me->ended(status, answer); },
            [me = shared_from_this()](const caf::error&) { me->told_("Twilio was not asked in time"); });
}

/// What is taken back goes on where somebody has answered meanwhile.
void ringing_end::ended(std::string_view wanted, const twilio_answer& answer) {
  if (status_in(answer) == call_status::in_progress && wanted == "canceled") return end_answered();
  told_(why_it_goes_on(answer));
}

}  // namespace tonris::actors
