#include "actors/web/twilio_signatures.hpp"

#include <algorithm>

#include "actors/web/metrics.hpp"
#include "actors/web/stream_admission.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/signature.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;

namespace {

constexpr std::size_t longest_named = 100;  // of what a stranger may have sent, in a log line

std::string_view first_of_list(std::string_view list) {
  return model::trimmed(list.substr(0, list.find(',')));
}

}  // namespace

bool twilio_signatures::allow_webhook(endpoint where, const net::http_request& request, twilio::form& fields) const {
  // With GET the fields are in the query, which the signed address holds already.
  const bool get = request.method == "GET";
  auto read = twilio::parse_form(get ? request.query() : std::string_view{request.body});
  if (!read) return refuse(where, web_metrics::refusal::bad_form, request);
  if (!is_signed(where, request, get ? twilio::form{} : *read))
    return refuse(where, web_metrics::refusal::bad_signature, request);
  if (const auto account = twilio::field(*read, "AccountSid"); account != config_.account_sid)
    return refuse(where, web_metrics::refusal::wrong_account, request, account);
  fields = std::move(*read);
  return true;
}

bool twilio_signatures::allow_stream(const net::http_request& request) const {
  return is_signed(endpoint::media_stream, request, {}) ||
         refuse(endpoint::media_stream, web_metrics::refusal::bad_signature, request);
}

bool twilio_signatures::is_signed(endpoint where, const net::http_request& request, const twilio::form& fields) const {
  const auto given = request.fields.get("X-Twilio-Signature");
  if (given.empty()) return false;
  const auto match = twilio::verify(config_.auth_tokens, candidates(where, request), fields, given);
  if (match.ok) config_.counters->of<web_metrics>().signature_matched(where, match.candidate);
  return match.ok;
}

std::vector<std::string> twilio_signatures::candidates(endpoint where, const net::http_request& request) const {
  const auto from = [&](std::string_view origin) {
    return where == endpoint::media_stream ? twilio::stream_candidates(origin, request.target)
                                           : twilio::webhook_candidates(origin, request.target);
  };
  auto list = from(config_.public_origin);
  const auto host = first_of_list(request.fields.get("X-Forwarded-Host"));
  if (!host.empty() && is_trusted(request)) {
    const auto scheme = first_of_list(request.fields.get("X-Forwarded-Proto"));
    const auto forwarded = from((scheme == "http" ? "http://" : "https://") + std::string{host});
    list.insert(list.end(), forwarded.begin(), forwarded.end());
  }
  return list;
}

bool twilio_signatures::is_trusted(const net::http_request& request) const {
  const auto& proxies = config_.trusted_proxies;
  return std::find(proxies.begin(), proxies.end(), request.peer_address) != proxies.end();
}

bool twilio_signatures::refuse(endpoint where, web_metrics::refusal why, const net::http_request& request,
                               std::string_view account) const {
  config_.counters->of<web_metrics>().refused(where, why);
  config_.refusals->say(why, [&] { return words(where, why, request, account); });
  return false;
}

/// A stream's path is a ticket, and a query is nobody's business.
std::string twilio_signatures::words(endpoint where, web_metrics::refusal why, const net::http_request& request,
                                     std::string_view account) const {
  const bool stream = where == endpoint::media_stream;
  const std::string path{stream ? hidden_stream_path : request.path()};
  const auto said = request.method + " " + path + ": ";
  if (why == web_metrics::refusal::bad_form) return said + "its fields are no form";
  if (why == web_metrics::refusal::wrong_account)
    return said + "it is of another account, " + std::string{model::utf8_prefix(account, longest_named)} +
           ", than TWILIO_ACCOUNT_SID";
  const auto expected = stream ? twilio::stream_candidates(config_.public_origin, path).front()
                               : twilio::webhook_candidates(config_.public_origin, path).front();
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

}  // namespace tonris::actors
