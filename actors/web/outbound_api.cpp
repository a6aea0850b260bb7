#include "actors/web/outbound_api.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/call/outbound_metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/call_placement.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"
#include "model/outbound/guard.hpp"
#include "model/outbound/request.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/agents.hpp"
#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

namespace {

using model::dial_verdict;
using outcome = placed_order::outcome;

constexpr std::chrono::seconds registry_limit{5}, disk_limit{2}, sharing_limit{2};
constexpr std::string_view until_next_life = "5";  // s: for a node that starts again, or a balancer that notices

error_code code_of(dial_verdict verdict) noexcept {
  switch (verdict) {
    case dial_verdict::off: return error_code::outbound_off;
    case dial_verdict::not_active:
    case dial_verdict::being_called: return error_code::conflict;
    case dial_verdict::too_many_a_minute:
    case dial_verdict::too_many_a_day: return error_code::too_many_calls;
    case dial_verdict::full: return error_code::unavailable;
    case dial_verdict::stopping: return error_code::not_ready;
    case dial_verdict::allowed:
    case dial_verdict::not_allowed:
    case dial_verdict::own_number:
    case dial_verdict::premium:
    case dial_verdict::satellite:
    case dial_verdict::shared_cost:
    case dial_verdict::quiet_hours:
    case dial_verdict::zone_unknown: break;
  }
  return error_code::destination_refused;
}

net::http_response call_answer_of(const model::dial& dial, const model::call_sid& call, unsigned status) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("callSid", call.value);
  out.member("tenantId", dial.asked.tenant.value);
  out.member("from", dial.asked.from);
  out.member("to", dial.asked.to);
  out.close_object();
  return json_answer(std::move(json), status);
}

net::http_response refusal(dial_verdict verdict) {
  auto response = error_answer(code_of(verdict), explain(verdict));
  if (verdict == dial_verdict::stopping) response.fields.set("Retry-After", until_next_life);
  return response;
}

net::http_response still_asking() {
  return json_answer(R"({"state":"asking"})", 202);
}

/// What the audit trail has of it: no whole number, and nothing that the agent is told.
std::string in_audit(const model::dial& dial, const model::call_sid& call) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  if (!call.empty()) out.member("callSid", call.value);
  out.member("from", dial.asked.from);
  out.member("to", model::redacted(dial.asked.to));
  out.close_object();
  return json;
}

net::http_response answer_to(const model::dial& dial, const placed_order& came) {
  switch (came.is) {
    case outcome::placed:
    case outcome::found: return call_answer_of(dial, came.call, 201);
    case outcome::refused: return error_answer(error_code::call_refused, came.why);
    case outcome::away: return error_answer(error_code::unavailable, "nobody is called: " + came.why);
    case outcome::unknown: break;
  }
  return error_answer(
      error_code::call_unknown,
      "Twilio did not answer, and whether it has placed the call is not known. Should it have, the call "
      "is served. Do not place it anew: " +
          std::string{dial.asked.id.empty() ? "look for it with GET /api/calls?number="
                                            : "ask again with the same id, which calls nobody twice"});
}

/// Who asks, and what the house has for it; lives as long as the request.
struct desk {
  std::shared_ptr<api_reply> to;
  model::principal who;
  model::dial_request wanted;
  model::json_mistakes mistakes;
  number_services numbers;
  tenant_registry registry;
  access_registry access;
  twilio_webhooks::config house;  ///< what decides on a route
  std::function<bool()> stops;
  metrics* counters = nullptr;
};

void answer(caf::event_based_actor* self, const desk& at, net::http_response with) {
  at.to->send(std::move(with));
  self->quit();
}

std::string fresh_ticket() {
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  return model::to_hex(bytes);
}

void came_of_it(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const model::dial& dial,
                const placed_order& came) {
  auto response = answer_to(dial, came);
  if (came.is == outcome::refused || came.is == outcome::away) return answer(self, *at, std::move(response));
  const auto entry = entry_of(at->who, "call.place", dial.asked.tenant, "", in_audit(dial, came.call));
  note_then(self, at->access, entry, [self, at, response] { answer(self, *at, response); });
}

