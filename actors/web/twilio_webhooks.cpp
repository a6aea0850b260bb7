#include "actors/web/twilio_webhooks.hpp"

#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "actors/admission/metrics.hpp"
#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/services.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/twilio_answers.hpp"
#include "actors/web/whisper.hpp"
#include "actors/web/whose_call.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/admission/uncounted.hpp"
#include "model/audio/hold_music.hpp"
#include "model/call/refusal.hpp"
#include "model/call/sentences.hpp"
#include "model/outbound/search.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/route.hpp"
#include "model/twilio/twiml.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using model::end_reason;

namespace {

// Together below the 3 s a caller waits at most.
constexpr std::chrono::milliseconds registry_limit{1000};
constexpr std::chrono::milliseconds admission_limit{400};
constexpr std::chrono::milliseconds supervisor_limit{1500};

std::string websocket_origin(std::string_view http_origin) {  // https://x -> wss://x, http://x -> ws://x
  return "ws" + std::string{http_origin.substr(4)};
}

// How often a node that stops has sent this on already: in the query of our own address, which Twilio signs.
constexpr std::string_view redirects_name = "redirects";
// How many seconds this caller has waited for a place.
constexpr std::string_view waited_name = "waited";

unsigned number_in(std::string_view query, std::string_view name) {
  const auto fields = model::parse_form(query);
  if (!fields) return 0;
  const auto text = model::field(*fields, name);
  unsigned count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc{} && end == text.data() + text.size() ? count : 0;
}

model::fallback_news news_in(const model::form& fields) {
  if (const auto dialled = model::field(fields, "DialCallStatus"); !dialled.empty())
    return twilio::was_answered(dialled) ? model::fallback_news::answered : model::fallback_news::not_answered;
  const bool recorded = !model::field(fields, "RecordingUrl").empty() || !model::field(fields, "RecordingSid").empty();
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
        if (!request.signer) return serve(request);
        ask_whose_call(this, config_.supervisor, config_.store, call_of(request), request.signer,
                       [this, request](bool is_his) { is_his ? serve(request) : turn_away(request); });
      },
      [this](const apology_given& one) { tell_of_apology(one); },
      [this](const lost_call& one) { look_for_holder(one); },
  };
}

void twilio_webhooks::serve(const signed_request& request) {
  switch (request.kind) {
    case webhook_kind::voice: return voice(request);
    case webhook_kind::connect_action: return next_step(request);
    case webhook_kind::status: return call_progress(request.fields, responder_of(request));
    case webhook_kind::stream_status: return stream_progress(request.fields, responder_of(request));
    case webhook_kind::whisper: return answer_whisper(this, config_.supervisor, request);
    case webhook_kind::recording_status: return recording_progress(request.fields, responder_of(request));
    case webhook_kind::outbound_voice: return outbound_voice(request);
    case webhook_kind::outbound_status: return outbound_progress(request);
    case webhook_kind::outbound_machine: return outbound_answered_by(request);
  }
}

void twilio_webhooks::turn_away(const signed_request& request) {
  if (request.kind == webhook_kind::whisper) return request.responder->respond(no_whisper());
  const bool wants_words = request.kind == webhook_kind::voice || request.kind == webhook_kind::connect_action ||
                           request.kind == webhook_kind::outbound_voice;
  request.responder->respond(wants_words ? apology(model::field(request.fields, "Direction")) : no_content());
}

unsigned twilio_webhooks::redirects_in(std::string_view query) {
  return number_in(query, redirects_name);
}

twilio_webhooks::responder twilio_webhooks::responder_of(const signed_request& request) {
  responder to{request.responder, {}, request.ticket, request.from};
  if (request.signer) to.account = model::field(request.fields, "AccountSid");
  return to;
}

// --- a call comes in

void twilio_webhooks::voice(const signed_request& asked) {
  const responder to = responder_of(asked);
  auto request = twilio::parse_voice_request(asked.fields);
  if (!request) {
    log::warn("Voice webhook with unusable fields: {why}", {{"why", to_string(request.error())}});
    config_.refused->note(web_metrics::endpoint::voice, web_metrics::refusal::bad_form, to.from,
                          model::claims_in(asked.fields));
    return to->respond(apology(model::field(asked.fields, "Direction")));
  }
  // The number's fallback address: what Twilio was told before did not work.
  const bool failed = !model::field(asked.fields, "ErrorCode").empty();
  const start_call wanted{*request,
                          nullptr,
                          {},
                          redirects_in(asked.query),
                          failed ? model::fallback_news::failed : model::fallback_news::none,
                          asked.token};
  if (twilio::is_outbound(request->direction)) return outbound(wanted, asked.signer, to);
  if (!model::is_e164(request->to)) {
    announce(*request, nullptr);
    return refuse(wanted, end_reason::unknown_number, {}, to);
  }
  const std::chrono::seconds waited{number_in(asked.query, waited_name)};
  ask(this, config_.registry, registry_limit, find_tenant{request->to, request->from, request->forwarded_from, true})
      .then(
          [this, wanted, waited, to, signer = asked.signer](const found_tenant& found) {
            const auto served = as_seen_by(signer, found);
            if (waited == std::chrono::seconds{0}) announce(wanted.request, served.tenant);
            route(wanted, served, waited, to);
          },
          [this, wanted, to](const caf::error&) {
            announce(wanted.request, nullptr);
            refuse(wanted, end_reason::registry_down, {}, to);
          });
}

