#include "actors/web/twilio_webhooks.hpp"

#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/metrics.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/routing.hpp"
#include "model/twilio/twiml.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using model::end_reason;

namespace {

// Together below the 3 s a caller waits at most.
constexpr std::chrono::milliseconds registry_limit{1000};
constexpr std::chrono::milliseconds supervisor_limit{1500};

net::http_response twiml_response(std::string document) {
  return net::make_response(200, "text/xml; charset=utf-8", std::move(document));
}

net::http_response no_content() {
  net::http_response response;
  response.status = 204;
  return response;
}

std::string websocket_origin(std::string_view http_origin) {  // https://x -> wss://x, http://x -> ws://x
  return "ws" + std::string{http_origin.substr(4)};
}

// How often a node that stops has sent this on already: in the query of our own address, which Twilio signs.
constexpr std::string_view redirects_name = "redirects";

unsigned redirects_in(std::string_view query) {
  const auto fields = twilio::parse_form(query);
  if (!fields) return 0;
  const auto text = twilio::field(*fields, redirects_name);
  unsigned count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc{} && end == text.data() + text.size() ? count : 0;
}

model::fallback_news news_in(const twilio::form& fields) {
  if (const auto dialled = twilio::field(fields, "DialCallStatus"); !dialled.empty())
    return twilio::was_answered(dialled) ? model::fallback_news::answered : model::fallback_news::not_answered;
  const bool recorded =
      !twilio::field(fields, "RecordingUrl").empty() || !twilio::field(fields, "RecordingSid").empty();
  return recorded ? model::fallback_news::message_taken : model::fallback_news::none;
}

}  // namespace

net::http_response apology(std::string_view direction) {
  if (twilio::is_outbound(direction)) return twiml_response(model::twiml::hang_up());
  return twiml_response(model::twiml::say_and_hang_up(default_sentence(end_reason::internal_error)));
}

twilio_webhooks::twilio_webhooks(caf::actor_config& actor, config settings)
    : loop_bound(actor), config_(std::move(settings)) {}

caf::behavior twilio_webhooks::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  return {
      [this](const signed_request& request) {
        switch (request.kind) {
          case webhook_kind::voice: return voice(request);
          case webhook_kind::connect_action: return next_step(request);
          case webhook_kind::status: return call_progress(request.fields, request.responder);
          case webhook_kind::stream_status: return stream_progress(request.fields, request.responder);
          case webhook_kind::recording_status: return recording_progress(request.fields, request.responder);
        }
      },
  };
}

// --- a call comes in

void twilio_webhooks::voice(const signed_request& asked) {
  const responder to = asked.responder;
  auto request = twilio::parse_voice_request(asked.fields);
  if (!request) {
    log::warn("Voice webhook with unusable fields: {why}", {{"why", to_string(request.error())}});
    config_.counters->of<web_metrics>().refused(web_metrics::endpoint::voice, web_metrics::refusal::bad_form);
    return to->respond(apology(twilio::field(asked.fields, "Direction")));
  }
  // The number's fallback address: what Twilio was told before did not work.
  const bool failed = !twilio::field(asked.fields, "ErrorCode").empty();
  const start_call wanted{*request,
                          nullptr,
                          {},
                          redirects_in(asked.query),
                          failed ? model::fallback_news::failed : model::fallback_news::none,
                          asked.token};
  if (twilio::is_outbound(request->direction)) return outbound(wanted, to);
  if (!model::is_e164(request->to)) {
    announce(*request, nullptr);
    return refuse(wanted, end_reason::unknown_number, {}, to);
  }
  ask(this, config_.registry, registry_limit, find_tenant{request->to, request->from, request->forwarded_from})
      .then(
          [this, wanted, to](const found_tenant& found) {
            announce(wanted.request, found.tenant);
            route(wanted, found, to);
          },
          [this, wanted, to](const caf::error&) {
            announce(wanted.request, nullptr);
            refuse(wanted, end_reason::registry_down, {}, to);
          });
}

/// The tenant's own call, placed by somebody else's program. `To` is a customer of his, who is told nothing.
void twilio_webhooks::outbound(const start_call& wanted, const responder& to) {
  const auto hang_up = [this, wanted, to](const found_tenant& found) {
    refuse(wanted, end_reason::outbound_not_served, {found.tenant}, to);
  };
  ask(this, config_.registry, registry_limit, find_tenant{wanted.request.from})
      .then(hang_up, [hang_up](const caf::error&) { hang_up({}); });
}

/// Its words are kept to the letter; whose call it is stands in the fields.
void twilio_webhooks::announce(const twilio::voice_request& request, const tenant_ptr& tenant) {
  if (!log::writes(log::level::info)) return;
  auto about = call_log::whose(request, tenant);
  about.insert(about.end(), {{"from", log::caller{request.from}}, {"", log::caller{request.to}}});
  log::write(log::level::info, "Twilio-ElevenLabs: Incoming call {call} from {from} to {}", about);
}

void twilio_webhooks::route(start_call wanted, const found_tenant& found, const responder& to) {
  if (!found.tenant) return refuse(wanted, end_reason::unknown_number, found, to);
  if (found.tenant->status == model::tenant::status_type::suspended)
    return refuse(wanted, end_reason::tenant_suspended, found, to);
  wanted.tenant = found.tenant;
  wanted.from_tenant = found.from_tenant;
  wanted.agent = model::choose_agent(*found.tenant, wanted.request.call, config_.default_agent);
  if (wanted.agent.empty()) return refuse(wanted, end_reason::no_agent, found, to);
  ask(this, config_.supervisor, supervisor_limit, wanted)
      .then([this, to](const call_answer& decided) { answer(decided, to); },
            [this, wanted, to](const caf::error&) { apologise(wanted.request, wanted.tenant, to); });
}

