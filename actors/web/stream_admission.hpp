#pragma once

#include <caf/actor_system.hpp>
#include <memory>
#include <string_view>

#include "actors/call/messages.hpp"
#include "actors/telemetry/refusal_lines.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

inline constexpr std::string_view hidden_stream_path =
    "/media-stream/…";  ///< as a log line shows it: without its ticket

/// What stands in a stream's path: "0123…", or "0123…/AC…" where another account than the gateway's opens the stream,
/// and perhaps a slash, which Twilio may add (docs/protocols/twilio.md#a-streams-handshake). Views.
struct ticket_path {
  std::string_view ticket, account;
};
[[nodiscard]] ticket_path ticket_in(std::string_view path) noexcept;

/// Where a stream that is refused is counted, listed and told, and whose it says that it is.
struct stream_refusals {
  std::shared_ptr<refused_webhooks> list;
  std::shared_ptr<refusal_lines> lines;
  request_source from;
  model::request_claims says;
};

/// A media stream's handshake whose signature is right: shows the ticket to the supervisor, refuses it before the
/// upgrade (404 unknown or too old, 409 used) or upgrades and hands the socket to its call. An actor for as long as
/// that takes.
void admit_stream(caf::actor_system& system, const call_supervisor& supervisor, const stream_refusals& refused,
                  model::ticket ticket, net::http_responder responder);

}  // namespace tonris::actors
