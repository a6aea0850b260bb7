#include "tools/bench/target.hpp"

#include <cstdlib>
#include <fstream>
#include <utility>

#include "tools/bench/connection.hpp"
#include "tools/bench/http.hpp"

namespace tonris::bench {
namespace {

constexpr nanos start_patience = 20 * one_s;

/// One attempt to reach a target: connects and, if asked, gets /health.
class probe final : public connection_user {
 public:
  probe(poller& events, const gateway_address& to, const tls_context& tls, bool ask)
      : events_(events), link_(std::make_unique<connection>(events, *this)), ask_(ask) {
    done_ = !link_->dial(to.port, tls);
  }
  ~probe() {
    link_->close();
    events_.bury(std::move(link_));
  }
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] bool reached() const noexcept { return reached_; }

 private:
  void on_open() override {
    if (ask_) return link_->write("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    done_ = reached_ = true;
  }
  void on_data(std::span<char> bytes) override {
    http_.feed(bytes);
    const auto answer = http_.next();
    reached_ = answer && answer->status() == 200;
    done_ = answer || http_.bad();
  }
  void on_closed(std::string_view) override { done_ = true; }

  poller& events_;
  std::unique_ptr<connection> link_;
  http_reader http_;
  bool ask_, done_ = false, reached_ = false;
};

/// No run finds what an earlier one left behind.
outcome<std::string> new_folder(const std::string& in) {
  std::string path = in + "/run-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return failed("cannot make a folder in " + in);
  return path;
}

/// Its rule for how long records are kept is new to the gateway, which looks for what is due within seconds.
outcome<std::string> write_tenants(const std::string& folder) {
  const std::string path = folder + "/tenants.json";
  std::ofstream file{path};
  file << R"([{"id":"bench","name":"Bench","status":"active","twilioPhoneNumber":")" << called_number
       << R"(","settings":{"elevenLabsAgentId":")" << agent_id
       << R"(","retention":{"days":30}}},{"id":"noisy","name":"Noisy","status":"active","twilioPhoneNumber":")"
       << noisy_number << R"(","settings":{"elevenLabsAgentId":")" << agent_id
       << R"(","limits":{"maxConcurrentCalls":5,"callsPerMinute":300}}}])" << '\n';
  if (!file.flush()) return failed("cannot write " + path);
  return path;
}

outcome<child_plan> plan_gateway(const bench_setup& setup, const std::string& folder, const gateway_address& address,
                                 std::uint16_t api_port, std::uint16_t agent_port, std::uint32_t max_calls) {
  const auto tenants = write_tenants(folder);
  if (!tenants) return failed(tenants.error());
  child_plan plan;
  plan.program = setup.gateway;
  const std::string scheme = setup.tls ? "https" : "http";
  plan.environment = {
      {"PORT", std::to_string(address.port)},
      {"HOST", "127.0.0.1"},
      {"APP_BASE_URL", address.origin},
      {"TWILIO_ACCOUNT_SID", std::string{account_sid}},
      {"TWILIO_AUTH_TOKEN", std::string{bench_auth_token}},
      {"ELEVENLABS_API_KEY", std::string{bench_api_key}},
      {"ELEVENLABS_API_BASE_URL", scheme + "://127.0.0.1:" + std::to_string(agent_port)},
      {"TENANTS_FILE", *tenants},
      {"DATA_DIR", setup.data_dir.empty() ? folder + "/data" : setup.data_dir},
      {"MAX_CALLS", std::to_string(max_calls)},
      {"LOG_LEVEL", "warn"},
      {"IO_LOOPS", "1"},
      {"DRAIN_TIMEOUT", "1"},
  };
  plan.environment.emplace_back("ADMIN_TOKEN", bench_admin_token);
  if (api_port != address.port) plan.environment.emplace_back("ADMIN_PORT", std::to_string(api_port));
  if (setup.tls) {
    plan.environment.emplace_back("TLS_CERT_FILE", setup.certificates.certificate);
    plan.environment.emplace_back("TLS_KEY_FILE", setup.certificates.key);
  }
  return plan;
}

child_plan plan_relay(const bench_setup& setup, const gateway_address& address, std::uint16_t agent_port) {
  child_plan plan;
  plan.program = setup.relay;
  plan.arguments = {"--port", std::to_string(address.port), "--upstream", std::to_string(agent_port)};
  if (setup.tls) {
    for (const std::string& word : {std::string{"--tls"}, std::string{"--cert"}, setup.certificates.certificate,
                                    std::string{"--key"}, setup.certificates.key}) {
      plan.arguments.push_back(word);
    }
  }
  return plan;
}

outcome<void> await(target& t, const bench_setup& setup, poller& events) {
  const nanos until = now() + start_patience;
  while (now() < until) {
    probe attempt{events, t.address, setup.client, t.kind == target_kind::gateway};
    const nanos attempt_until = now() + one_s;
    while (!attempt.done() && now() < attempt_until) events.wait(now() + 10 * one_ms);
    if (attempt.reached()) return {};
    if (const auto how = t.process.ended()) return failed(std::string{to_string(t.kind)} + " ended at once: " + *how);
    const nanos pause_until = now() + 50 * one_ms;
    while (now() < pause_until) events.wait(pause_until);
  }
  return failed(std::string{to_string(t.kind)} + " did not answer within 20 s");
}

}  // namespace

std::string_view to_string(target_kind kind) noexcept {
  return kind == target_kind::gateway ? "gateway" : "relay";
}

outcome<std::unique_ptr<target>> start_target(const bench_setup& setup, target_kind kind, std::uint16_t agent_port,
                                              std::uint32_t max_calls, poller& events) {
  gateway_address address;
  address.port = free_port();
  const auto api_port = setup.admin_door ? free_port() : address.port;
  if (address.port == 0 || api_port == 0) return failed("there is no free port on 127.0.0.1");
  address.origin = (setup.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(address.port);
  address.auth_token = bench_auth_token;
  const auto folder = new_folder(setup.folder);
  if (!folder) return failed(folder.error());
  auto plan = kind == target_kind::gateway ? plan_gateway(setup, *folder, address, api_port, agent_port, max_calls)
                                           : outcome<child_plan>{plan_relay(setup, address, agent_port)};
  if (!plan) return failed(plan.error());
  if (setup.tls) plan->environment.emplace_back("SSL_CERT_FILE", setup.certificates.authority);
  plan->folder = *folder;
  plan->log = *folder + "/" + std::string{to_string(kind)} + ".log";
  plan->core = setup.gateway_core;
  auto process = child::start(*plan);
  if (!process) return failed(process.error());
  auto made = std::make_unique<target>(target{kind, std::move(*process), address, api_port});
  if (const auto ready = await(*made, setup, events); !ready) {
    made->process.stop(one_s);
    const std::string words = made->process.last_words();
    return failed(ready.error() + (words.empty() ? "" : "; its last words:\n" + words));
  }
  return made;
}

}  // namespace tonris::bench
