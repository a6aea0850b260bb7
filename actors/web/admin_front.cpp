#include "actors/web/admin_front.hpp"

#include <array>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/web/answers.hpp"
#include "model/text/secrets.hpp"

namespace tonris::actors {

using endpoint = metrics::endpoint;

namespace {

struct report_route {
  std::string_view path;
  report_wanted::what wanted;
};
constexpr std::array report_routes{report_route{"/health", report_wanted::what::health},
                                   report_route{"/ready", report_wanted::what::ready},
                                   report_route{"/metrics", report_wanted::what::metrics}};

constexpr std::string_view calls_path = "/api/calls/";
constexpr std::chrono::seconds api_limit{2};

bool shows(const net::http_request& request, std::string_view token) {
  constexpr std::string_view bearer = "Bearer ";
  auto given = request.fields.get("Authorization");
  if (!given.starts_with(bearer)) return false;
  given.remove_prefix(bearer.size());
  return model::equal_secret(given, token);
}

}  // namespace

void admin_front::handle(const net::http_request& request, net::http_responder responder) {
  const auto path = request.path();
  for (const auto& route : report_routes)
    if (path == route.path && (with_.operators_too || route.wanted != report_wanted::what::metrics))
      return report(request, route.wanted, std::move(responder));
  if (with_.operators_too && path.starts_with(calls_path)) return calls(request, std::move(responder));
  with_.counters->request(endpoint::other);
  with_.counters->refused(endpoint::other, metrics::refusal::not_found);
  responder.respond(error_json(404, "not_found", "there is nothing here"));
}

void admin_front::report(const net::http_request& request, report_wanted::what wanted, net::http_responder responder) {
  with_.counters->request(endpoint::other);
  if (request.method != "GET" && request.method != "HEAD")
    return responder.respond(method_refused("GET, HEAD", "only GET"));
  if (wanted == report_wanted::what::metrics && !with_.metrics_token.empty() && !shows(request, with_.metrics_token)) {
    with_.counters->refused(endpoint::other, metrics::refusal::unauthorized);
    return responder.respond(error_json(401, "unauthorized", "send Authorization: Bearer METRICS_TOKEN"));
  }
  caf::anon_send(with_.report, report_wanted{wanted, std::make_shared<net::http_responder>(std::move(responder))});
}

void admin_front::calls(const net::http_request& request, net::http_responder responder) {
  with_.counters->request(endpoint::api);
  if (!shows(request, with_.admin_token)) {
    with_.counters->refused(endpoint::api, metrics::refusal::unauthorized);
    return responder.respond(with_.admin_token.empty()
                                 ? error_json(403, "administration_off", "ADMIN_TOKEN is not set")
                                 : error_json(401, "unauthorized", "send Authorization: Bearer ADMIN_TOKEN"));
  }
  if (request.method != "GET") return responder.respond(method_refused("GET", "only GET"));
  auto name = request.path().substr(calls_path.size());
  constexpr std::string_view events = "/events";
  const bool wants_events = name.ends_with(events);
  if (wants_events) name.remove_suffix(events.size());
  const model::call_sid call{std::string{name}};
  auto to = std::make_shared<net::http_responder>(std::move(responder));
  if (wants_events) return tell_events(call, std::move(to));
  describe(call, std::move(to));
}

void admin_front::describe(const model::call_sid& call, std::shared_ptr<net::http_responder> to) {
  with_.system->spawn([to, call, supervisor = with_.supervisor, store = with_.store](caf::event_based_actor* self) {
    const auto unavailable = [to](const caf::error&) { to->respond(error_json(503, "unavailable", "try again")); };
    ask(self, supervisor, api_limit, describe_call{call})
        .then(
            [=](const call_description& found) {
              if (!found.json.empty()) return to->respond(json(found.json));
              ask(self, store, api_limit, find_record{call})
                  .then(
                      [to](const found_record& stored) {
                        to->respond(stored.json.empty() ? error_json(404, "call_not_found", "no such call is known")
                                                        : json(stored.json));
                      },
                      unavailable);
            },
            unavailable);
  });
}

void admin_front::tell_events(const model::call_sid& call, std::shared_ptr<net::http_responder> to) {
  with_.system->spawn([to, call, store = with_.store](caf::event_based_actor* self) {
    ask(self, store, api_limit, find_events{call})
        .then(
            [to](const found_events& found) {
              to->respond(found.events.empty() ? error_json(404, "call_not_found", "no such call is known")
                                               : json(to_json(found.events)));
            },
            [to](const caf::error&) { to->respond(error_json(503, "unavailable", "try again")); });
  });
}

}  // namespace tonris::actors