/// Its words are kept to the letter; whose call it is stands in the fields.
void twilio_webhooks::announce(const twilio::voice_request& request, const tenant_ptr& tenant) {
  if (!log::writes(log::level::info)) return;
  auto about = call_log::whose(request, tenant);
  about.insert(about.end(), {{"from", log::caller{request.from}}, {"", log::caller{request.to}}});
  log::write(log::level::info, "Twilio-ElevenLabs: Incoming call {call} from {from} to {}", about);
}

void twilio_webhooks::route(start_call wanted, const found_tenant& found, std::chrono::seconds waited,
                            const responder& to) {
  if (!found.tenant) return refuse(wanted, end_reason::unknown_number, found, to);
  wanted.tenant = found.tenant;
  wanted.from_tenant = found.from_tenant;
  wanted.route = route_of(found, wanted.request, model::decide_route);
  wanted.agent = wanted.route.agent;
  if (const auto refused = refusal_of(wanted.route, found.tenant->status)) return refuse(wanted, *refused, found, to);
  ask_admission(wanted, found, waited, to);
}

/// A call that is known already asks again for the place it has.
void twilio_webhooks::ask_admission(const start_call& wanted, const found_tenant& found, std::chrono::seconds waited,
                                    const responder& to) {
  if (!config_.who_may_come) return enter(wanted, to);
  ask(this, config_.who_may_come, admission_limit,
      admit_call{wanted.request.call, wanted.tenant, person_of(wanted.request), waited})
      .then(
          [this, wanted, found, waited, to](const admitted& said) {
            if (said.is == admitted::answer::unknown) return enter_unadmitted(wanted, found, to);
            admission_silent_since_.reset();
            auto with = wanted;
            switch (said.is) {
              case admitted::answer::come_in:
                if (!said.instead.empty()) {
                  with.agent = with.route.agent = said.instead;
                  with.route.variant = model::variant_of(*with.tenant, said.instead);
                }
                return enter(with, to);
              case admitted::answer::wait:
                if (!twilio::is_outbound(wanted.request.direction)) return tell_to_wait(wanted, found, waited, to);
                leave_line(wanted);
                return refuse(wanted, end_reason::tenant_busy, found, to);
              case admitted::answer::refused: return refuse(wanted, model::reason_of(said.verdict), found, to);
              case admitted::answer::unknown: break;
            }
          },
          [this, wanted, found, to](const caf::error&) { enter_unadmitted(wanted, found, to); });
}

/// Nobody can say what is used. Whoever is let in is counted by the supervisor alone, and told to admission once it can
/// be told again.
void twilio_webhooks::enter_unadmitted(const start_call& wanted, const found_tenant& found, const responder& to) {
  const auto now = clock().now();
  if (!admission_silent_since_) {
    admission_silent_since_ = now;
    log::warn("Admission does not say who may come in: each tenant's limits.whenUnknown decides");
  }
  if (const auto why = model::refusal_while_unknown(*wanted.tenant, {0, 0, {}, now - *admission_silent_since_}))
    return refuse(wanted, model::reason_of(*why), found, to);
  config_.counters->of<admission_metrics>().let_in(admission_metrics::way::policy);
  auto uncounted = wanted;
  uncounted.unadmitted = true;
  enter(uncounted, to);
}

/// The line stays where it is; that Twilio asks again with what it is told here keeps the caller's place in it.
void twilio_webhooks::tell_to_wait(const start_call& wanted, const found_tenant& found, std::chrono::seconds waited,
                                   const responder& to) {
  send(config_.supervisor,
       caller_waits{
           {wanted.request, found.tenant, end_reason::caller_gave_up, {}, {}, found.from_tenant, wanted.route}});
  const auto then = waited + model::hold_music_length + std::chrono::seconds{1};
  model::twiml::waiting how;
  if (waited == std::chrono::seconds{0}) {
    auto words = model::sentence_for(wanted.tenant.get(), model::tenant::sentence::wait, wanted.request.to);
    how.say = std::move(words.text);
    how.language = std::move(words.language);
    how.voice = std::move(words.voice);
  }
  how.music = address_of("hold-music.wav");
  how.then = address_of("elevenlabs").append("?").append(waited_name).append("=") + std::to_string(then.count());
  to->respond(twiml_response(model::twiml::wait(how)));
}

void twilio_webhooks::enter(start_call wanted, const responder& to) {
  if (const auto dial = config_.dials->find(wanted.request.call)) {
    if (const auto ended = model::ended_before(*dial)) {  // since Twilio has asked
      leave_line(wanted);
      return refuse(wanted, *ended, {wanted.tenant}, to);
    }
    wanted.heard = dial->heard;
  }
  const auto most = wanted.tenant->warm_start ? warm_start_limit + supervisor_limit : supervisor_limit;
  ask(this, config_.supervisor, most, wanted)
      .then([this, to](const call_answer& decided) { answer(decided, to); },
            [this, wanted, to](const caf::error&) { apologise(wanted.request, wanted.tenant, to); });
}