void twilio_webhooks::refuse(const start_call& wanted, end_reason reason, const found_tenant& found,
                             const responder& to) {
  const auto& request = wanted.request;
  ask(this, config_.supervisor, supervisor_limit,
      refuse_call{request, found.tenant, reason, wanted.news, wanted.token, found.from_tenant})
      .then([this, to](const call_answer& decided) { answer(decided, to); },
            [this, request, tenant = found.tenant, to](const caf::error&) { apologise(request, tenant, to); });
}

/// The supervisor itself does not answer: nothing but a sentence is left.
void twilio_webhooks::apologise(const twilio::voice_request& request, const tenant_ptr& tenant, const responder& to) {
  call_log::error(request, tenant, "refused: the call supervisor did not answer");
  config_.counters->of<call_metrics>().call_refused(end_reason::internal_error);
  to->respond(apology(request.direction));
}

// --- what comes next, and progress

void twilio_webhooks::next_step(const signed_request& request) {
  const auto& fields = request.fields;
  const responder to = request.responder;
  if (twilio::is_outbound(twilio::field(fields, "Direction")))
    return to->respond(twiml_response(model::twiml::hang_up()));
  const connect_action asked{{std::string{twilio::field(fields, "CallSid")}},
                             twilio::parse_call_status(twilio::field(fields, "CallStatus")),
                             news_in(fields),
                             redirects_in(request.query),
                             request.token};
  ask(this, config_.supervisor, supervisor_limit, asked)
      .then([this, to](const call_answer& decided) { answer(decided, to); },
            [to](const caf::error&) { to->respond(apology()); });
}

void twilio_webhooks::call_progress(const twilio::form& fields, const responder& to) {
  send(config_.supervisor, call_status_changed{{std::string{twilio::field(fields, "CallSid")}},
                                               twilio::parse_call_status(twilio::field(fields, "CallStatus"))});
  to->respond(no_content());
}

void twilio_webhooks::stream_progress(const twilio::form& fields, const responder& to) {
  auto status = twilio::parse_stream_status(fields);
  if (!status) {
    config_.counters->of<web_metrics>().refused(web_metrics::endpoint::stream_status, web_metrics::refusal::bad_form);
    return to->respond(no_content());
  }
  send(config_.supervisor, stream_reported{std::move(*status)});
  to->respond(no_content());
}

void twilio_webhooks::recording_progress(const twilio::form& fields, const responder& to) {
  auto status = twilio::parse_recording_status(fields);
  if (status) {
    const auto call = status->call;
    send(config_.supervisor, recording_reported{call, std::move(*status)});
  } else {
    config_.counters->of<web_metrics>().refused(web_metrics::endpoint::recording_status,
                                                web_metrics::refusal::bad_form);
  }
  to->respond(no_content());
}

std::string twilio_webhooks::address_of(std::string_view endpoint) const {
  return config_.public_origin + "/api/webhooks/twilio/" + std::string{endpoint};
}

void twilio_webhooks::answer(const call_answer& decided, const responder& to) {
  const auto again = [&](std::string_view endpoint) {
    config_.counters->of<web_metrics>().call_redirected();
    const auto address =
        address_of(endpoint).append("?").append(redirects_name).append("=") + std::to_string(decided.redirects);
    to->respond(twiml_response(model::twiml::redirect(address, static_cast<unsigned>(decided.pause.count()))));
  };
  switch (decided.then) {
    case call_answer::verb::stream: return answer_with_stream(decided.ticket, to);
    case call_answer::verb::say:
      return to->respond(twiml_response(model::twiml::say_and_hang_up(decided.text, decided.language)));
    case call_answer::verb::dial: {
      model::twiml::transfer transfer;
      transfer.say = decided.text;
      transfer.language = decided.language;
      transfer.number = decided.number;
      transfer.caller_id = decided.caller_id;
      transfer.action = address_of("connect-action");
      return to->respond(twiml_response(model::twiml::say_and_dial(transfer)));
    }
    case call_answer::verb::record: {
      model::twiml::voicemail voicemail;
      voicemail.say = decided.text;
      voicemail.language = decided.language;
      voicemail.action = address_of("connect-action");
      voicemail.status_callback = address_of("recording-status");
      return to->respond(twiml_response(model::twiml::say_and_record(voicemail)));
    }
    case call_answer::verb::hang_up: return to->respond(twiml_response(model::twiml::hang_up()));
    case call_answer::verb::nothing: return to->respond(twiml_response(model::twiml::empty()));
    case call_answer::verb::redirect_voice: return again("elevenlabs");
    case call_answer::verb::redirect_connect: return again("connect-action");
  }
}

void twilio_webhooks::answer_with_stream(const model::ticket& ticket, const responder& to) {
  model::twiml::stream stream;
  stream.url = websocket_origin(config_.public_origin) + "/media-stream/" + ticket.value;
  stream.action = address_of("connect-action");
  stream.status_callback = address_of("stream-status");
  auto document = model::twiml::connect_stream(stream);
  if (!document) {
    log::error("No TwiML for this stream: {why}", {{"why", to_string(document.error())}});
    return to->respond(apology());
  }
  to->respond(twiml_response(std::move(*document)));
}

}  // namespace tonris::actors