/// The client's own id is a dial's already.
void again(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const call_placement::house& house,
           const outbound_dials::begun& begun) {
  using state = model::dial::state_type;
  const auto& dial = *begun.before;
  if (begun.differs)
    return answer(self, *at, error_answer(error_code::conflict, "a call with that id was asked for otherwise"));
  at->counters->of<outbound_metrics>().order(outbound_metrics::outcome::repeated);
  switch (dial.state) {
    case state::placed: return answer(self, *at, call_answer_of(dial, dial.call, 200));
    case state::asking: return answer(self, *at, still_asking());
    case state::unknown: break;
  }
  house.dials->looks_again(dial.shown_by);
  call_placement::search(self, house, dial,
                         [self, at, dial](const placed_order& came) { answer(self, *at, answer_to(dial, came)); });
}

/// What rings after a crash of this process is known to its next life: Twilio is not asked before that is so.
void order_once_kept(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const call_placement::house& house,
                     const model::dial& dial) {
  const auto order = [self, at, house, dial] {
    call_placement::order(self, house, dial,
                          [self, at, dial](const placed_order& came) { came_of_it(self, at, dial, came); });
  };
  if (!at->house.dials_on_disk) return order();
  ask(self, at->house.dials_on_disk, disk_limit, keep_dials{{dial.shown_by}})
      .then([order](const dials_kept&) { order(); },
            [self, at, house, dial](const caf::error&) {
              house.dials->forget(dial.shown_by);
              at->counters->of<outbound_metrics>().order(outbound_metrics::outcome::refused);
              answer(self, *at,
                     error_answer(error_code::unavailable,
                                  "nobody is called: the call cannot be written down; try again"));
            });
}

void refuse(caf::event_based_actor* self, const std::shared_ptr<desk>& at, dial_verdict verdict) {
  at->counters->of<outbound_metrics>().decided(verdict);
  answer(self, *at, refusal(verdict));
}

void begin(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const call_placement::house& house,
           const model::dial& dial, dial_verdict judged, const model::tenant::outbound_type& rules) {
  const auto begun = house.dials->begin(dial, judged, rules, self->clock().now(), *at->counters);
  if (begun.before) return again(self, at, house, begun);
  if (begun.verdict != dial_verdict::allowed) {
    if (at->house.shared_dials && judged == dial_verdict::allowed)
      caf::anon_send(at->house.shared_dials, dial_is_now{dial, true});
    return refuse(self, at, begun.verdict);
  }
  at->counters->of<outbound_metrics>().decided(begun.verdict);
  order_once_kept(self, at, house, dial);
}

/// The client's own id is a dial's of another node.
void again_elsewhere(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const call_placement::house& house,
                     const model::dial& dial, const dial_shared& known) {
  if (known.dial && !known.is_asking) {  // while it is being asked for, whoever does has it to himself
    house.dials->adopt(*known.dial, self->clock().now());
    if (const auto here = house.dials->find_before(dial.asked); here.before) return again(self, at, house, here);
  }
  if (known.differs)
    return answer(self, *at, error_answer(error_code::conflict, "a call with that id was asked for otherwise"));
  at->counters->of<outbound_metrics>().order(outbound_metrics::outcome::repeated);
  if (!known.call.empty()) return answer(self, *at, call_answer_of(dial, known.call, 200));
  answer(self, *at, known.is_asking ? still_asking() : answer_to(dial, {}));
}

