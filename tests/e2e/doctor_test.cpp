// tonrisctl doctor between the gateway, the simulators and a proxy, all of them as they are: all is well; then it is
// not.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model/twilio/number_plan.hpp"
#include "tests/e2e/certified.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"
#include "tools/sim/twilio/rest_server.hpp"

namespace tonris::e2e {
namespace {

const std::string number = "+15550100002", callback_secret = "wsec_of_callbacks",
                  secrets_key = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A proxy that passes everything on, but for what it is told to spoil. It knows nothing of WebSockets.
class meddling_proxy {
 public:
  explicit meddling_proxy(net::loop& on) : loop_(on) {
    client_ = net::http_client::make(loop_, nullptr);
    server_ = net::http_server::listen(loop_, "127.0.0.1", 0, {}, nullptr,
                                       [this](net::http_request request, net::http_responder responder) {
                                         pass_on(std::move(request), std::move(responder));
                                       })
                  .value();
    server_->start();
  }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  void lead_to(std::string gateway) { gateway_ = std::move(gateway); }
  std::function<void(net::http_request&)> spoil = [](auto&) {};

 private:
  void pass_on(net::http_request request, net::http_responder responder) {
    spoil(request);
    net::http_request inner;
    inner.method = request.method;
    for (const auto& [name, value] : request.fields.all())
      if (name != "Host" && name != "Content-Length" && name != "Connection" && name != "Upgrade")
        inner.fields.add(name, value);
    inner.body = request.body;
    const auto to = std::make_shared<net::http_responder>(std::move(responder));
    client_->request(gateway_ + request.target, std::move(inner), std::chrono::seconds{10}, [to](auto got) {
      if (!got) return to->respond(net::make_response(502, "text/html", "<html>"));
      to->respond(net::make_response(got->status, got->fields.get("Content-Type"), got->body));
    });
  }

  net::loop& loop_;
  std::string gateway_;
  std::unique_ptr<net::http_client> client_;
  std::unique_ptr<net::http_server> server_;
};

class DoctorOfTheGateway : public testing::Test {
 protected:
  template <class Work>
  auto on_loop(Work work) {
    return net::run_on(loop, std::move(work));
  }
  DoctorOfTheGateway() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-doctor-XXXXXX").string();
    folder = mkdtemp(made.data());
    loop.start();
    on_loop([&] {
      sim::twilio_rest_options options;
      options.accounts = {{account_sid, auth_token}};
      options.page_size = 2;
      twilio = sim::twilio_rest_server::listen(loop, options).value();
      for (const auto* other : {"+155501000020", "+155501000021", "+155501000022"}) twilio->add(account_sid, other);
      twilio->add(account_sid, number);
    });
  }
  ~DoctorOfTheGateway() override {
    on_loop([&] {
      twilio.reset();
      proxy.reset();
    });
    loop.stop();
    std::filesystem::remove_all(folder);
  }

  /// `public_origin` "": its own.
  void start(const std::string& tenants = one_tenant(), const std::string& public_origin = {}) {
    settings = {{"TWILIO_API_BASE_URL", on_loop([&] { return twilio->base_url(); })},
                {"ELEVENLABS_WEBHOOK_SECRET", callback_secret},
                {"SECRETS_KEY", secrets_key}};
    if (!public_origin.empty()) settings["APP_BASE_URL"] = public_origin;
    const auto& gateway = w.start_gateway(tenants, settings);
    settings.emplace("APP_BASE_URL", gateway.origin());
    settings["PORT"] = std::to_string(gateway.port());
    settings["DATA_DIR"] = gateway.data_dir();
    settings["TENANTS_FILE"] = gateway.tenants_file();
    settings["TWILIO_ACCOUNT_SID"] = account_sid;
    settings["TWILIO_AUTH_TOKEN"] = auth_token;
    settings["ELEVENLABS_API_KEY"] = api_key;
    settings["ELEVENLABS_API_BASE_URL"] = w.on_loop([&] { return w.vendor().base_url(); });
    settings["ADMIN_TOKEN"] = admin_token;
    const auto origin = settings["APP_BASE_URL"];
    on_loop([&] { twilio->point(number, model::twilio::gateway_handlers(origin)); });
    tell_webhook(origin, "");
  }
  void tell_webhook(const std::string& origin, const std::string& more) {
    w.on_loop([&] {
      w.vendor().tell("/v1/workspace/webhooks",
                      R"({"webhooks":[{"name":"calls","webhook_id":"wh_calls","webhook_url":")" + origin +
                          R"(/api/webhooks/elevenlabs/post-call")" + more + "}]}");
      w.vendor().tell("/v1/convai/settings", R"({"webhooks":{"post_call_webhook_id":"wh_calls"}})");
    });
  }
  shell_end doctor(const std::string& flags = {}) {
    const auto env = folder / "env";
    {
      std::ofstream out{env};
      for (const auto& [name, value] : settings) out << name << "=" << value << "\n";
    }
    std::filesystem::permissions(env, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    auto end = shell("env -i PATH=\"$PATH\" " + (trusts.empty() ? "" : "SSL_CERT_FILE=" + trusts + " ") +
                     test::programs() + "/tonrisctl doctor --env-file " + env.string() + " " + flags);
    for (const auto& secret : {auth_token, api_key, admin_token, callback_secret, secrets_key})
      EXPECT_FALSE(has(end.said, secret)) << end.said;
    return end;
  }
  /// With what to do about it: the catalogue's row says it.
  static bool finds(const std::string& said, const std::string& code, const std::string& fix) {
    const auto at = said.find("[" + code + "]");
    if (at == std::string::npos) return false;
    const auto end = said.find("\n         fix  ", at);
    return end != std::string::npos && said.substr(end, said.find('\n', end + 1) - end).find(fix) != std::string::npos;
  }
  static bool is_worse_than_a_note(const std::string& said) { return has(said, "error  ") || has(said, "warning  "); }
  /// What this machine has, and how busy it is, is not the test's business.
  static std::string but_for_the_machine(const std::string& said) {
    std::string rest;
    for (std::size_t at = 0; at < said.size();) {
      const auto end = said.find('\n', at);
      const auto line = said.substr(at, end - at);
      if (!has(line, "machine") && !has(line, "[public_address_slow]")) rest += line + "\n";
      at = end == std::string::npos ? said.size() : end + 1;
    }
    return rest;
  }

  std::filesystem::path folder;
  net::loop loop{"doctor"};
  std::unique_ptr<sim::twilio_rest_server> twilio;
  std::unique_ptr<meddling_proxy> proxy;
  std::map<std::string, std::string> settings;
  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
  std::string trusts;  ///< an authority's certificate
};

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
