#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/account_tokens.hpp"
#include "actors/web/router.hpp"
#include "model/json/fields.hpp"
#include "model/twilio/webhook.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// A request on its way to its route's handler, which takes out of it what it needs. Lives as long as the front's
/// handling of it; what comes later (an answer from an actor) holds its own.
struct request_context {
  // given
  net::http_request& request;
  net::http_responder responder;

  // found out on the way
  const route& to;
  model::principal by{};         ///< of an api_user
  path_parameters parameters{};  ///< views into `request`
  model::form fields{};          ///< of a webhook that Twilio signed
  token_holders signer{};        ///< whose own account did; null: the gateway's
  bool replayable = false;       ///< of ElevenLabs': it shows no more than a signature without a time in it
  std::string request_id{};      ///< of the API's requests; "" of all others

  void answer(net::http_response with);  ///< with its request id, where it has one

  /// The body as one JSON object, on demand: `read` asks for its fields. False: something is wrong with it, all of
  /// which the client was told (400, "to must be a text; limits.calls is not a known key").
  [[nodiscard]] bool read_json(const model::json_fields::visit_fields& read);
};

/// The answer to a request of the API's that is given later, by whichever thread.
class api_reply {
 public:
  explicit api_reply(request_context& of)
      : responder_(std::make_shared<net::http_responder>(std::move(of.responder))),
        request_id_(std::move(of.request_id)) {}
  void send(net::http_response with);
  /// For an answer that streams out.
  [[nodiscard]] const std::shared_ptr<net::http_responder>& responder() const noexcept { return responder_; }

 private:
  std::shared_ptr<net::http_responder> responder_;
  std::string request_id_;
};

/// By what a client finds its request again: what it has sent as X-Request-Id, where that is a plain word (letters,
/// digits, '-', '_', '.', 64 at most), else 128 random bits of our own.
[[nodiscard]] std::string request_id_of(const net::http_request& request);
/// What it has sent, if that is such a word; else "". A view into the request.
[[nodiscard]] std::string_view shown_request_id(const net::http_request& request);
/// An answer that names its request; "": it has no name.
[[nodiscard]] net::http_response with_request_id(net::http_response response, std::string_view id);

}  // namespace tonris::actors
