#include "actors/web/doctor_api.hpp"

#include <chrono>

#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "config/settings.hpp"
#include "model/doctor/seen_request.hpp"
#include "model/text/digest.hpp"

namespace tonris::actors {

void echo_request(http_front& at, request_context& asked) {
  const auto& request = asked.request;
  const auto text = [&](std::string_view field) { return std::string{request.fields.get(field)}; };
  const auto signature = at.look_at_signature(request);
  model::doctor::seen_request seen;
  seen.version = config::version();
  seen.public_origin = at.settings().twilio.public_origin;
  seen.expected_url = signature.expected_url;
  seen.method = request.method;
  seen.target = request.target;
  seen.host = text("Host");
  seen.content_type = text("Content-Type");
  seen.forwarded_host = text("X-Forwarded-Host");
  seen.forwarded_proto = text("X-Forwarded-Proto");
  seen.peer = request.peer_address;
  seen.peer_is_trusted = signature.is_from_trusted_proxy;
  seen.has_signature = request.fields.has("X-Twilio-Signature");
  seen.signature_holds = signature.holds;
  seen.has_callback_secret = request.fields.has("X-Webhook-Secret");
  seen.has_callback_signature = request.fields.has("ElevenLabs-Signature");
  seen.body_bytes = request.body.size();
  seen.body_sha256 = model::sha256_hex(request.body);
  seen.unix_ms =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  asked.answer(json_answer(to_json(seen)));
}

}  // namespace tonris::actors
