#include "actors/web/routes.hpp"

#include <array>
#include <caf/send.hpp>
#include <memory>
#include <string>
#include <utility>

#include "actors/web/audit_api.hpp"
#include "actors/web/bare_request.hpp"
#include "actors/web/calls_api.hpp"
#include "actors/web/calls_list.hpp"
#include "actors/web/control_api.hpp"
#include "actors/web/deliveries_api.hpp"
#include "actors/web/doctor_api.hpp"
#include "actors/web/elevenlabs_webhooks.hpp"
#include "actors/web/forget_api.hpp"
#include "actors/web/front.hpp"
#include "actors/web/keys_api.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/node_report.hpp"
#include "actors/web/numbers_api.hpp"
#include "actors/web/outbound_api.hpp"
#include "actors/web/recording_api.hpp"
#include "actors/web/refused_api.hpp"
#include "actors/web/route_api.hpp"
#include "actors/web/secrets_api.hpp"
#include "actors/web/stream_admission.hpp"
#include "actors/web/stream_echo.hpp"
#include "actors/web/tenant_store_api.hpp"
#include "actors/web/tenants_api.hpp"
#include "actors/web/usage_api.hpp"
#include "actors/web/usage_report_api.hpp"
#include "actors/web/watch_api.hpp"
#include "actors/web/whisper.hpp"
#include "model/audio/hold_music.hpp"
#include "model/doctor/seen_request.hpp"
#include "model/tenant/rules.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors {

