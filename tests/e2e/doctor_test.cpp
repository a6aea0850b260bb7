// tonrisctl doctor between the gateway, the simulators and a proxy, all of them as they are: all is well; then it is
// not.
#include <chrono>
#include <thread>

#include "tests/e2e/certified.hpp"
#include "tests/e2e/doctor_fixture.hpp"

namespace tonris::e2e {
namespace {

using doctor::DoctorOfTheGateway, doctor::meddling_proxy, doctor::number;

TEST_F(DoctorOfTheGateway, FindsNothingWhereAllIsWell) {
  start();
  const auto end = doctor();
  const auto said = but_for_the_machine(end.said);
  EXPECT_FALSE(is_worse_than_a_note(said)) << said;
  EXPECT_EQ(end.status != 0, is_worse_than_a_note(end.said)) << end.said;
  for (const auto* good :
       {"all settings are what they must be", "is ready", "signatures hold", "a WebSocket gets through",
        "ElevenLabs' signature are taken", "is active", "+15550100002 of tenant salon-1 leads here", "the key is taken",
        "agents fit their tenants (1 of 1)"})
    EXPECT_TRUE(has(said, good)) << good << "\n" << said;
  EXPECT_TRUE(on_loop([&] { return twilio->violations().empty(); }));
  EXPECT_EQ(violations_of(w.vendor_violations()), "");
  EXPECT_EQ(w.gateway().metric("tonris_calls_started_total"), 0) << "it changes nothing";
  EXPECT_EQ(w.gateway().metric(R"(tonris_http_refused_total{endpoint="status",reason="bad_signature"})"), 0);
  const auto again = doctor("--json --tenant salon-1");
  EXPECT_TRUE(has(again.said, R"("code":"number_good")")) << again.said;
}

TEST_F(DoctorOfTheGateway, FindsEachOfManyThingsThatAreBroken) {
  on_loop([&] { proxy = std::make_unique<meddling_proxy>(loop); });
  const auto origin = on_loop([&] { return proxy->origin(); });
  start(one_tenant(R"("greeting":"Hello")"), origin);
  on_loop([&] {
    proxy->lead_to(w.gateway().origin());
    proxy->spoil = [](net::http_request& request) {
      request.target.insert(std::min(request.target.find('?'), request.target.size()), "/");
      request.fields.set("X-Webhook-Secret", "");
    };
    auto elsewhere = model::twilio::gateway_handlers(origin);
    elsewhere.application = "AP00000000000000000000000000000001";
    twilio->point(number, elsewhere);
    twilio->become("suspended", "Full");
  });
  tell_webhook(origin, R"(,"is_auto_disabled":true)");
  w.on_loop([&] {
    w.vendor().tell("/v1/user/subscription",
                    R"({"tier":"creator","status":"active","character_count":100000,"character_limit":100000})");
    w.vendor().tell("/v1/convai/phone-numbers", R"([{"phone_number":"+15550100002"}])");
    w.vendor().tell("/v1/convai/settings", R"({"webhooks":{"post_call_webhook_id":null}})");
  });
  settings["ELEVENLABS_MAX_CALLS"] = "50";
  const auto end = doctor();
  EXPECT_EQ(end.status, 2);
  const auto& said = end.said;
  EXPECT_TRUE(finds(said, "slash_added", "take the rewrite away")) << said;
  EXPECT_TRUE(finds(said, "webhook_refused", "403")) << said;
  EXPECT_TRUE(finds(said, "stream_path_closed", "pass /media-stream/ on") || finds(said, "upgrade_lost", "Upgrade"))
      << said;
  EXPECT_TRUE(finds(said, "callback_secret_refused", "restart")) << said;
  EXPECT_TRUE(finds(said, "application_overrides", "tonrisctl number attach salon-1 --yes")) << said;
  EXPECT_TRUE(finds(said, "twilio_account_suspended", "console")) << said;
  EXPECT_TRUE(finds(said, "post_call_webhook_off", "Webhooks")) << said;
  EXPECT_TRUE(finds(said, "post_call_not_assigned", "choose calls")) << said;
  EXPECT_TRUE(finds(said, "credits_used_up", "Subscription")) << said;
  EXPECT_TRUE(finds(said, "max_calls_above_plan", "ELEVENLABS_MAX_CALLS=10")) << said;
  EXPECT_TRUE(finds(said, "number_imported", "tonrisctl number attach")) << said;
  EXPECT_TRUE(finds(said, "agent_unfit", "allow the override of the first message")) << said;
}

TEST_F(DoctorOfTheGateway, FindsWhatAProxyDoesNotPassOn) {
  on_loop([&] { proxy = std::make_unique<meddling_proxy>(loop); });
  start(one_tenant(), on_loop([&] { return proxy->origin(); }));
  on_loop([&] {
    proxy->lead_to(w.gateway().origin());
    proxy->spoil = [](net::http_request& request) {
      request.target = request.target.substr(0, request.target.find('?'));
      net::http_fields fields;
      for (const auto& [name, value] : request.fields.all())
        if (name != "X-Twilio-Signature") fields.add(name, value);
      request.fields = fields;
      request.body += "&added=1";
    };
  });
  const auto said = doctor().said;
  for (const auto* code : {"query_lost", "signature_header_lost", "body_changed", "webhook_refused", "upgrade_lost",
                           "callback_signature_refused"})
    EXPECT_TRUE(has(said, "[" + std::string{code} + "]")) << code << "\n" << said;
}

TEST_F(DoctorOfTheGateway, FindsSettingsThatAreNotTheRunningGateways) {
  start();
  settings["TWILIO_AUTH_TOKEN"] = "fedcba9876543210fedcba9876543210";
  settings["ELEVENLABS_WEBHOOK_SECRET"] = "another";
  settings["ELEVENLABS_API_KEY"] = "another-key";
  auto said = doctor().said;
  for (const auto* code : {"signature_wrong", "webhook_refused", "stream_signature_refused", "callback_secret_refused",
                           "twilio_token_refused", "elevenlabs_key_refused"})
    EXPECT_TRUE(has(said, "[" + std::string{code} + "]")) << code << "\n" << said;
  const auto counted = [this] {
    return w.gateway().metric(R"(tonris_signatures_refused_total{account="gateway"})") +
           w.gateway().metric(R"(tonris_signatures_refused_total{account="unknown"})");
  };
  std::this_thread::sleep_for(std::chrono::milliseconds{1100});  // figures are a second old at most
  EXPECT_EQ(counted(), 0) << "Twilio has signed nothing";
  for (const auto* where : {"status", "media_stream"})
    EXPECT_EQ(w.gateway().metric("tonris_http_refused_total{endpoint=\"" + std::string{where} +
                                 "\",reason=\"bad_signature\"}"),
              0);
  settings["ADMIN_TOKEN"] = "";
  said = doctor().said;
  EXPECT_TRUE(finds(said, "webhook_refused", "403")) << said;
  EXPECT_TRUE(has(said, "the opening of a stream")) << said;
  std::this_thread::sleep_for(std::chrono::milliseconds{1100});
  EXPECT_EQ(counted(), 1) << "nobody without a secret switches counting off";
  settings["ADMIN_TOKEN"] = "another-token";
  said = doctor().said;
  for (const auto* code : {"gateway_refuses_token", "another_gateway"})
    EXPECT_TRUE(has(said, "[" + std::string{code} + "]")) << code << "\n" << said;
}

TEST_F(DoctorOfTheGateway, GoesThroughTlsAndLooksAtTheCertificate) {
  const certified files;
  w.serve_over_tls(files.files);
  start();
  settings["TLS_CERT_FILE"] = files.files.certificate;
  settings["TLS_KEY_FILE"] = files.files.key;
  trusts = files.files.authority;
  auto said = doctor().said;
  for (const auto* good : {"is ready", "signatures hold", "a WebSocket gets through"})
    EXPECT_TRUE(has(said, good)) << good << "\n" << said;
  EXPECT_TRUE(has(said, "[certificate_expires]")) << "it is good for a day: " << said;
  trusts.clear();
  said = doctor().said;
  EXPECT_TRUE(has(said, "[certificate_refused]")) << said;
  EXPECT_TRUE(has(said, "[certificate_chain_incomplete]") || has(said, "[certificate_self_signed]")) << said;
}

TEST_F(DoctorOfTheGateway, LooksAtAllTheRestWhileTheGatewayIsDown) {
  start();
  ASSERT_EQ(w.gateway().stop(), 0);
  const auto end = doctor();
  EXPECT_EQ(end.status, 2);
  for (const auto* code : {"gateway_down", "public_address_unreachable"})
    EXPECT_TRUE(has(end.said, "[" + std::string{code} + "]")) << code << "\n" << end.said;
  EXPECT_TRUE(has(end.said, "+15550100002 of tenant salon-1 leads here")) << "from its store: " << end.said;
  EXPECT_TRUE(has(end.said, "agents fit their tenants (1 of 1)")) << end.said;
}

}  // namespace
}  // namespace tonris::e2e
