#include "actors/web/route_api.hpp"

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/call/refusal.hpp"
#include "model/call/sentences.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/route.hpp"
#include "model/text/iso_time.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{3};

struct imagined_call {
  std::string to;    ///< "": the tenant's first number
  std::string from;  ///< as model::caller_in tells it
  std::chrono::system_clock::time_point at;
};

/// An error: what is wrong with the address.
tl::expected<imagined_call, std::string> call_in(std::string_view query, std::chrono::system_clock::time_point now) {
  const auto fields = model::parse_form(query);
  if (!fields) return tl::unexpected(std::string{"the query cannot be read"});
  imagined_call call{{}, "anonymous", now};
  for (const auto& [name, value] : *fields) {
    if (name == "to") {
      const auto number = model::to_e164(value);
      if (!number) return tl::unexpected(std::string{"to must be a phone number in E.164, such as +15551234567"});
      call.to = *number;
    } else if (name == "from") {
      call.from = model::caller_in(value);
    } else if (name == "at") {
      const auto at = model::parse_utc_time(value);
      if (!at) return tl::unexpected(std::string{"at must be a time in UTC, such as 2026-12-25T10:00Z"});
      call.at = *at;
    } else {
      return tl::unexpected("there is no " + name + ": to, from and at are known");
    }
  }
  return call;
}

std::string in_words(const model::tenant& t, const model::call_route& route, const model::route_facts& facts) {
  std::string json;
  model::json_writer to{json};
  to.open_object();
  to.member("route", to_string(route));
  if (!route.variant.empty()) to.member("variant", route.variant);
  to.member("rule", to_string(route.rule));
  if (!route.rule_name.empty()) to.member("ruleName", route.rule_name);
  to.member("why", route.why);
  to.member("language", route.language);
  if (const auto refused = refusal_of(route, t.status)) {
    to.member("endReason", to_string(*refused));
    to.member("sentence", sentence_for(&t, sentence_of(*refused), facts.called).text);
  }
  to.close_object();
  return json;
}

}  // namespace

void explain_route(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  auto call = call_in(asked.request.query(), house.webhooks.wall_clock());
  if (!call) return asked.answer(error_answer(error_code::bad_request, call.error()));
  model::route_facts facts;
  facts.caller = call->from;
  facts.at = call->at;
  facts.secret = house.webhooks.draw_secret;
  facts.default_agent = house.webhooks.default_agent;
  house.system->spawn([id = model::tenant_id{std::string{asked.parameters["id"]}}, called = call->to, facts,
                       types = house.webhooks.business_types, registry = house.registry, counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto fail = [reply](const caf::error&) { reply->send(error_answer(error_code::unavailable, "try again")); };
    const auto tell = [=](const model::tenant& t, const std::string& number, bool is_stand_in) {
      auto known = facts;
      known.called = number;
      known.is_stand_in = is_stand_in;
      const auto by_business = types ? types->now() : nullptr;
      known.by_business = by_business.get();
      reply->send(json_answer(in_words(t, model::decide_route(t, known), known)));
    };
    // A number that nobody has is the default tenant's.
    const auto tell_if_default = [=](const found_tenant& found) {
      if (found.is_default && found.tenant->id == id) return tell(*found.tenant, called, true);
      reply->send(error_answer(error_code::bad_request, "to must be one of the tenant's numbers"));
    };
    ask(self, registry, answer_limit, find_tenant_by_id{id})
        .then(
            [=](const found_tenant& found) {
              if (!found.tenant) return reply->send(no_such_tenant());
              const auto numbers = numbers_of(*found.tenant);
              if (called.empty()) return tell(*found.tenant, numbers.front(), false);
              if (model::is_listed(numbers, called)) return tell(*found.tenant, called, false);
              ask(self, registry, answer_limit, find_tenant{called, {}, {}, true}).then(tell_if_default, fail);
            },
            fail);
  });
}

}  // namespace tonris::actors
