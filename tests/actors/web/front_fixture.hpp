#pragma once

#include <boost/asio/io_context.hpp>

#include "actors/tenant/directory.hpp"
#include "actors/web/admin_front.hpp"
#include "actors/web/front.hpp"
#include "model/twilio/signature.hpp"
#include "net/http_connection.hpp"
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {

/// A byte stream without a network.
class fake_stream final : public net::byte_stream {
 public:
  explicit fake_stream(net::loop& on) : loop_(on) {}
  std::string written, peer = "203.0.113.7";
  bool aborted = false, closed = false;

  void arrives(std::string bytes) {
    if (reader_ && !aborted) reader_->on_bytes(bytes);
  }
  void read_to(net::byte_reader& reader) override { reader_ = &reader; }
  void detach() noexcept override { reader_ = nullptr; }
  void pause_reading() noexcept override {}
  void resume_reading() override {}
  bool write(std::span<const std::string_view> pieces) override {
    for (const auto piece : pieces) written += piece;
    return !aborted;
  }
  void close_when_written() override { closed = true; }
  void abort() override { aborted = true; }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }
  [[nodiscard]] std::string peer_address() const override { return peer; }
  [[nodiscard]] bool secure() const noexcept override { return false; }
  [[nodiscard]] net::loop& on_loop() const noexcept override { return loop_; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_read() const noexcept override { return {}; }

 private:
  net::loop& loop_;
  net::byte_reader* reader_ = nullptr;
};

/// A store that knows what the test put there.
struct stored_calls {
  std::string record;
  std::vector<model::timeline_event> events;
};
inline caf::behavior fake_store(caf::event_based_actor*, std::shared_ptr<stored_calls> stored) {
  return {[stored](const find_record&) { return found_record{stored->record}; },
          [stored](const find_events&) { return found_events{stored->events}; }};
}

/// The gateway's doors and everything behind them, with real HTTP connections over fake streams.
class FrontTest : public CallTest {
 protected:
  static constexpr auto origin = "https://gw.example.com";
  static constexpr auto token = "0123456789abcdef0123456789abcdef";
  static inline const std::string voice_path = "/api/webhooks/twilio/elevenlabs";
  static inline const std::string next_path = "/api/webhooks/twilio/connect-action";

  void SetUp() override {
    CallTest::SetUp();
    pump_io = [this] { return io.context().poll() > 0; };
    tenant->agent = {"agent_1"};
    registry = track(system.spawn(tenant_directory, std::vector{*tenant}, &counters));
    store = track(caf::actor{system.spawn(fake_store, stored)});
    node_report_state::config telling;
    telling.ready = [this] { return ready; };
    telling.gather = [this] { ++gathered; };
    telling.counters = &counters;
    report = track(caf::actor{system.spawn(node_report, std::move(telling))});
    settle();
    service = std::make_shared<net::http_service>(io, net::http_server_limits{}, nullptr,
                                                  [this](net::http_request request, net::http_responder responder) {
                                                    front->handle(std::move(request), std::move(responder));
                                                  });
  }
  void TearDown() override {
    front = nullptr;
    settle();
    service->cut_connections();
    settle();
    streams.clear();
    store = report = nullptr;
    CallTest::TearDown();
  }

  http_front::config front_config() {
    http_front::config with;
    with.public_origin = origin;
    with.auth_tokens = {"an older token", token};
    with.account_sid = some_account.value;
    with.trusted_proxies = {"10.0.0.1"};
    with.others = [this](net::http_request request, net::http_responder responder) {
      others->handle(request, std::move(responder));
    };
    with.services = &services;
    with.system = &system;
    with.webhooks.public_origin = origin;
    with.webhooks.registry = registry;
    with.webhooks.supervisor = supervisor;
    with.webhooks.counters = &counters;
    return with;
  }
  admin_front::config others_config() {
    admin_front::config with;
    with.admin_token = "admin";
    with.report = report;
    with.supervisor = supervisor;
    with.store = caf::actor_cast<call_store>(store);
    with.system = &system;
    with.counters = &counters;
    return with;
  }
  void open_doors() { open_doors(front_config(), others_config()); }
  void open_doors(http_front::config twilios) { open_doors(std::move(twilios), others_config()); }
  void open_doors(admin_front::config operators) { open_doors(front_config(), std::move(operators)); }
  void open_doors(http_front::config twilios, admin_front::config operators) {
    others = std::make_unique<admin_front>(std::move(operators));
    front = std::make_unique<http_front>(std::move(twilios));
    settle();
  }

  // --- requests

  struct answer {
    unsigned status = 0;  ///< 0: none yet
    std::string head, body;
  };
  /// The bytes of one request on a connection of its own; what had been answered when everything came to rest.
  answer exchange(const std::string& bytes, const std::string& peer = "203.0.113.7") {
    auto stream = streams.emplace_back(std::make_shared<fake_stream>(io));
    stream->peer = peer;
    auto connection = std::make_shared<net::http_connection>(
        service, stream, std::make_shared<net::http_place>(service, /*descriptor=*/-1));
    service->connections.insert(connection);
    connection->begin();
    stream->arrives(bytes);
    settle();
    return answer_on(*stream);
  }
  static answer answer_on(const fake_stream& stream) {
    answer got;
    const auto& text = stream.written;
    if (text.size() < 12) return got;
    got.status = static_cast<unsigned>(std::stoul(text.substr(9, 3)));
    const auto end = text.find("\r\n\r\n");
    got.head = text.substr(0, end);
    got.body = text.substr(end + 4);
    return got;
  }
  using form = model::twilio::form;
  static form voice_form(const model::call_sid& call = some_call, const std::string& to = "+15550100002") {
    return {{"AccountSid", some_account.value}, {"CallSid", call.value}, {"From", "+15550100001"}, {"To", to},
            {"CallStatus", "ringing"},          {"Direction", "inbound"}};
  }
  static std::string encoded(const form& fields) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string body;
    for (const auto& [name, value] : fields) {
      if (!body.empty()) body += '&';
      body += name + '=';
      for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        body += '%';
        body += hex[byte >> 4];
        body += hex[byte & 15];
      }
    }
    return body;
  }
  static std::string post_bytes(const std::string& path, const form& fields, const std::string& signature,
                                const std::string& more = "") {
    const auto body = encoded(fields);
    return "POST " + path + " HTTP/1.1\r\nHost: internal\r\nX-Twilio-Signature: " + signature +
           "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  answer post(const std::string& path, const form& fields) {
    return exchange(post_bytes(path, fields, model::twilio::signature(token, origin + path, fields)));
  }
  answer get(const std::string& path, const std::string& fields = "") {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: internal\r\n" + fields + "\r\n");
  }
  static std::string upgrade_bytes(const std::string& path, const std::string& signature) {
    return "GET " + path + " HTTP/1.1\r\nhost: gw.example.com\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
           "sec-websocket-version: 13\r\nsec-websocket-key: AAECAwQFBgcICQoLDA0ODw==\r\nx-twilio-signature: " +
           signature + "\r\n\r\n";
  }
  answer upgrade(const std::string& path) {
    return exchange(upgrade_bytes(path, model::twilio::signature(token, "wss://gw.example.com" + path, {})));
  }

  readiness ready;
  int gathered = 0;  ///< how often the figures of /metrics were
  caf::actor store, report;
  std::shared_ptr<stored_calls> stored = std::make_shared<stored_calls>();
  std::shared_ptr<net::http_service> service;
  std::unique_ptr<admin_front> others;
  std::unique_ptr<http_front> front;
  std::vector<std::shared_ptr<fake_stream>> streams;
};

}  // namespace tonris::actors::test
