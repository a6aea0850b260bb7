#include "actors/http_front.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "actors/log.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/stream_admission.hpp"
#include "model/secrets.hpp"
#include "model/twilio_signature.hpp"
#include "model/utf8.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;

namespace {

struct webhook_route {
  std::string_view path;
  metrics::endpoint where;
  signed_request::what what;
};
constexpr std::array webhook_routes{
    webhook_route{"/api/webhooks/twilio/elevenlabs", metrics::endpoint::voice, signed_request::what::voice},
    webhook_route{"/api/webhooks/twilio/connect-action", metrics::endpoint::connect_action,
                  signed_request::what::connect_action},
    webhook_route{"/api/webhooks/twilio/status", metrics::endpoint::status, signed_request::what::status},
    webhook_route{"/api/webhooks/twilio/stream-status", metrics::endpoint::stream_status,
                  signed_request::what::stream_status},
    webhook_route{"/api/webhooks/twilio/recording-status", metrics::endpoint::recording_status,
                  signed_request::what::recording_status},
};

constexpr std::string_view stream_path = "/media-stream/";
constexpr std::string_view calls_path = "/api/calls/";
constexpr std::size_t longest_named = 100;  // of what a stranger may have sent, in a log line
constexpr std::chrono::seconds api_limit{2};

net::http_response error_json(unsigned status, std::string_view code, std::string_view message) {
  return net::make_response(
      status, "application/json",
      R"({"error":{"code":")" + std::string{code} + R"(","message":")" + std::string{message} + R"("}})");
}

net::http_response json(std::string body) {
  return net::make_response(200, "application/json", std::move(body));
}

std::string_view first_of_list(std::string_view list) {
  const auto first = list.substr(0, list.find(','));
  const auto begin = first.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return first.substr(begin, first.find_last_not_of(' ') - begin + 1);
}

/// A UUID today; whatever is much longer is none of Twilio's.
std::string token_of(const net::http_request& request) {
  constexpr std::size_t longest_token = 64;
  const auto token = request.fields.get("I-Twilio-Idempotency-Token");
  return token.size() <= longest_token ? std::string{token} : std::string{};
}

}  // namespace

http_front::http_front(config with) : with_(std::move(with)) {
  spawn_webhooks();
}

http_front::~http_front() {
  caf::anon_send_exit(webhooks_handle_, caf::exit_reason::user_shutdown);
}

void http_front::spawn_webhooks() {
  webhooks_handle_ = spawn_on<twilio_webhooks>(*with_.system, *with_.services->unit, with_.webhooks);
  webhooks_ = static_cast<loop_bound*>(caf::actor_cast<caf::abstract_actor*>(webhooks_handle_));
}

void http_front::handle(net::http_request request, net::http_responder responder) {
  const std::string_view path = request.path();
  for (const auto& route : webhook_routes)
    if (path == route.path) return twilio_webhook(route.where, route.what, request, std::move(responder));
  metrics& counters = *with_.services->counters;
  if (path.starts_with(stream_path)) return media_stream(request, std::move(responder));
  if (path.starts_with(calls_path)) return calls(request, std::move(responder));
  counters.request(endpoint::other);
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (path == "/health" || path == "/ready" || path == "/metrics") {
    if (!get) {
      auto refused = error_json(405, "method_not_allowed", "only GET");
      refused.fields.set("Allow", "GET, HEAD");
      return responder.respond(std::move(refused));
    }
    if (path == "/health") return responder.respond(json(R"({"status":"ok"})"));
    if (path == "/metrics") with_.before_metrics();
    if (path == "/metrics")
      return responder.respond(net::make_response(200, "text/plain; version=0.0.4; charset=utf-8", counters.render()));
    const auto why_not = with_.not_ready();
    if (why_not.empty()) return responder.respond(json(R"({"status":"ready"})"));
    return responder.respond(error_json(503, "not_ready", why_not));
  }
  counters.refused(endpoint::other, metrics::refusal::not_found);
  responder.respond(error_json(404, "not_found", "there is nothing here"));
}

void http_front::refuse(endpoint where, metrics::refusal why, const net::http_request& request,
                        std::string_view account, net::http_responder& responder) {
  with_.services->counters->refused(where, why);
  with_.services->refusals->say(why, [&] { return words(where, why, request, account); });
  responder.respond(net::make_response(403, "text/plain", {}));
}

/// For whoever has to find out which side is set up wrong. A stream's path is a ticket, and a query is nobody's
/// business.
std::string http_front::words(endpoint where, metrics::refusal why, const net::http_request& request,
                              std::string_view account) const {
  const bool stream = where == endpoint::media_stream;
  const std::string path{stream ? hidden_stream_path : request.path()};
  const auto said = request.method + " " + path + ": ";
  if (why == metrics::refusal::bad_form) return said + "its fields are no form";
  if (why == metrics::refusal::wrong_account)
    return said + "it is of another account, " + std::string{model::utf8_prefix(account, longest_named)} +
           ", than TWILIO_ACCOUNT_SID";
  const auto expected = stream ? twilio::stream_candidates(with_.public_origin, path).front()
                               : twilio::webhook_candidates(with_.public_origin, path).front();
  const bool has_signature = request.fields.has("X-Twilio-Signature");
  std::string text = said + (has_signature ? "its X-Twilio-Signature is not one of TWILIO_AUTH_TOKEN for " + expected
                                           : "it has no X-Twilio-Signature");
  const auto name = [&](std::string_view field) {
    const auto value = request.fields.get(field);
    if (!value.empty()) text.append("; ").append(field).append(" ").append(model::utf8_prefix(value, longest_named));
  };
  name("Host");
  if (is_trusted(request)) return text;
  name("X-Forwarded-Host");
  if (request.fields.has("X-Forwarded-Host"))
    text.append(", which is not believed: ").append(request.peer_address).append(" is not in TRUSTED_PROXIES");
  return text;
}

