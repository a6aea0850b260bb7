#include "actors/web/twilio_signatures.hpp"

#include <algorithm>
#include <chrono>

#include "actors/web/metrics.hpp"
#include "actors/web/stream_admission.hpp"
#include "model/access/doctor_proof.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/signature.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using whose = web_metrics::account;

namespace {

constexpr std::size_t longest_named = 100;  // of what a stranger may have sent, in a log line

std::string_view first_of_list(std::string_view list) {
  return model::trimmed(list.substr(0, list.find(',')));
}

bool is_json(const net::http_request& request) {
  constexpr std::string_view json = "application/json";
  return model::same_text(request.fields.get("Content-Type").substr(0, json.size()), json);
}

std::string shown_path(web_metrics::endpoint where, std::string_view path) {
  if (where == web_metrics::endpoint::media_stream) return std::string{hidden_stream_path};
  if (where != web_metrics::endpoint::outbound) return std::string{path};
  return std::string{path.substr(0, path.rfind('/') + 1)} + "…";
}

}  // namespace

bool twilio_signatures::allow_webhook(endpoint where, const net::http_request& request, model::form& fields,
                                      token_holders& signer) {
  const bool get = request.method == "GET", json = !get && is_json(request);
  auto read = json ? twilio::parse_json_form(request.body)
                   : model::parse_form(get ? request.query() : std::string_view{request.body});
  const auto refused = [&](web_metrics::refusal why, std::string_view signs = {}) {
    return refuse(where, why, request, read ? model::claims_in(*read) : model::request_claims{}, signs);
  };
  // JSON is not signed itself: the address is, and names the body's hash.
  if (json && !twilio::body_hash_matches(request.target, request.body))
    return refused(web_metrics::refusal::bad_signature);
  if (!read) return refused(web_metrics::refusal::bad_form);
  // With GET the fields are in the query, which the signed address holds already.
  static const model::form none;
  const auto& signed_fields = get || json ? none : *read;
  const auto account = model::field(*read, "AccountSid");
  const auto* const own = account == config_.account_sid ? nullptr : accounts_.find(std::string{account});
  if (own != nullptr) {
    const auto token = token_that_signed(where, request, signed_fields, {whose::tenant, own->tokens});
    if (!token) return refused(web_metrics::refusal::bad_signature, account);
    signer = own->holders[*token];
  } else {
    const auto named = account == config_.account_sid ? whose::gateway : whose::unknown;
    if (!token_that_signed(where, request, signed_fields, {named, config_.auth_tokens}))
      return refused(web_metrics::refusal::bad_signature);
    if (account != config_.account_sid) return refused(web_metrics::refusal::wrong_account, account);
  }
  fields = std::move(*read);
  return true;
}

/// Whose ticket it is shows the ticket alone, and `start` names the account again.
bool twilio_signatures::allow_stream(const net::http_request& request) {
  const auto account = ticket_in(request.path()).account;
  const auto* const own = account.empty() ? nullptr : accounts_.find(std::string{account});
  const auto by = own != nullptr ? signers{whose::tenant, own->tokens} : signers{whose::unknown, config_.auth_tokens};
  if (token_that_signed(endpoint::media_stream, request, {}, by)) return true;
  model::request_claims says;
  says.account = account;
  return refuse(endpoint::media_stream, web_metrics::refusal::bad_signature, request, says);
}

twilio_signatures::look twilio_signatures::look_at(const net::http_request& request) const {
  const auto urls = candidates(endpoint::other, request);
  look seen;
  if (!urls.empty()) seen.expected_url = urls.front();
  seen.is_from_trusted_proxy = is_trusted(request);
  if (const auto fields = model::parse_form(request.body))
    seen.holds = twilio::verify(config_.auth_tokens, urls, *fields, request.fields.get("X-Twilio-Signature")).ok;
  return seen;
}

std::optional<std::size_t> twilio_signatures::token_that_signed(endpoint where, const net::http_request& request,
                                                                const model::form& fields, const signers& by) const {
  const auto& counted = config_.counters->of<web_metrics>();
  const auto given = request.fields.get("X-Twilio-Signature");
  const auto match =
      given.empty() ? twilio::signature_match{} : twilio::verify(by.tokens, candidates(where, request), fields, given);
  const bool counts = !is_of_doctor(request);
  if (!match.ok) {
    if (counts) counted.signature_refused(by.whose);
    return std::nullopt;
  }
  if (counts) counted.signature_matched(where, match.candidate, by.whose, match.token);
  return match.token;
}

bool twilio_signatures::is_of_doctor(const net::http_request& request) const {
  const auto proof = request.fields.get(model::doctor_field);
  if (proof.empty()) return false;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  return std::any_of(config_.auth_tokens.begin(), config_.auth_tokens.end(),
                     [&](const std::string& token) { return model::is_doctor(token, proof, now.count()); });
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
                               const model::request_claims& says, std::string_view signs) const {
  // Its own finding: beside Twilio's it would be a call that was lost.
  if (why == web_metrics::refusal::bad_signature && is_of_doctor(request)) return false;
  config_.refused->note(where, why, config_.refused->source_of(request), says);
  config_.refusals->say(why, [&] { return words(where, why, request, signs); });
  return false;
}

/// A stream's path is a ticket, one of a call that we have placed ends with it, and a query is nobody's business.
std::string twilio_signatures::words(endpoint where, web_metrics::refusal why, const net::http_request& request,
                                     std::string_view account) const {
  const bool stream = where == endpoint::media_stream;
  const auto path = shown_path(where, request.path());
  const auto said = request.method + " " + path + ": ";
  if (why == web_metrics::refusal::bad_form) return said + "its fields are no form";
  if (why == web_metrics::refusal::wrong_account)
    return said + "it is of another account, " + std::string{model::utf8_prefix(account, longest_named)} +
           ", than TWILIO_ACCOUNT_SID";
  const auto expected = stream ? twilio::stream_candidates(config_.public_origin, path).front()
                               : twilio::webhook_candidates(config_.public_origin, path).front();
  const bool has_signature = request.fields.has("X-Twilio-Signature");
  const auto tokens = account.empty() ? std::string{"TWILIO_AUTH_TOKEN"} : "the tokens of " + std::string{account};
  std::string text = said + (has_signature ? "its X-Twilio-Signature is not one of " + tokens + " for " + expected
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
