#include "actors/web/elevenlabs_signatures.hpp"

#include "model/elevenlabs/legacy_signature.hpp"
#include "model/elevenlabs/shared_secret.hpp"

namespace tonris::actors {

namespace el = model::elevenlabs;

namespace {

constexpr std::string_view signature_header = "ElevenLabs-Signature", legacy_header = "X-ElevenLabs-Signature";
constexpr std::string_view signature_wanted = "its ElevenLabs-Signature";
constexpr std::string_view secret_wanted = "its X-Webhook-Secret";

}  // namespace

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
    refuse(where, verdict.check, request.path(), is_signed ? signature_wanted : secret_wanted);
    return proof::none;
  }
  matched(verdict.secret);
  return proof::good;
}

el::signature_verifier elevenlabs_signatures::verifier(const net::http_request& request) const {
  return {config_.secrets, request.fields.get(signature_header), config_.unix_now()};
}

bool elevenlabs_signatures::passes(endpoint where, const el::signature_verdict& verdict, std::string_view path) const {
  if (!verdict.ok()) {
    refuse(where, verdict.check, path, signature_wanted);
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

void elevenlabs_signatures::refuse(endpoint where, check why, std::string_view path, std::string_view wanted) const {
  config_.counters->of<web_metrics>().refused(where, web_metrics::refusal::bad_callback);
  if (!config_.refusals) return;
  config_.refusals->say(web_metrics::refusal::bad_callback, [&] {
    auto text = "POST " + std::string{path} + ": ";
    if (why == check::no_secret) return text + "ELEVENLABS_WEBHOOK_SECRET is not set, so that nobody comes in";
    return text.append(wanted).append(": ").append(to_string(why)).append(" (ELEVENLABS_WEBHOOK_SECRET)");
  });
}

}  // namespace tonris::actors
