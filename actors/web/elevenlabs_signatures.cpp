#include "actors/web/elevenlabs_signatures.hpp"

#include "model/elevenlabs/initiation_request.hpp"
#include "model/elevenlabs/legacy_signature.hpp"
#include "model/elevenlabs/shared_secret.hpp"
#include "model/elevenlabs/tool_request.hpp"

namespace tonris::actors {

namespace el = model::elevenlabs;

namespace {

constexpr std::string_view signature_header = "ElevenLabs-Signature", legacy_header = "X-ElevenLabs-Signature";
constexpr std::string_view signature_wanted = "its ElevenLabs-Signature";
constexpr std::string_view secret_wanted = "its X-Webhook-Secret";
constexpr std::size_t most_read = 16 * 1024;  // of what nobody has proved to be ElevenLabs'

}  // namespace

model::request_claims claims_of_callback(web_metrics::endpoint where, const net::http_request& request) {
  model::request_claims says;
  if (request.body.size() > most_read) return says;
  if (where == web_metrics::endpoint::initiation) {
    if (const auto asked = el::parse_initiation_request(request.body))
      says = {asked->call.value, {}, asked->called, asked->caller, "inbound"};
  } else if (where == web_metrics::endpoint::tools) {
    if (const auto asked = el::parse_tool_request(request.query(), request.fields.get("Content-Type"), request.body))
      says.call = asked->call.value;
  }
  return says;
}

elevenlabs_signatures::proof elevenlabs_signatures::allow(endpoint where, const net::http_request& request) const {
  if (const auto old = request.fields.get(legacy_header); !old.empty()) {
    const auto body = std::string_view{request.body};
    const auto verdict = el::verify_legacy_signature(config_.secrets, old, body.empty() ? request.query() : body);
    if (verdict.ok()) {
      matched(verdict.secret);
      return proof::replayable;
    }
  }
  const auto signature = request.fields.get(signature_header);
  const bool is_signed = !signature.empty();
  const auto verdict = is_signed ? el::verify_signature(config_.secrets, signature, request.body, config_.unix_now())
                                 : el::verify_shared_secret(config_.secrets, request.fields.get("X-Webhook-Secret"),
                                                            request.fields.get("Authorization"));
  if (!verdict.ok()) {
    config_.refused->note(where, web_metrics::refusal::bad_callback, config_.refused->source_of(request),
                          claims_of_callback(where, request));
    say(verdict.check, request.path(), is_signed ? signature_wanted : secret_wanted);
    return proof::none;
  }
  matched(verdict.secret);
  return proof::good;
}

el::signature_verifier elevenlabs_signatures::verifier(const net::http_request& request) const {
  return {config_.secrets, request.fields.get(signature_header), config_.unix_now()};
}

bool elevenlabs_signatures::passes(endpoint where, const el::signature_verdict& verdict, std::string_view path,
                                   const request_source& from) const {
  if (!verdict.ok()) {
    config_.refused->note(where, web_metrics::refusal::bad_callback, from);
    say(verdict.check, path, signature_wanted);
    if (verdict.check != check::no_header && verdict.check != check::malformed && config_.watch)
      config_.watch->refused(std::chrono::steady_clock::now());
    return false;
  }
  matched(verdict.secret);
  if (config_.watch) config_.watch->accepted();
  return true;
}

void elevenlabs_signatures::matched(std::size_t secret) const {
  config_.counters->of<web_metrics>().callback_secret_matched(secret);
}

void elevenlabs_signatures::say(check why, std::string_view path, std::string_view wanted) const {
  if (!config_.refusals) return;
  config_.refusals->say(web_metrics::refusal::bad_callback, [&] {
    auto text = "POST " + std::string{path} + ": ";
    if (why == check::no_secret) return text + "ELEVENLABS_WEBHOOK_SECRET is not set, so that nobody comes in";
    return text.append(wanted).append(": ").append(to_string(why)).append(" (ELEVENLABS_WEBHOOK_SECRET)");
  });
}

}  // namespace tonris::actors
