#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/runtime/message.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "model/twilio/webhook.hpp"
#include "net/http_server.hpp"

/// What a front tells the webhook actor of its loop.
namespace tonris::actors {

enum class webhook_kind : std::uint8_t {
  voice,
  connect_action,
  status,
  stream_status,
  recording_status,
  whisper,
  // of calls that we have placed
  outbound_voice,
  outbound_status,
  outbound_machine,
};

/// A request of Twilio's whose signature is right. The responder answers with a sentence if nobody else does.
struct signed_request {
  using travels = in_process;
  webhook_kind kind = webhook_kind::voice;
  model::form fields;
  std::string query;     ///< of our own address: signed as well
  std::string token;     ///< I-Twilio-Idempotency-Token
  token_holders signer;  ///< whose own account signed it; null: the gateway's
  std::shared_ptr<net::http_responder> responder;
  model::ticket ticket{};  ///< of our own address, which Twilio was given for a call that we placed
  request_source from{};
};

}  // namespace tonris::actors
