#include "actors/web/front.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/web/errors.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/routes.hpp"
#include "model/text/secrets.hpp"

namespace tonris::actors {

using endpoint = web_metrics::endpoint;

namespace {

bool shows(const net::http_request& request, std::string_view token) {
  constexpr std::string_view bearer = "Bearer ";
  auto given = request.fields.get("Authorization");
  if (!given.starts_with(bearer)) return false;
  given.remove_prefix(bearer.size());
  return model::equal_secret(given, token);
}

}  // namespace

http_front::http_front(config settings)
    : config_(std::move(settings)),
      twilio_(config_.services ? std::optional<twilio_signatures>{config_.twilio} : std::nullopt) {
  if (config_.services) spawn_webhooks();
}

http_front::~http_front() {
  if (webhooks_handle_) caf::anon_send_exit(webhooks_handle_, caf::exit_reason::user_shutdown);
}

void http_front::spawn_webhooks() {
  webhooks_handle_ = spawn_on<twilio_webhooks>(*config_.system, *config_.services->unit, config_.webhooks);
  webhooks_ = static_cast<loop_bound*>(caf::actor_cast<caf::abstract_actor*>(webhooks_handle_));
}

void http_front::handle(net::http_request request, net::http_responder responder) {
  const auto found = find_route(routes(), config_.at, request);
  metrics& counters = *config_.counters;
  if (!found.to) {
    counters.of<web_metrics>().request(endpoint::other);
    counters.of<web_metrics>().refused(endpoint::other, web_metrics::refusal::not_found);
    return responder.respond(error_answer(error_code::not_found, "there is nothing here"));
  }
  counters.of<web_metrics>().request(found.to->counted_as);
  request_context asked{request, std::move(responder), *found.to, principal::anybody, found.parameters};
  if (found.to->counted_as == endpoint::api) asked.request_id = request_id_of(request);
  // Of the API a stranger learns nothing, not even how it may be asked.
  const bool hidden = found.to->may == principal::node_operator;
  if (hidden && !allows(asked)) return;
  if (!found.method_allowed) return refuse_method(asked, found.allowed);
  if (!hidden && !allows(asked)) return;
  found.to->handle(*this, asked);
}

std::size_t http_front::body_limit(const net::http_request& head) const noexcept {
  const auto found = find_route(routes(), config_.at, head);
  return found.to ? found.to->max_body_bytes : ordinary_body_bytes;
}

/// Who is refused has his answer.
bool http_front::allows(request_context& asked) {
  switch (asked.to.may) {
    case principal::anybody: return true;
    case principal::metrics_reader:
      return config_.metrics_token.empty() || allows_bearer(asked, config_.metrics_token, "METRICS_TOKEN");
    case principal::node_operator: return allows_bearer(asked, config_.admin_token, "ADMIN_TOKEN");
    case principal::twilio:
      if (asked.to.by.has(methods::websocket)
              ? twilio_->allow_stream(asked.request)
              : twilio_->allow_webhook(asked.to.counted_as, asked.request, asked.fields)) {
        asked.by = principal::twilio;
        return true;
      }
      asked.answer(net::make_response(403, "text/plain", {}));
      return false;
  }
  return false;
}

bool http_front::allows_bearer(request_context& asked, std::string_view token, std::string_view setting) {
  if (shows(asked.request, token)) {
    asked.by = asked.to.may;
    return true;
  }
  config_.counters->of<web_metrics>().refused(asked.to.counted_as, web_metrics::refusal::unauthorized);
  asked.answer(token.empty()
                   ? error_answer(error_code::administration_off, std::string{setting} + " is not set")
                   : error_answer(error_code::unauthorized, "send Authorization: Bearer " + std::string{setting}));
  return false;
}

void http_front::refuse_method(request_context& asked, methods allowed) {
  if (allowed.has(methods::websocket)) {
    config_.counters->of<web_metrics>().refused(asked.to.counted_as, web_metrics::refusal::no_upgrade);
    auto refused = error_answer(error_code::upgrade_required, "a media stream is a WebSocket");
    refused.fields.set("Upgrade", "websocket");
    return asked.answer(std::move(refused));
  }
  auto refused = error_answer(error_code::method_not_allowed, allowed.in_words());
  refused.fields.set("Allow", allowed.allow());
  asked.answer(std::move(refused));
}

void http_front::deliver(signed_request webhook) {
  if (webhooks_->deliver(std::move(webhook))) return;
  // It ended over this request, which is lost (the responder has said its last words), or before it: then the message
  // is untouched and is the next one's.
  spawn_webhooks();
  // NOLINTNEXTLINE(bugprone-use-after-move)
  if (webhook.responder) webhooks_->deliver(std::move(webhook));
}

}  // namespace tonris::actors
