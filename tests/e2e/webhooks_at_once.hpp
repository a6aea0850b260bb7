#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "model/twilio/signature.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::e2e {

/// What Twilio gets that posts this about that call, on a connection of its own.
inline std::string signed_webhook(const gateway_process& gateway, const std::string& path, int number,
                                  const std::string& to, const std::string& status) {
  const sim::form_fields fields{{"CallSid", sid_of(static_cast<std::uint32_t>(number))},
                                {"AccountSid", account_sid},
                                {"From", "+15550100001"},
                                {"To", to},
                                {"CallStatus", status},
                                {"Direction", "inbound"}};
  const auto signature = model::twilio::signature(auth_token, gateway.origin() + path, {fields.begin(), fields.end()});
  const auto body = sim::form_encoded(fields);
  return raw_exchange(gateway.port(),
                      "POST " + path +
                          " HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: "
                          "application/x-www-form-urlencoded\r\nX-Twilio-Signature: " +
                          signature + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                      std::chrono::seconds{10});
}

/// What Twilio gets that asks for that call.
inline std::string voice_webhook(const gateway_process& gateway, int number, const std::string& to = "+15550100002") {
  return signed_webhook(gateway, "/api/webhooks/twilio/elevenlabs", number, to, "ringing");
}

/// So many at once, each for a call of its own, the gateways in turn; how many got a stream.
inline int streams_of(const std::vector<const gateway_process*>& gateways, int first, int count) {
  std::atomic<int> streams = 0;
  std::vector<std::thread> callers;
  for (int n = 0; n < count; ++n)
    callers.emplace_back([&, n] {
      streams += has(voice_webhook(*gateways[static_cast<std::size_t>(n) % gateways.size()], first + n), "<Stream");
    });
  for (auto& one : callers) one.join();
  return streams;
}
inline int streams_of(const gateway_process& gateway, int first, int count) {
  return streams_of({&gateway}, first, count);
}

}  // namespace tonris::e2e
