#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "model/twilio/number_plan.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"
#include "tools/sim/twilio/rest_server.hpp"

namespace tonris::e2e::doctor {

inline const std::string number = "+15550100002", callback_secret = "wsec_of_callbacks",
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

}  // namespace tonris::e2e::doctor
