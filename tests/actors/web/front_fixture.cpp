#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {

void fake_stream::arrives(std::string bytes) {
  if (reader_ && !aborted) reader_->on_bytes(bytes);
}

void fake_stream::read_to(net::byte_reader& reader) {
  reader_ = &reader;
}

void fake_stream::detach() noexcept {
  reader_ = nullptr;
}

void fake_stream::pause_reading() noexcept {}

void fake_stream::resume_reading() {}

bool fake_stream::write(std::span<const std::string_view> pieces) {
  for (const auto piece : pieces) written += piece;
  return !aborted;
}

void fake_stream::close_when_written() {
  closed = true;
}

void fake_stream::abort() {
  aborted = true;
}

std::size_t fake_stream::queued_bytes() const noexcept {
  return 0;
}

std::string fake_stream::peer_address() const {
  return peer;
}

bool fake_stream::secure() const noexcept {
  return false;
}

net::loop& fake_stream::on_loop() const noexcept {
  return loop_;
}

std::chrono::steady_clock::time_point fake_stream::last_read() const noexcept {
  return {};
}

caf::behavior fake_store(caf::event_based_actor*, std::shared_ptr<stored_calls> stored) {
  return {[stored](const find_record&) { return found_record{stored->record}; },
          [stored](const find_events&) { return found_events{stored->events}; }};
}

FrontTest::FrontTest() = default;
FrontTest::~FrontTest() = default;

void FrontTest::SetUp() {
  CallTest::SetUp();
  pump_io = [this] { return io.context().poll() > 0; };
  tenant->agent = {"agent_1"};
  registry = track(system.spawn(tenant_directory, std::vector{*tenant}, &counters));
  store = track_as<call_store>(system.spawn(fake_store, stored));
  node_report_state::config telling;
  telling.ready = [this] { return ready; };
  telling.gather = [this] { ++gathered; };
  telling.counters = &counters;
  report = track(system.spawn(node_report, std::move(telling)));
  settle();
  service = std::make_shared<net::http_service>(io, net::http_server_limits{}, nullptr,
                                                [this](net::http_request request, net::http_responder responder) {
                                                  front->handle(std::move(request), std::move(responder));
                                                });
}

void FrontTest::TearDown() {
  front = nullptr;
  settle();
  service->cut_connections();
  settle();
  streams.clear();
  store = nullptr;
  report = nullptr;
  CallTest::TearDown();
}

http_front::config FrontTest::front_config() {
  http_front::config front_settings;
  front_settings.admin_token = "admin";
  front_settings.report = report;
  front_settings.supervisor = supervisor;
  front_settings.store = store;
  front_settings.system = &system;
  front_settings.counters = &counters;
  front_settings.twilio.public_origin = origin;
  front_settings.twilio.auth_tokens = {"an older token", token};
  front_settings.twilio.account_sid = some_account.value;
  front_settings.twilio.trusted_proxies = {"10.0.0.1"};
  front_settings.twilio.counters = &counters;
  front_settings.twilio.refusals = services.refusals;
  front_settings.webhooks.public_origin = origin;
  front_settings.webhooks.registry = registry;
  front_settings.webhooks.supervisor = supervisor;
  front_settings.webhooks.counters = &counters;
  front_settings.services = &services;
  return front_settings;
}

void FrontTest::open_doors() {
  open_doors(front_config());
}

void FrontTest::open_doors(http_front::config front_settings) {
  front = std::make_unique<http_front>(std::move(front_settings));
  settle();
}

FrontTest::answer FrontTest::exchange(const std::string& bytes, const std::string& peer) {
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

FrontTest::answer FrontTest::answer_on(const fake_stream& stream) {
  answer got;
  const auto& text = stream.written;
  if (text.size() < 12) return got;
  got.status = static_cast<unsigned>(std::stoul(text.substr(9, 3)));
  const auto end = text.find("\r\n\r\n");
  got.head = text.substr(0, end);
  got.body = text.substr(end + 4);
  return got;
}

FrontTest::form FrontTest::voice_form(const model::call_sid& call, const std::string& to) {
  return {{"AccountSid", some_account.value}, {"CallSid", call.value}, {"From", "+15550100001"}, {"To", to},
          {"CallStatus", "ringing"},          {"Direction", "inbound"}};
}

std::string FrontTest::encoded(const form& fields) {
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

std::string FrontTest::post_bytes(const std::string& path, const form& fields, const std::string& signature,
                                  const std::string& more) {
  const auto body = encoded(fields);
  return "POST " + path + " HTTP/1.1\r\nHost: internal\r\nX-Twilio-Signature: " + signature +
         "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

FrontTest::answer FrontTest::post(const std::string& path, const form& fields) {
  return exchange(post_bytes(path, fields, model::twilio::signature(token, origin + path, fields)));
}

FrontTest::answer FrontTest::get(const std::string& path, const std::string& fields) {
  return exchange("GET " + path + " HTTP/1.1\r\nHost: internal\r\n" + fields + "\r\n");
}

std::string FrontTest::upgrade_bytes(const std::string& path, const std::string& signature) {
  return "GET " + path + " HTTP/1.1\r\nhost: gw.example.com\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
         "sec-websocket-version: 13\r\nsec-websocket-key: AAECAwQFBgcICQoLDA0ODw==\r\nx-twilio-signature: " +
         signature + "\r\n\r\n";
}

FrontTest::answer FrontTest::upgrade(const std::string& path) {
  return exchange(upgrade_bytes(path, model::twilio::signature(token, "wss://gw.example.com" + path, {})));
}

}  // namespace tonris::actors::test