/// How often the tenant may call is counted over all nodes; who cannot be counted calls nobody.
void share_first(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const call_placement::house& house,
                 const model::dial& dial, const model::tenant::outbound_type& rules) {
  const auto away = [self, at] {
    at->counters->of<outbound_metrics>().order(outbound_metrics::outcome::refused);
    answer(self, *at,
           error_answer(error_code::unavailable,
                        "nobody is called: Redis does not answer, where the tenant's calls are counted; try again"));
  };
  ask(self, at->house.shared_dials, sharing_limit, share_dial{dial, rules.per_minute, rules.per_day})
      .then(
          [=](const dial_shared& said) {
            switch (said.is) {
              case dial_shared::outcome::allowed: return begin(self, at, house, dial, dial_verdict::allowed, rules);
              case dial_shared::outcome::before: return again_elsewhere(self, at, house, dial, said);
              case dial_shared::outcome::being_called: return refuse(self, at, dial_verdict::being_called);
              case dial_shared::outcome::too_many_a_minute: return refuse(self, at, dial_verdict::too_many_a_minute);
              case dial_shared::outcome::too_many_a_day: return refuse(self, at, dial_verdict::too_many_a_day);
              case dial_shared::outcome::away: break;
            }
            away();
          },
          [=](const caf::error&) {
            caf::anon_send(at->house.shared_dials, dial_is_now{dial, true});
            away();
          });
}

void dial_for(caf::event_based_actor* self, const std::shared_ptr<desk>& at, const model::tenant& t) {
  const auto by_business = at->house.business_types ? at->house.business_types->now() : nullptr;
  const auto agents = agents_of(t, by_business ? *by_business : model::business_types{}, at->house.default_agent);
  settle(at->wanted, t, agents, at->mistakes);
  if (!at->mistakes.empty()) return answer(self, *at, mistakes_answer(error_code::bad_request, at->mistakes));
  const auto rules = t.outbound.value_or(model::tenant::outbound_type{});
  model::dial dial;
  dial.asked = at->wanted;
  dial.shown_by = {fresh_ticket()};
  dial.machine = at->wanted.machine.value_or(rules.machine);
  dial.began_at = at->house.wall_clock();
  const call_placement::house house{at->house.dials, at->numbers.twilio, account_of(t, at->numbers.main),
                                    at->numbers.origin, at->counters};
  if (house.account.token.reveal().empty())
    return answer(
        self, *at,
        error_answer(error_code::conflict, "the tenant's own token cannot be opened: SECRETS_KEY is another"));
  if (house.dials->awaits_former_life())
    return answer(
        self, *at,
        error_answer(error_code::unavailable,
                     "nobody is called: which calls were placed before the restart is not known yet; try again"));
  const bool stops = at->stops && at->stops();
  const auto judged = stops ? dial_verdict::stopping : decide_dial(t, dial.asked.to, dial.began_at);
  const bool is_new = !house.dials->find_before(dial.asked).before;
  if (at->house.shared_dials && judged == dial_verdict::allowed && is_new)
    return share_first(self, at, house, dial, rules);
  begin(self, at, house, dial, judged, rules);
}

}  // namespace

void place_call(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  model::json_mistakes mistakes;
  auto wanted = model::read_dial_request(asked.request.body, asked.to.max_body_bytes, mistakes);
  const auto whose = wanted.tenant.empty() ? asked.by.tenant : wanted.tenant;
  if (whose.empty()) {
    if (mistakes.empty()) note(mistakes, "tenantId", "is missing");
    return asked.answer(mistakes_answer(error_code::bad_request, mistakes));
  }
  switch (may(asked.by, model::action::control_calls, whose)) {
    case model::permission::granted: break;
    case model::permission::not_enough:
      return asked.answer(error_answer(error_code::forbidden, "this key is not for that"));
    case model::permission::not_his: return asked.answer(no_such_tenant());
  }
  const auto desk_of = std::make_shared<desk>(desk{std::make_shared<api_reply>(asked), asked.by, std::move(wanted),
                                                   std::move(mistakes), house.numbers, house.registry, house.access,
                                                   house.webhooks, house.stops, house.counters});
  house.system->spawn([at = desk_of, whose](caf::event_based_actor* self) {
    guard(self, *at->counters);
    ask(self, at->registry, registry_limit, find_tenant_by_id{whose})
        .then(
            [self, at](const found_tenant& found) {
              if (!found.tenant) return answer(self, *at, no_such_tenant());
              dial_for(self, at, *found.tenant);
            },
            [self, at](const caf::error&) { answer(self, *at, error_answer(error_code::unavailable, "try again")); });
  });
}

}  // namespace tonris::actors
