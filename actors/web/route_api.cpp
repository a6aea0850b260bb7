#include "actors/web/route_api.hpp"

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "actors/admission/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/admission/limit_now.hpp"
#include "model/admission/tenant_limits.hpp"
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
  bool is_now = true;
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
      call.is_now = false;
    } else {
      return tl::unexpected("there is no " + name + ": to, from and at are known");
    }
  }
  return call;
}

/// What somebody asked, on its way through the actors that know.
struct route_question {
  model::route_facts facts;
  bool looks_at_limits = false, sees_vendor = false;
  std::shared_ptr<const model::business_types> by_business{};
};

/// Which limit a call would meet now. What all hold of the gateway's key is nobody's but the operator's.
std::optional<model::end_reason> limit_at(const model::tenant& t, const tenant_usage& usage, bool sees_vendor) {
  if (const auto nothing = model::refused_outright(t)) return model::reason_of(*nothing);
  auto limits = model::limits_of(t, 0);
  const bool is_own_key = model::vendor_of(t) != model::shared_vendor_key;
  limits.vendor_calls = sees_vendor || is_own_key ? usage.vendor_calls : 0;
  const auto met = limit_met(limits, {usage.calls, usage.within_minute, usage.month, usage.at_vendor});
  return met ? std::optional{model::reason_of(*met)} : std::nullopt;
}

std::string in_words(const model::tenant& t, const model::call_route& route, const model::route_facts& facts,
                     const std::optional<model::end_reason>& limit = {}) {
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
  if (limit) to.member("limit", to_string(*limit));
  to.close_object();
  return json;
}

}  // namespace

void explain_route(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  auto call = call_in(asked.request.query(), house.webhooks.wall_clock());
  if (!call) return asked.answer(error_answer(error_code::bad_request, call.error()));
  route_question about;
  about.facts.caller = call->from;
  about.facts.at = call->at;
  about.facts.secret = house.webhooks.draw_secret;
  about.facts.default_agent = house.webhooks.default_agent;
  about.looks_at_limits = call->is_now;
  about.sees_vendor = asked.by.is_operator();
  const auto& types = house.webhooks.business_types;
  about.by_business = types ? types->now() : nullptr;
  house.system->spawn([id = model::tenant_id{std::string{asked.parameters["id"]}}, called = call->to, about,
                       registry = house.registry, counts = house.who_may_come, counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto fail = [reply](const caf::error&) { reply->send(error_answer(error_code::unavailable, "try again")); };
    const auto tell = [=](const tenant_ptr& t, const std::string& number, bool is_stand_in) {
      auto known = about.facts;
      known.called = number;
      known.is_stand_in = is_stand_in;
      known.by_business = about.by_business.get();
      const auto route = model::decide_route(*t, known);
      if (!about.looks_at_limits || !counts || refusal_of(route, t->status))
        return reply->send(json_answer(in_words(*t, route, known)));
      ask(self, counts, answer_limit, describe_usage{t})
          .then(
              [=](const tenant_usage& usage) {
                reply->send(json_answer(in_words(*t, route, known, limit_at(*t, usage, about.sees_vendor))));
              },
              fail);
    };
    // A number that nobody has is the default tenant's.
    const auto tell_if_default = [=](const found_tenant& found) {
      if (found.is_default && found.tenant->id == id) return tell(found.tenant, called, true);
      reply->send(error_answer(error_code::bad_request, "to must be one of the tenant's numbers"));
    };
    ask(self, registry, answer_limit, find_tenant_by_id{id})
        .then(
            [=](const found_tenant& found) {
              if (!found.tenant) return reply->send(no_such_tenant());
              const auto numbers = numbers_of(*found.tenant);
              if (called.empty()) return tell(found.tenant, numbers.front(), false);
              if (model::is_listed(numbers, called)) return tell(found.tenant, called, false);
              ask(self, registry, answer_limit, find_tenant{called, {}, {}, true}).then(tell_if_default, fail);
            },
            fail);
  });
}

}  // namespace tonris::actors
