#include "actors/web/front.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "actors/web/answers.hpp"
#include "actors/web/stream_admission.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/signature.hpp"

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
constexpr std::size_t longest_named = 100;  // of what a stranger may have sent, in a log line

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
  if (path.starts_with(stream_path)) return media_stream(request, std::move(responder));
  with_.others(request, std::move(responder));
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
  if (!get && request.method != "POST") return responder.respond(method_refused("GET, POST", "POST or GET"));
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
  // Twilio may add one (docs/protocols/twilio.md#a-streams-handshake).
  if (ticket.ends_with('/')) ticket.remove_suffix(1);
  admit_stream(*with_.system, with_.webhooks.supervisor, *with_.services, {std::string{ticket}}, std::move(responder));
}

}  // namespace tonris::actors
