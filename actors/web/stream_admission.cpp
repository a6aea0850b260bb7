#include "actors/web/stream_admission.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actors/leg/caller_leg.hpp"
#include "actors/leg/travelling_socket.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/web/metrics.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds supervisor_limit{2};

void refuse(const stream_refusals& refused, web_metrics::refusal why, std::string_view words, unsigned status,
            net::http_responder& responder) {
  refused.list->note(web_metrics::endpoint::media_stream, why, refused.from, refused.says);
  refused.lines->say(why, [&] { return std::string{"GET "}.append(hidden_stream_path).append(": ").append(words); });
  responder.respond(net::make_response(status, "text/plain", {}));
}

void admit(const redeemed_ticket& redeemed, const stream_refusals& refused, net::http_responder& responder) {
  switch (redeemed.is) {
    case redeemed_ticket::outcome::unknown:
      return refuse(refused, web_metrics::refusal::unknown_ticket, "its ticket is of no live call, or too old", 404,
                    responder);
    case redeemed_ticket::outcome::used:
      return refuse(refused, web_metrics::refusal::used_ticket, "its ticket was used already", 409, responder);
    case redeemed_ticket::outcome::ok: break;
  }
  responder.upgrade(twilio_socket_limits(), [call = redeemed.call](std::shared_ptr<net::websocket> socket) {
    // Null: the connection broke during its handshake, which the call wants to know.
    caf::anon_send(call, caller_connected{goes_on_its_loop(std::move(socket))});
  });
}

}  // namespace

ticket_path ticket_in(std::string_view path) noexcept {
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos || !model::is_sid(path.substr(slash + 1), "AC")) return {path, {}};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

void admit_stream(caf::actor_system& system, const call_supervisor& supervisor, const stream_refusals& refused,
                  model::ticket ticket, net::http_responder responder) {
  auto to = std::make_shared<net::http_responder>(std::move(responder));
  system.spawn([supervisor, refused, ticket = std::move(ticket), to](caf::event_based_actor* self) {
    ask(self, supervisor, supervisor_limit, redeem_ticket{ticket})
        .then([to, refused](const redeemed_ticket& redeemed) { admit(redeemed, refused, *to); },
              [to, refused](const caf::error&) {
                refuse(refused, web_metrics::refusal::wrong_state, "the call supervisor does not answer", 503, *to);
              });
  });
}

}  // namespace tonris::actors