namespace {

/// A UUID today; whatever is much longer is none of Twilio's.
std::string token_of(const net::http_request& request) {
  constexpr std::size_t longest_token = 64;
  const auto token = request.fields.get("I-Twilio-Idempotency-Token");
  return token.size() <= longest_token ? std::string{token} : std::string{};
}

template <webhook_kind Kind>
void webhook(http_front& at, request_context& asked) {
  asked.responder.set_last_words(Kind == webhook_kind::whisper ? no_whisper()
                                                               : apology(model::field(asked.fields, "Direction")));
  at.deliver({Kind,
              std::move(asked.fields),
              std::string{asked.request.query()},
              token_of(asked.request),
              std::move(asked.signer),
              std::make_shared<net::http_responder>(std::move(asked.responder)),
              {std::string{asked.parameters["ticket"]}},
              at.settings().refused->source_of(asked.request)});
}

void media_stream(http_front& at, request_context& asked) {
  const auto shown = ticket_in(asked.parameters["ticket"]);
  const auto& to = at.settings();
  stream_refusals refusals{to.refused, to.twilio.refusals, to.refused->source_of(asked.request), {}};
  refusals.says.account = shown.account;
  admit_stream(*to.system, to.supervisor, refusals, {std::string{shown.ticket}}, std::move(asked.responder));
}

template <report_wanted::subject Subject>
void report(http_front& at, request_context& asked) {
  caf::anon_send(at.settings().report,
                 report_wanted{Subject, std::make_shared<net::http_responder>(std::move(asked.responder))});
}

void hold_music(http_front&, request_context& asked) {
  asked.answer(net::make_response(200, "audio/wav", std::string{model::hold_music_wav()}));
}

/// Of a handler that takes nothing of the query.
template <route::handler Handle>
void no_query(http_front& at, request_context& asked) {
  if (has_no_query(asked)) Handle(at, asked);
}

/// Of one that takes nothing but the path.
template <route::handler Handle>
void path_alone(http_front& at, request_context& asked) {
  if (has_no_query(asked) && has_no_body(asked)) Handle(at, asked);
}

using endpoint = web_metrics::endpoint;
using enum audience;
using enum model::action;
constexpr auto get = methods::get, head = methods::head, post = methods::post, put = methods::put,
               patch = methods::patch;
/// A recording of the longest call, in Base64, and what is told beside it.
constexpr std::size_t post_call_bytes = 280UL * 1024 * 1024;
constexpr std::size_t tenant_bytes = model::tenant_rules::max_tenant_bytes;

constexpr std::array table{
    route{get | post, "/api/webhooks/twilio/elevenlabs", twilio, endpoint::voice, webhook<webhook_kind::voice>},
    route{get | post, "/api/webhooks/twilio/connect-action", twilio, endpoint::connect_action,
          webhook<webhook_kind::connect_action>},
    route{get | post, "/api/webhooks/twilio/status", twilio, endpoint::status, webhook<webhook_kind::status>},
    route{get | post, "/api/webhooks/twilio/stream-status", twilio, endpoint::stream_status,
          webhook<webhook_kind::stream_status>},
    route{get | post, "/api/webhooks/twilio/recording-status", twilio, endpoint::recording_status,
          webhook<webhook_kind::recording_status>},
    route{get | post, "/api/webhooks/twilio/whisper", twilio, endpoint::whisper, webhook<webhook_kind::whisper>},
    route{post, "/api/webhooks/twilio/outbound/{ticket}", twilio, endpoint::outbound,
          webhook<webhook_kind::outbound_voice>},
    route{post, "/api/webhooks/twilio/outbound-status/{ticket}", twilio, endpoint::outbound,
          webhook<webhook_kind::outbound_status>},
    route{post, "/api/webhooks/twilio/outbound-machine/{ticket}", twilio, endpoint::outbound,
          webhook<webhook_kind::outbound_machine>},
    // Below /media-stream/, which proxies pass on; a ticket is never that word.
    route{methods::websocket, model::doctor::echo_stream_path, doctor, endpoint::api, echo_stream},
    route{methods::websocket, "/media-stream/{ticket...}", twilio, endpoint::media_stream, media_stream},
    route{post, "/api/webhooks/elevenlabs/conversation-initiation", elevenlabs, endpoint::initiation,
          answer_initiation},
    route{get | post, "/api/webhooks/elevenlabs/tools/{tool}", elevenlabs, endpoint::tools, answer_tool_request},
    // As the gateway's predecessor named them.
    route{get | post, "/api/webhooks/elevenlabs/services", elevenlabs, endpoint::tools, answer_tool_request},
    route{get | post, "/api/webhooks/elevenlabs/employees", elevenlabs, endpoint::tools, answer_tool_request},
    route{get | post, "/api/webhooks/elevenlabs/appointments", elevenlabs, endpoint::tools, answer_tool_request},
    route{post, "/api/ai/webhook/elevenlabs", elevenlabs, endpoint::initiation, answer_initiation},
    route{post, "/api/webhooks/elevenlabs/post-call", elevenlabs, endpoint::post_call, take_post_call, post_call_bytes,
          operate_the_node, true},
    route{get | head, "/api/webhooks/twilio/hold-music.wav", anybody, endpoint::other, hold_music},
    route{post, "/api/webhooks/doctor/{echo...}", doctor, endpoint::api, echo_request, model::doctor::max_echo_bytes},
    route{get | head, "/health", anybody, endpoint::other, report<report_wanted::subject::health>},
    route{get | head, "/ready", anybody, endpoint::other, report<report_wanted::subject::ready>},
    route{get | head, "/metrics", metrics_reader, endpoint::other, report<report_wanted::subject::metrics>},
    route{post, "/api/tenants", api_user, endpoint::api, no_query<create_tenant>, tenant_bytes, manage_tenants},
    route{get, "/api/tenants", api_user, endpoint::api, list_tenants, ordinary_body_bytes, manage_tenants},
    route{get, "/api/tenants/{id}", api_user, endpoint::api, no_query<tell_tenant>, ordinary_body_bytes, read_settings},
    route{put, "/api/tenants/{id}", api_user, endpoint::api, no_query<replace_tenant>, tenant_bytes, change_settings},
    route{patch, "/api/tenants/{id}", api_user, endpoint::api, no_query<change_tenant>, tenant_bytes, change_settings},
    route{methods::remove, "/api/tenants/{id}", api_user, endpoint::api, no_query<remove_tenant>, ordinary_body_bytes,
          manage_tenants},
    route{post, "/api/tenant-store/restore", api_user, endpoint::api, path_alone<restore_lost_tenants>,
          ordinary_body_bytes, manage_tenants},
    route{post, "/api/tenant-store/whole", api_user, endpoint::api, path_alone<declare_tenants_whole>,
          ordinary_body_bytes, manage_tenants},
    route{post, "/api/tenant-store/rotate-secrets", api_user, endpoint::api, path_alone<rotate_secrets>,
          ordinary_body_bytes, manage_tenants},
    route{get, "/api/tenants/{id}/route", api_user, endpoint::api, explain_route, ordinary_body_bytes, read_settings},
    route{get, "/api/tenants/{id}/numbers", api_user, endpoint::api, no_query<tell_numbers>, ordinary_body_bytes,
          operate_the_node},
    route{post, "/api/tenants/{id}/numbers/attach", api_user, endpoint::api, no_query<attach_numbers>,
          ordinary_body_bytes, operate_the_node},
    route{post, "/api/tenants/{id}/numbers/detach", api_user, endpoint::api, no_query<detach_numbers>,
          ordinary_body_bytes, operate_the_node},
    route{get, "/api/tenants/{id}/live", api_user, endpoint::api, no_query<tell_usage>, ordinary_body_bytes,
          read_calls},
    route{get, "/api/tenants/{id}/webhooks/deliveries", api_user, endpoint::api, tell_deliveries, ordinary_body_bytes,
          change_settings},
    route{post, "/api/tenants/{id}/webhooks/deliveries/{deliveryId}/redeliver", api_user, endpoint::api,
          path_alone<redeliver>, ordinary_body_bytes, change_settings},
    route{get, "/api/usage", api_user, endpoint::api, tell_usage_report, ordinary_body_bytes, read_calls},
    route{get, "/api/usage/drift", api_user, endpoint::api, tell_drift, ordinary_body_bytes, read_calls},
    route{get, "/api/usage/variants", api_user, endpoint::api, compare_variants, ordinary_body_bytes, read_calls},
    route{post, "/api/calls", api_user, endpoint::api, no_query<place_call>, ordinary_body_bytes, control_calls},
    route{get, "/api/calls", api_user, endpoint::api, list_calls, ordinary_body_bytes, read_calls},
    route{get, "/api/calls/export", api_user, endpoint::api, export_calls, ordinary_body_bytes, read_calls},
    route{get, "/api/calls/events", api_user, endpoint::api, watch_all_calls, ordinary_body_bytes, read_calls},
    route{get, "/api/calls/{CallSid}/events", api_user, endpoint::api, watch_one_call, ordinary_body_bytes, read_calls},
    route{get, "/api/calls/{CallSid}/timeline", api_user, endpoint::api, no_query<tell_timeline>, ordinary_body_bytes,
          read_calls},
    route{get, "/api/calls/{CallSid}/why", api_user, endpoint::api, no_query<tell_why>, ordinary_body_bytes,
          read_calls},
    route{post, "/api/calls/{CallSid}/hangup", api_user, endpoint::api, path_alone<hang_up_call>, ordinary_body_bytes,
          control_calls},
    route{post, "/api/calls/{CallSid}/transfer", api_user, endpoint::api, no_query<transfer_call_by_api>,
          ordinary_body_bytes, control_calls},
    route{post, "/api/calls/{CallSid}/say", api_user, endpoint::api, no_query<say_in_call>, ordinary_body_bytes,
          control_calls},
    route{post, "/api/calls/{CallSid}/recording", api_user, endpoint::api, no_query<record_call_by_api>,
          ordinary_body_bytes, control_calls},
    route{post, "/api/calls/{CallSid}/note", api_user, endpoint::api, no_query<note_on_call>, ordinary_body_bytes,
          control_calls},
    route{methods::remove, "/api/calls/{CallSid...}", api_user, endpoint::api, no_query<forget_call>,
          ordinary_body_bytes, model::action::forget_calls},
    route{post, "/api/forget", api_user, endpoint::api, no_query<forget_number>, ordinary_body_bytes,
          model::action::forget_calls},
    route{get, "/api/calls/{CallSid...}", api_user, endpoint::api, no_query<tell_record>, ordinary_body_bytes,
          read_calls},
    route{get, "/api/tenants/{id}/keys", api_user, endpoint::api, no_query<tell_keys>, ordinary_body_bytes, list_keys},
    route{post, "/api/tenants/{id}/keys", api_user, endpoint::api, no_query<make_key>, ordinary_body_bytes,
          change_keys},
    route{methods::remove, "/api/tenants/{id}/keys/{keyId}", api_user, endpoint::api, no_query<revoke_key>,
          ordinary_body_bytes, change_keys},
    route{get, "/api/webhooks/refused", api_user, endpoint::api, tell_refused, ordinary_body_bytes, operate_the_node},
    route{get, "/api/audit", api_user, endpoint::api, tell_audit, ordinary_body_bytes, read_audit},
};

}  // namespace

std::span<const route> routes() noexcept {
  return table;
}

}  // namespace tonris::actors