model::call_route twilio_webhooks::route_of(const found_tenant& found, const twilio::voice_request& request,
                                            const decide& by) const {
  model::route_facts facts;
  facts.is_stand_in = found.is_default;
  facts.called = business_of(request);
  facts.caller = person_of(request);
  facts.call = request.call;
  facts.at = config_.wall_clock();
  facts.secret = config_.draw_secret;
  facts.default_agent = config_.default_agent;
  const auto by_business = config_.business_types ? config_.business_types->now() : nullptr;
  facts.by_business = by_business.get();
  if (config_.circuits)
    facts.may_serve = [this, key = model::vendor_of(*found.tenant)](const model::agent_id& agent) {
      return config_.circuits->admits({key, agent.value}, std::chrono::steady_clock::now());
    };
  return by(*found.tenant, facts);
}

void twilio_webhooks::refuse(const start_call& wanted, end_reason reason, const found_tenant& found,
                             const responder& to) {
  const auto& request = wanted.request;
  // Nobody's: whose record it is in nobody knows.
  if (reason == end_reason::unknown_number)
    config_.refused->note(web_metrics::endpoint::voice, web_metrics::refusal::unknown_number, to.from,
                          model::claims_of(request));
  refuse_call refused{request, found.tenant, reason, wanted.news, wanted.token, found.from_tenant, wanted.route};
  refused.heard = wanted.heard;
  refused.listens_for_machine = wanted.listens_for_machine;
  ask(this, config_.supervisor, supervisor_limit, refused)
      .then([this, to](const call_answer& decided) { answer(decided, to); },
            [this, request, tenant = found.tenant, to](const caf::error&) { apologise(request, tenant, to); });
}

// --- what comes next, and progress

void twilio_webhooks::next_step(const signed_request& request) {
  const auto& fields = request.fields;
  const responder to = responder_of(request);
  const std::string direction{model::field(fields, "Direction")};
  const connect_action asked{{std::string{model::field(fields, "CallSid")}},
                             twilio::parse_call_status(model::field(fields, "CallStatus")),
                             news_in(fields),
                             redirects_in(request.query),
                             request.token,
                             false,
                             twilio::is_outbound(direction)};
  if (auto leg = twilio::parse_dialled_leg(fields)) send(config_.supervisor, leg_reported{asked.call, std::move(*leg)});
  ask(this, config_.supervisor, supervisor_limit, asked)
      .then(
          [this, to, request, asked](const call_answer& decided) {
            const auto call = twilio::parse_voice_request(request.fields);
            if (!decided.is_of_unknown || !call) return answer(decided, to);
            ask_for_holder({*call, request.signer, asked.token, asked.redirects,
                            asked.news != model::fallback_news::none, asked.outbound, config_.wall_clock()},
                           decided, to);
          },
          [to, direction](const caf::error&) { to->respond(apology(direction)); });
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
      return to->respond(twiml_response(model::twiml::say_and_hang_up(decided.text, decided.language, decided.voice)));
    case call_answer::verb::dial: {
      model::twiml::transfer transfer;
      transfer.say = decided.text;
      transfer.language = decided.language;
      transfer.voice = decided.voice;
      transfer.number = decided.number;
      transfer.caller_id = decided.caller_id;
      transfer.action = address_of("connect-action");
      transfer.ring_seconds = static_cast<unsigned>(decided.ringing.count());
      if (!decided.whisper_for.empty()) transfer.whisper = address_of("whisper") + whisper_query(decided.whisper_for);
      return to->respond(twiml_response(model::twiml::say_and_dial(transfer)));
    }
    case call_answer::verb::record: {
      model::twiml::voicemail voicemail;
      voicemail.say = decided.text;
      voicemail.language = decided.language;
      voicemail.voice = decided.voice;
      voicemail.action = address_of("connect-action");
      voicemail.status_callback = address_of("recording-status");
      return to->respond(twiml_response(model::twiml::say_and_record(voicemail)));
    }
    case call_answer::verb::hang_up: return to->respond(twiml_response(model::twiml::hang_up()));
    case call_answer::verb::nothing: return to->respond(twiml_response(model::twiml::empty()));
    case call_answer::verb::redirect_voice:
      if (to.ticket.empty()) return again("elevenlabs");
      config_.dials->sent_on(to.ticket);
      return again("outbound/" + to.ticket.value);
    case call_answer::verb::redirect_connect: return again("connect-action");
  }
}

void twilio_webhooks::answer_with_stream(const model::ticket& ticket, const responder& to) {
  model::twiml::stream stream;
  stream.url = websocket_origin(config_.public_origin) + "/media-stream/" + ticket.value;
  if (!to.account.empty()) stream.url += "/" + to.account;
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
