#include "tests/actors/web/front_fixture.hpp"

#include "actors/access/registry.hpp"

namespace tonris::actors::test {

void fake_stream::arrives(std::string bytes) {
  if (reader_ && !aborted) reader_->on_bytes(bytes);
}

void fake_stream::takes_all() {
  queued = 0;
  if (reader_) reader_->on_writable();
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
  return queued;
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
          [stored](const find_events&) { return found_events{stored->events}; },
          [stored](const find_calls& wanted) {
            stored->queries.push_back(wanted.query);
            found_calls found;
            for (const auto& json : stored->ended) {
              const auto place = place_of(model::parse_call_record(json.substr(json.starts_with('?') ? 1 : 0)).value());
              if (found.records.size() == wanted.query.limit ||
                  (wanted.query.after && !comes_before(*wanted.query.after, place)))
                continue;
              found.records.push_back(json);
              if (found.records.size() == wanted.query.limit) found.last = place;
            }
            return found;
          },
          [stored](const find_calls_with& wanted) {
            stored->number = wanted.number;
            stored->number_of = wanted.tenant;
            return found_calls_with{stored->with_number, stored->has_more_with_number};
          },
          [stored](flush_store) -> caf::result<store_flushed> {
            ++stored->flushes;
            if (stored->is_full) return caf::make_error(caf::sec::runtime_error, "no room");
            return store_flushed{};
          },
          [stored](const find_conversations_of& wanted) {
            found_conversations found;
            for (const auto& one : wanted.calls) found.conversations.push_back({"conv_of_" + one.value});
            return found;
          },
          [stored](const forget_stored_calls& wanted) {
            for (const auto& one : wanted.calls) stored->forgotten.push_back(one.value);
            return stored_calls_forgotten{};
          },
          [stored](const read_usage& asked) {
            stored->wanted.push_back(asked.wanted);
            usage_read read;
            const auto from = static_cast<std::size_t>(asked.wanted.behind);
            for (auto i = from; i < std::min(from + 2, stored->used.size()); ++i)
              read.part.rows.push_back(stored->used[i]);
            if (from + 2 < stored->used.size()) read.part.last = static_cast<std::int64_t>(from + 2);
            return read;
          }};
}

/// A tenant store without tenants.
tenant_store::behavior_type no_tenants(tenant_store::pointer) {
  const auto nobody = [] { return tenants_written{{{tenant_written::outcome::unknown}}}; };
  return {[](const look_up_tenants& wanted) {
            looked_up_tenants found;
            found.found.resize(wanted.wanted.size());
            return found;
          },
          [nobody](const write_tenants&) { return nobody(); },
          [nobody](const erase_tenant&) { return nobody(); },
          [](const read_tenant_page&) { return tenant_page_read{}; },
          [](read_imported_tenants) { return imported_tenants{}; },
          [](const keep_of_number&) { return number_kept{}; },
          [](const read_kept_of_number&) { return kept_of_number{}; },
          [](declare_whole) { return declared_whole{}; },
          [](const watch_tenants&) {}};
}

FrontTest::FrontTest() = default;
FrontTest::~FrontTest() = default;

void FrontTest::SetUp() {
  CallTest::SetUp();
  pump_io = [this] { return io.context().poll() > 0; };
  tenant->agent = {"agent_1"};
  registry = track(system.spawn(tenants_at_hand, std::vector{*tenant}));
  store = track_as<call_store>(system.spawn(fake_store, stored));
  watchers = track_as<call_watchers>(caf::actor_cast<caf::actor>(serve_watchers(system, {calls->live, &counters})));
  nobody = track(system.spawn(no_tenants));
  keys = track(system.spawn(fake_access_store, kept));
  access_registry_state::config whose;
  whose.store = keys;
  whose.digests = some_digests();
  whose.wall_clock = [] { return std::chrono::system_clock::now(); };
  whose.random = [made = std::uint8_t{0}]() mutable { return model::api_key_seed{{++made}, {made}}; };
  whose.counters = &counters;
  access = track(system.spawn(run_access_registry, std::move(whose)));
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
  watchers = nullptr;
  report = nullptr;
  access = nullptr;
  nobody = nullptr;
  keys = nullptr;
  CallTest::TearDown();
}

http_front::config FrontTest::front_config() {
  http_front::config front_settings;
  front_settings.admin_token = "admin";
  front_settings.report = report;
  front_settings.supervisor = supervisor;
  front_settings.store = store;
  front_settings.live = calls->live;
  front_settings.journal = journal;
  front_settings.rates = std::make_shared<const model::rate_card>(model::rate_card::standard());
  front_settings.watchers = watchers;
  front_settings.tenants = nobody;
  front_settings.seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
  front_settings.registry = registry;
  front_settings.who_may_come = who_may_come;
  front_settings.access = access;
  front_settings.max_late_answers = 0;
  front_settings.system = &system;
  front_settings.counters = &counters;
  front_settings.refused = list_of_refused;
  front_settings.twilio.public_origin = origin;
  front_settings.twilio.auth_tokens = {"an older token", token};
  front_settings.twilio.account_sid = some_account.value;
  front_settings.twilio.trusted_proxies = {"10.0.0.1"};
  front_settings.twilio.counters = &counters;
  front_settings.twilio.refusals = services.refusals;
  front_settings.twilio.refused = list_of_refused;
  front_settings.elevenlabs.counters = &counters;
  front_settings.elevenlabs.refusals = services.refusals;
  front_settings.elevenlabs.refused = list_of_refused;
  front_settings.webhooks.public_origin = origin;
  front_settings.webhooks.registry = registry;
  front_settings.webhooks.supervisor = supervisor;
  front_settings.webhooks.who_may_come = who_may_come;
  front_settings.webhooks.store = store;
  front_settings.webhooks.counters = &counters;
  front_settings.webhooks.refused = list_of_refused;
  front_settings.unit = services.unit;
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

FrontTest::answer FrontTest::api(const std::string& method, const std::string& path, const std::string& shown,
                                 const std::string& json) {
  return exchange(method + " " + path + " HTTP/1.1\r\nHost: internal\r\nAuthorization: Bearer " + shown +
                  "\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json);
}

std::string FrontTest::make_key(const std::string& tenant_id, model::scopes granted) {
  const auto text = std::make_shared<std::string>();
  system.spawn([=, to = access](caf::event_based_actor* self) {
    self->request(to, 1s, create_api_key{{}, {tenant_id}, "a test's", granted})
        .then([text](const created_api_key& made) { *text = made.text; });
  });
  settle();
  return *text;
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
