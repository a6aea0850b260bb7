#include "tests/e2e/voice_webhook.hpp"

#include "model/twilio/signature.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::e2e {

std::string numbered_sid(int number) {
  const auto digits = std::to_string(number);
  return "CA" + std::string(32 - digits.size(), '0') + digits;
}

std::string voice_webhook(const gateway_process& gateway, int call, const std::string& to) {
  using namespace std::chrono_literals;
  constexpr auto path = "/api/webhooks/twilio/elevenlabs";
  const sim::form_fields fields{{"CallSid", numbered_sid(call)}, {"AccountSid", account_sid},
                                {"From", "+15550100001"},        {"To", to},
                                {"CallStatus", "ringing"},       {"Direction", "inbound"}};
  const auto signature = model::twilio::signature(auth_token, gateway.origin() + path, {fields.begin(), fields.end()});
  const auto body = sim::form_encoded(fields);
  return raw_exchange(gateway.port(),
                      std::string{"POST "} + path +
                          " HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: "
                          "application/x-www-form-urlencoded\r\nX-Twilio-Signature: " +
                          signature + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                      10s);
}

}  // namespace tonris::e2e
