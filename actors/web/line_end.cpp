#include "actors/web/line_end.hpp"

#include <chrono>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/web/number_work.hpp"
#include "model/money/twilio_price.hpp"
#include "model/twilio/number.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;

namespace {

constexpr std::chrono::seconds registry_limit{5}, twilio_limit{15};
constexpr int not_in_progress = 21220, not_there = 20404;  // Twilio's: the call is over

}  // namespace

std::string why_it_goes_on(const twilio_answer& answer) {
  const auto code = answer.status >= 400 ? twilio::decode_rest_error(answer.body).code : 0;
  return answer.status == 200 || code == not_in_progress || code == not_there ? std::string{} : in_short(answer);
}

std::string in_short(const twilio_answer& answer) {
  return answer.status == 0 ? "Twilio was not reached (" + answer.why + ")"
                            : "Twilio answered with status " + std::to_string(answer.status);
}

void end_line(caf::event_based_actor* self, const line_services& house, const line_at_twilio& line,
              std::function<void(const std::string& why_not)> told) {
  const auto complete = [self, twilio = house.twilio, call = line.call, told](const twilio_account& as) {
    ask(self, twilio, twilio_limit,
        ask_twilio{as, model::twilio_call_target(as.sid, call), twilio::form_body({{"Status", "completed"}})})
        .then([told](const twilio_answer& answer) { told(why_it_goes_on(answer)); },
              [told](const caf::error&) { told("Twilio was not asked in time"); });
  };
  ask(self, house.registry, registry_limit, find_tenant_by_id{line.tenant})
      .then(
          [told, complete, main = house.main, account = line.account](const found_tenant& found) {
            const auto as = found.tenant ? account_of_call(account, *found.tenant, main) : std::nullopt;
            as ? complete(*as) : told("the call's account at Twilio is not known");
          },
          [told](const caf::error&) { told("the tenant cannot be looked up"); });
}

}  // namespace tonris::actors
