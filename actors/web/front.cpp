#include "actors/web/front.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/routes.hpp"
#include "model/access/api_key.hpp"
#include "model/access/doctor_proof.hpp"
#include "model/text/bearer.hpp"
#include "model/text/secrets.hpp"
#include "net/caught.hpp"

namespace tonris::actors {

using endpoint = web_metrics::endpoint;

namespace {

constexpr std::string_view key_wanted = "ADMIN_TOKEN, or a tenant's key";
constexpr std::size_t max_checks = 256;
constexpr std::chrono::seconds check_limit{3};

/// A view into the request.
std::string_view shown_by(const net::http_request& request) {
  return model::bearer_token(request.fields.get("Authorization"));
}

std::int64_t unix_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Whoever proves that he knows ADMIN_TOKEN is the doctor, also where he signs with a token that is not Twilio's here:
/// the signatures know him by Twilio's.
void introduce_doctor(const http_front::config& known, net::http_request& request) {
  const auto proof = request.fields.get(model::doctor_field);
  if (proof.empty() || known.twilio.auth_tokens.empty()) return;
  if (const auto now = unix_seconds(); model::is_doctor(known.admin_token, proof, now))
    request.fields.set(model::doctor_field, model::doctor_proof(known.twilio.auth_tokens.front(), now));
}

/// To the front, from whoever asks for it whose a key is. It is gone once: with what he was told or, where he has ended
/// without a word, with an error. One thread at a time.
class way_back {
 public:
  using told = caf::expected<checked_api_key>;

  explicit way_back(std::function<void(told)> go) : go_(std::move(go)) {}
  way_back(const way_back&) = delete;
  way_back& operator=(const way_back&) = delete;
  ~way_back() {
    if (go_) net::guard([this] { come(caf::make_error(caf::sec::request_receiver_down)); }, [] {});
  }
  void come(told what) { std::exchange(go_, nullptr)(std::move(what)); }