bool http_front::is_trusted(const net::http_request& request) const {
  const auto& proxies = with_.trusted_proxies;
  return std::find(proxies.begin(), proxies.end(), request.peer_address) != proxies.end();
}

// --- Twilio's webhooks
// --------------------------------------------------------------------------------------------------

void http_front::twilio_webhook(endpoint where, signed_request::what what, net::http_request& request,
                                net::http_responder responder) {
  with_.services->counters->request(where);
  const bool get = request.method == "GET";
  if (!get && request.method != "POST") {
    auto refused = error_json(405, "method_not_allowed", "POST or GET");
    refused.fields.set("Allow", "GET, POST");
    return responder.respond(std::move(refused));
  }
  // With GET the fields are in the query, which the signed address holds already.
  auto fields = twilio::parse_form(get ? request.query() : std::string_view{request.body});
  if (!fields) return refuse(where, metrics::refusal::bad_form, request, {}, responder);
  if (!signed_by_twilio(where, request, get ? twilio::form{} : *fields))
    return refuse(where, metrics::refusal::bad_signature, request, {}, responder);
  if (const auto account = twilio::field(*fields, "AccountSid"); account != with_.account_sid)
    return refuse(where, metrics::refusal::wrong_account, request, account, responder);
  responder.set_last_words(apology(twilio::field(*fields, "Direction")));
  signed_request message{what, std::move(*fields), std::string{request.query()}, token_of(request),
                         std::make_shared<net::http_responder>(std::move(responder))};
  if (webhooks_->deliver(std::move(message))) return;
  // It ended over this request, which is lost (the responder has said its last words), or before it: then the message
  // is untouched and is the next one's.
  spawn_webhooks();
  // NOLINTNEXTLINE(bugprone-use-after-move)
  if (message.responder) webhooks_->deliver(std::move(message));
}

bool http_front::signed_by_twilio(endpoint where, const net::http_request& request, const twilio::form& fields) {
  const auto given = request.fields.get("X-Twilio-Signature");
  if (given.empty()) return false;
  const auto match = twilio::verify(with_.auth_tokens, candidates(where, request), fields, given);
  if (match.ok) with_.services->counters->signature_matched(where, match.candidate);
  return match.ok;
}

std::vector<std::string> http_front::candidates(endpoint where, const net::http_request& request) const {
  const auto from = [&](std::string_view origin) {
    return where == endpoint::media_stream ? twilio::stream_candidates(origin, request.target)
                                           : twilio::webhook_candidates(origin, request.target);
  };
  auto list = from(with_.public_origin);
  const auto host = first_of_list(request.fields.get("X-Forwarded-Host"));
  if (!host.empty() && is_trusted(request)) {
    const auto scheme = first_of_list(request.fields.get("X-Forwarded-Proto"));
    const auto forwarded = from((scheme == "http" ? "http://" : "https://") + std::string{host});
    list.insert(list.end(), forwarded.begin(), forwarded.end());
  }
  return list;
}

// --- the media stream
// ---------------------------------------------------------------------------------------------------

void http_front::media_stream(const net::http_request& request, net::http_responder responder) {
  metrics& counters = *with_.services->counters;
  counters.request(endpoint::media_stream);
  if (!net::is_upgrade(request)) {
    counters.refused(endpoint::media_stream, metrics::refusal::no_upgrade);
    auto refused = error_json(426, "upgrade_required", "a media stream is a WebSocket");
    refused.fields.set("Upgrade", "websocket");
    return responder.respond(std::move(refused));
  }
  if (!signed_by_twilio(endpoint::media_stream, request, {}))
    return refuse(endpoint::media_stream, metrics::refusal::bad_signature, request, {}, responder);
  auto ticket = request.path().substr(stream_path.size());
  if (ticket.ends_with('/')) ticket.remove_suffix(1);  // Twilio may add one (twilio.md 2.3)
  admit_stream(*with_.system, with_.webhooks.supervisor, *with_.services, {std::string{ticket}}, std::move(responder));
}

// --- records
// ------------------------------------------------------------------------------------------------------------

void http_front::calls(const net::http_request& request, net::http_responder responder) {
  metrics& counters = *with_.services->counters;
  counters.request(endpoint::api);
  constexpr std::string_view bearer = "Bearer ";
  auto given = request.fields.get("Authorization");
  if (given.starts_with(bearer)) given.remove_prefix(bearer.size());
  if (!model::equal_secret(given, with_.admin_token)) {
    counters.refused(endpoint::api, metrics::refusal::unauthorized);
    return responder.respond(with_.admin_token.empty()
                                 ? error_json(403, "administration_off", "ADMIN_TOKEN is not set")
                                 : error_json(401, "unauthorized", "send Authorization: Bearer ADMIN_TOKEN"));
  }
  if (request.method != "GET") return responder.respond(error_json(405, "method_not_allowed", "only GET"));
  auto name = request.path().substr(calls_path.size());
  constexpr std::string_view events = "/events";
  const bool wants_events = name.ends_with(events);
  if (wants_events) name.remove_suffix(events.size());
  const model::call_sid call{std::string{name}};
  auto to = std::make_shared<net::http_responder>(std::move(responder));
  if (wants_events) return tell_events(call, std::move(to));
  describe(call, std::move(to));
}

void http_front::describe(const model::call_sid& call, std::shared_ptr<net::http_responder> to) {
  with_.system->spawn(
      [to, call, supervisor = with_.webhooks.supervisor, store = with_.store](caf::event_based_actor* self) {
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

void http_front::tell_events(const model::call_sid& call, std::shared_ptr<net::http_responder> to) {
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
