#include "actors/web/routes.hpp"

#include <array>
#include <caf/send.hpp>
#include <memory>
#include <string>
#include <utility>

#include "actors/web/calls_api.hpp"
#include "actors/web/front.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/node_report.hpp"
#include "actors/web/stream_admission.hpp"
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
  asked.responder.set_last_words(apology(model::twilio::field(asked.fields, "Direction")));
  at.deliver({Kind, std::move(asked.fields), std::string{asked.request.query()}, token_of(asked.request),
              std::make_shared<net::http_responder>(std::move(asked.responder))});
}

void media_stream(http_front& at, request_context& asked) {
  auto ticket = asked.parameters["ticket"];
  // Twilio may add one (docs/protocols/twilio.md#a-streams-handshake).
  if (ticket.ends_with('/')) ticket.remove_suffix(1);
  const auto& to = at.settings();
  admit_stream(*to.system, to.supervisor, *to.services, {std::string{ticket}}, std::move(asked.responder));
}

template <report_wanted::subject Subject>
void report(http_front& at, request_context& asked) {
  caf::anon_send(at.settings().report,
                 report_wanted{Subject, std::make_shared<net::http_responder>(std::move(asked.responder))});
}

using endpoint = web_metrics::endpoint;
using enum principal;
constexpr auto get = methods::get, head = methods::head, post = methods::post;

constexpr std::array table{
    route{get | post, "/api/webhooks/twilio/elevenlabs", twilio, endpoint::voice, webhook<webhook_kind::voice>},
    route{get | post, "/api/webhooks/twilio/connect-action", twilio, endpoint::connect_action,
          webhook<webhook_kind::connect_action>},
    route{get | post, "/api/webhooks/twilio/status", twilio, endpoint::status, webhook<webhook_kind::status>},
    route{get | post, "/api/webhooks/twilio/stream-status", twilio, endpoint::stream_status,
          webhook<webhook_kind::stream_status>},
    route{get | post, "/api/webhooks/twilio/recording-status", twilio, endpoint::recording_status,
          webhook<webhook_kind::recording_status>},
    route{methods::websocket, "/media-stream/{ticket...}", twilio, endpoint::media_stream, media_stream},
    route{get | head, "/health", anybody, endpoint::other, report<report_wanted::subject::health>},
    route{get | head, "/ready", anybody, endpoint::other, report<report_wanted::subject::ready>},
    route{get | head, "/metrics", metrics_reader, endpoint::other, report<report_wanted::subject::metrics>},
    route{get, "/api/calls/{CallSid}/events", node_operator, endpoint::api, tell_events},
    route{get, "/api/calls/{CallSid...}", node_operator, endpoint::api, tell_record},
};

}  // namespace

std::span<const route> routes() noexcept {
  return table;
}

}  // namespace tonris::actors
