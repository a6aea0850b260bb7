// What an operator finds of webhooks that were refused before they became calls, by the programs as they are.
#include <gtest/gtest.h>

#include <string>

#include "model/twilio/signature.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/net/raw_peer.hpp"
#include "tests/places.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::e2e {
namespace {

class Refused : public CallbackTest {
 protected:
  static constexpr auto voice_path = "/api/webhooks/twilio/elevenlabs";

  /// As Twilio asks what to do with a call, signed with `by`.
  std::string asks_for(const std::string& number, const std::string& by = auth_token, const std::string& more = "") {
    const sim::form_fields fields{{"CallSid", "CA000000000000000000000000000000aa"},
                                  {"AccountSid", account_sid},
                                  {"From", "+15550100001"},
                                  {"To", number},
                                  {"CallStatus", "ringing"},
                                  {"Direction", "inbound"}};
    const auto signature =
        model::twilio::signature(by, w.gateway().origin() + voice_path, {fields.begin(), fields.end()});
    return raw_exchange(w.gateway().port(),
                        voice_webhook(sim::form_encoded(fields), signature, more + "Connection: close\r\n"));
  }
  static std::string voice_webhook(const std::string& body, const std::string& signature, const std::string& more) {
    return std::string{"POST "} + voice_path + " HTTP/1.1\r\nHost: gw\r\nX-Twilio-Signature: " + signature +
           "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  std::string list(const std::string& query = "") {
    return send("GET", "/api/webhooks/refused" + query, "", "Authorization: Bearer " + admin_token + "\r\n");
  }
  shell_end tonrisctl(const std::string& command) {
    return shell("ADMIN_TOKEN=" + admin_token + " " + test::programs() + "/tonrisctl " + command + " --gateway " +
                 w.gateway().origin());
  }
};

TEST_F(Refused, AreListedWithTheirReason) {
  start(one_tenant());
  EXPECT_TRUE(has(list(), R"({"items":[]})"));
  EXPECT_TRUE(has(asks_for("+15550100002", "other token"), " 403 "));
  EXPECT_TRUE(has(asks_for("+15550100099"), " 200 "));
  EXPECT_TRUE(has(post_call(transcription("conv_1", "CA000000000000000000000000000000aa"), "another secret"), " 401 "));
  EXPECT_TRUE(has(send("GET", voice_path + std::string{"s"}, "", "X-Twilio-Signature: x\r\n"), " 404 "));
  const auto all = list();
  for (const auto* one : {R"("route":"voice","reason":"bad_signature")", R"("route":"voice","reason":"unknown_number")",
                          R"("route":"post_call","reason":"bad_callback")", R"("route":"other","reason":"not_found")",
                          R"("to":"+15550100002")", R"("to":"+15550100099")", R"("address":"127.0.0.1")"})
    EXPECT_TRUE(has(all, one)) << one << "\n" << all;
  EXPECT_FALSE(has(all, "+15550100001")) << all;
  EXPECT_FALSE(has(list("?route=post_call"), "voice"));
  EXPECT_TRUE(has(send("GET", "/api/webhooks/refused", "", "Authorization: Bearer other\r\n"), " 401 "));
}

/// He has only "the salon says nobody answers".
TEST_F(Refused, AreNamedWhereNoCallIsFound) {
  start(one_tenant());
  (void)asks_for("+15550100002", "other token");
  for (const std::string how : {"--number +15550100002", "--tenant salon-1"}) {
    const auto found = tonrisctl("calls " + how);
    EXPECT_EQ(found.status, 1) << found.said;
    EXPECT_EQ(found.said,
              "There is no such call.\nBut 1 webhook of such a number never became a call: tonrisctl refused\n");
  }
  const auto listed = tonrisctl("refused");
  EXPECT_EQ(listed.status, 0) << listed.said;
  EXPECT_TRUE(has(listed.said, "bad_signature") && has(listed.said, "+15550100002")) << listed.said;
  EXPECT_TRUE(has(tonrisctl("refused --json").said, R"("reason":"bad_signature")"));
}

/// A proxy in front tells them apart.
TEST_F(Refused, StayListedBesideAFloodFromOneAddress) {
  start(one_tenant(), {{"TRUSTED_PROXIES", "127.0.0.1"}});
  auto call = talk();
  (void)asks_for("+15550100002", "other token", "X-Forwarded-For: 192.0.2.9\r\n");
  auto forger = net::test::raw_peer::to(w.gateway().port());
  for (int n = 0; n < 2'000; ++n) {
    const auto digits = std::to_string(n);
    ASSERT_TRUE(
        forger.say(voice_webhook("CallSid=CA" + std::string(32 - digits.size(), 'f') + digits + "&To=%2B15550100002",
                                 "forged", "X-Forwarded-For: 203.0.113.66\r\n")));
    ASSERT_TRUE(has(forger.message(), "HTTP/1.1 403 ")) << n;
  }
  const auto all = list("?limit=500");
  EXPECT_TRUE(has(all, R"("address":"192.0.2.9")")) << "the honest one";
  EXPECT_EQ(count_of(all, R"("address":"203.0.113.66")"), 499u);
  EXPECT_EQ(w.gateway().metric("tonris_refused_webhooks_forgotten_total"), 1'501);
  hang_up(call);
  EXPECT_TRUE(has(w.record(call.sid), R"("endReason":"caller_hung_up")")) << "a call that went on meanwhile";
}

}  // namespace
}  // namespace tonris::e2e