 private:
  std::function<void(told)> go_;
};

}  // namespace

http_front::http_front(config settings)
    : config_(std::move(settings)),
      twilio_(config_.unit ? std::optional<twilio_signatures>{config_.twilio} : std::nullopt),
      elevenlabs_(config_.elevenlabs),
      post_calls_({config_.callbacks, config_.system, config_.counters, config_.refused}, elevenlabs_),
      late_(config_.max_late_answers) {
  if (config_.unit) spawn_webhooks();
}

http_front::~http_front() {
  if (webhooks_handle_) caf::anon_send_exit(webhooks_handle_, caf::exit_reason::user_shutdown);
}

void http_front::spawn_webhooks() {
  webhooks_handle_ = spawn_on<twilio_webhooks>(*config_.system, *config_.unit, config_.webhooks);
  webhooks_ = static_cast<loop_bound*>(caf::actor_cast<caf::abstract_actor*>(webhooks_handle_));
}

/// A request whose key is being looked up.
struct http_front::held_request {
  net::http_request request;
  net::http_responder responder;
  std::string request_id;
};

void http_front::handle(net::http_request request, net::http_responder responder) {
  const auto found = find_route(routes(), config_.at, request);
  metrics& counters = *config_.counters;
  if (!found.to) return refuse_nowhere(request, responder);
  counters.of<web_metrics>().request(found.to->counted_as);
  request_context asked{request, std::move(responder), *found.to, {}, found.parameters};
  if (found.to->may == audience::api_user) return authenticate(found, request, asked);
  handle_if_allowed(found, asked);
}

void http_front::handle_if_allowed(const found_route& found, request_context& asked) {
  if (!found.method_allowed) return refuse_method(asked, found.allowed);
  if (allows(asked)) found.to->handle(*this, asked);
}

net::http_body_plan http_front::body_plan(const net::http_request& head) const noexcept {
  const auto found = find_route(routes(), config_.at, head);
  if (!found.to) return {.max_bytes = ordinary_body_bytes};
  return {.max_bytes = found.to->max_body_bytes, .streamed = found.to->streams && found.method_allowed};
}

/// Who is refused has his answer.
bool http_front::allows(request_context& asked) {
  switch (asked.to.may) {
    case audience::anybody: return true;
    case audience::metrics_reader: return allows_metrics(asked);
    case audience::twilio:
      introduce_doctor(config_, asked.request);
      if (asked.to.by.has(methods::websocket)
              ? twilio_->allow_stream(asked.request)
              : twilio_->allow_webhook(asked.to.counted_as, asked.request, asked.fields, asked.signer))
        return true;
      asked.answer(net::make_response(403, "text/plain", {}));
      return false;
    case audience::elevenlabs:
      if (asked.to.streams) return true;
      return allows_elevenlabs(asked);
    case audience::doctor: return allows_doctor(asked);
    case audience::api_user: return false;
  }
  return false;
}

bool http_front::allows_elevenlabs(request_context& asked) {
  const auto shown = elevenlabs_.allow(asked.to.counted_as, asked.request);
  asked.replayable = shown == elevenlabs_signatures::proof::replayable;
  if (shown != elevenlabs_signatures::proof::none) return true;
  asked.answer(error_answer(error_code::unauthorized, "show ELEVENLABS_WEBHOOK_SECRET as X-Webhook-Secret"));
  return false;
}

/// Who shows a wrong proof waits as who shows a wrong token: it is the same that he could find out.
bool http_front::allows_doctor(request_context& asked) {
  if (config_.admin_token.empty()) {
    count_refused(asked, web_metrics::refusal::unauthorized);
    asked.answer(error_answer(error_code::administration_off, "ADMIN_TOKEN is not set"));
    return false;
  }
  const auto proof = asked.request.fields.get(model::doctor_field);
  if (model::is_doctor(config_.admin_token, proof, unix_seconds())) return true;
  count_refused(asked, web_metrics::refusal::unauthorized);
  auto answer = error_answer(error_code::unauthorized, "prove with X-Tonris-Doctor that you know ADMIN_TOKEN");
  if (proof.empty())
    asked.answer(std::move(answer));
  else
    refuse_late(asked, {}, std::move(answer));
  return false;
}

twilio_signatures::look http_front::look_at_signature(const net::http_request& request) const {
  return twilio_ ? twilio_->look_at(request) : twilio_signatures::look{};
}

bool http_front::allows_metrics(request_context& asked) {
  if (config_.metrics_token.empty() || model::equal_secret(shown_by(asked.request), config_.metrics_token)) return true;
  refuse_key(asked, {}, "METRICS_TOKEN");
  return false;
}

// --- the administration API

/// Of the API a stranger learns nothing, not even how it may be asked. The operator is known at once; whose key it is
/// else the access registry knows, and nothing of it happens on this loop but the wait.
void http_front::authenticate(const found_route& found, net::http_request& request, request_context& asked) {
  asked.request_id = request_id_of(request);
  if (config_.admin_token.empty()) {
    count_refused(asked, web_metrics::refusal::unauthorized);
    return asked.answer(error_answer(error_code::administration_off, "ADMIN_TOKEN is not set"));
  }
  const auto shown = shown_by(request);
  if (model::equal_secret(shown, config_.admin_token)) return serve_api(found, asked);
  const auto id = model::api_key_id(shown);
  if (!id || !config_.access) return refuse_key(asked, {}, key_wanted);
  ask_whose_key(request, asked, std::string{*id});
}

void http_front::ask_whose_key(net::http_request& request, request_context& asked, const std::string& id) {
  if (checks_ >= max_checks) {
    count_refused(asked, web_metrics::refusal::too_many);
    return asked.answer(error_answer(error_code::unavailable, "too many keys are looked up at once: try again"));
  }
  const std::string text{shown_by(request)};
  const auto held = std::make_shared<held_request>(
      held_request{std::move(request), std::move(asked.responder), std::move(asked.request_id)});
  const auto way = std::make_shared<way_back>([held, id, front = std::weak_ptr{self_}](way_back::told checked) {
    held->responder.on_loop().post([held, id, front, checked = std::move(checked)] {
      if (const auto still = front.lock()) (*still)->go_on(*held, id, checked);
    });
  });
  ++checks_;
  config_.system->spawn(
      [access = config_.access, text, way, counters = config_.counters](caf::event_based_actor* self) {
        guard(self, *counters);
        ask(self, access, check_limit, check_api_key{text})
            .then([way](const checked_api_key& checked) { way->come(checked); },
                  [way](const caf::error& why) { way->come(why); });
      });
}

void http_front::go_on(held_request& held, const std::string& id, const caf::expected<checked_api_key>& checked) {
  --checks_;
  const auto found = find_route(routes(), config_.at, held.request);
  request_context asked{held.request, std::move(held.responder), *found.to, {}, found.parameters};
  asked.request_id = std::move(held.request_id);
  if (!checked) return asked.answer(error_answer(error_code::unavailable, "try again"));
  if (!checked->who) return refuse_key(asked, id, key_wanted);
  asked.by = *checked->who;
  serve_api(found, asked);
}

void http_front::serve_api(const found_route& found, request_context& asked) {
  const std::string whose{asked.parameters["id"]};
  const auto permission =
      whose.empty() ? may_ever(asked.by, asked.to.does) ? model::permission::granted : model::permission::not_enough
                    : may(asked.by, asked.to.does, model::tenant_id{whose});
  switch (permission) {
    case model::permission::granted: break;
    case model::permission::not_enough:
      count_refused(asked, web_metrics::refusal::forbidden);
      return asked.answer(error_answer(error_code::forbidden, "this key is not for that"));
    case model::permission::not_his:
      count_refused(asked, web_metrics::refusal::forbidden);
      return asked.answer(no_such_tenant());
  }
  if (!found.method_allowed) return refuse_method(asked, found.allowed);
  found.to->handle(*this, asked);
}

/// Whoever shows none is told so at once: there is nothing to try.
void http_front::refuse_key(request_context& asked, std::string_view id, std::string_view setting) {
  count_refused(asked, web_metrics::refusal::unauthorized);
  auto answer = error_answer(error_code::unauthorized, "send Authorization: Bearer " + std::string{setting});
  if (shown_by(asked.request).empty()) return asked.answer(std::move(answer));
  refuse_late(asked, id, std::move(answer));
}

/// The longer the more often that id has failed.
void http_front::refuse_late(request_context& asked, std::string_view id, net::http_response answer) {
  auto& on = asked.responder.on_loop();
  const auto reply = std::make_shared<api_reply>(asked);
  const std::function<void()> send = [reply, answer = std::move(answer)] { reply->send(answer); };
  if (late_.wait(on, attempts_.wait_after(id, on.now()), send)) return;
  config_.counters->of<web_metrics>().late_answers_full();
  send();
}

void http_front::count_refused(const request_context& asked, web_metrics::refusal why) {
  count_refused(asked.to, asked.request, why);
}

void http_front::count_refused(const route& to, const net::http_request& request, web_metrics::refusal why) {
  if (to.may != audience::twilio && to.may != audience::elevenlabs)
    return config_.counters->of<web_metrics>().refused(to.counted_as, why);
  config_.refused->note(to.counted_as, why, config_.refused->source_of(request));
}

void http_front::refuse_oversize(const net::http_request& head) {
  if (const auto found = find_route(routes(), config_.at, head); found.to)
    count_refused(*found.to, head, web_metrics::refusal::too_large);
}

/// A vendor who was told another address than ours is as silent in the records as one whose signature is wrong.
void http_front::refuse_nowhere(const net::http_request& request, net::http_responder& responder) {
  const auto& counted = config_.counters->of<web_metrics>();
  counted.request(endpoint::other);
  if (shows_vendor_signature(request))
    config_.refused->note(endpoint::other, web_metrics::refusal::not_found, config_.refused->source_of(request),
                          claims_of_webhook(request));
  else
    counted.refused(endpoint::other, web_metrics::refusal::not_found);
  responder.respond(error_answer(error_code::not_found, "there is nothing here"));
}

void http_front::refuse_method(request_context& asked, methods allowed) {
  if (allowed.has(methods::websocket)) {
    count_refused(asked, web_metrics::refusal::no_upgrade);
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
