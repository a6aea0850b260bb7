#pragma once

#include <boost/asio/io_context.hpp>

#include "actors/web/front.hpp"
#include "model/twilio/signature.hpp"
#include "net/http_connection.hpp"
#include "tests/actors/access/fake_store.hpp"
#include "tests/actors/call/call_fixture.hpp"
#include "tests/actors/tenants_at_hand.hpp"

namespace tonris::actors::test {

/// A byte stream without a network.
class fake_stream final : public net::byte_stream {
 public:
  explicit fake_stream(net::loop& on) : loop_(on) {}
  std::string written, peer = "203.0.113.7";
  bool aborted = false, closed = false;
  std::size_t queued = 0;  ///< the peer does not take it

  void arrives(std::string bytes);
  void takes_all();  ///< the peer, what was queued
  void read_to(net::byte_reader& reader) override;
  void detach() noexcept override;
  void pause_reading() noexcept override;
  void resume_reading() override;
  bool write(std::span<const std::string_view> pieces) override;
  void close_when_written() override;
  void abort() override;
  [[nodiscard]] moved_stream leave_loop() override { return nullptr; }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override;
  [[nodiscard]] std::string peer_address() const override;
  [[nodiscard]] bool secure() const noexcept override;
  [[nodiscard]] net::loop& on_loop() const noexcept override;
  [[nodiscard]] std::chrono::steady_clock::time_point last_read() const noexcept override;

 private:
  net::loop& loop_;
  net::byte_reader* reader_ = nullptr;
};

/// A store that knows what the test put there.
struct stored_calls {
  std::string record;
  std::vector<model::timeline_event> events;
  /// Records as JSON, the newest first: parts of them are found. With a ? before it, one that cannot be read.
  std::vector<std::string> ended;
  std::vector<model::call_query> queries;      ///< that were asked
  std::vector<call_database::usage_row> used;  ///< in parts of two
  std::vector<model::call_sid> with_number;    ///< calls from or to any number
  bool has_more_with_number = false;
  int flushes = 0;
  bool is_full = false;
  std::string number;                         ///< that was asked for
  std::optional<model::tenant_id> number_of;  ///< whose
  std::vector<std::string> forgotten;
  std::vector<call_database::usage_wanted> wanted;  ///< usage that was asked for
};
caf::behavior fake_store(caf::event_based_actor*, std::shared_ptr<stored_calls> stored);

/// The gateway's doors and everything behind them, with real HTTP connections over fake streams.
class FrontTest : public CallTest {
 protected:
  FrontTest();
  ~FrontTest() override;

  static constexpr auto origin = "https://gw.example.com";
  static constexpr auto token = "0123456789abcdef0123456789abcdef";
  static inline const std::string voice_path = "/api/webhooks/twilio/elevenlabs";
  static inline const std::string next_path = "/api/webhooks/twilio/connect-action";

  void SetUp() override;
  void TearDown() override;

  http_front::config front_config();
  void open_doors();
  void open_doors(http_front::config front_settings);

  // --- requests

  struct answer {
    unsigned status = 0;  ///< 0: none yet
    std::string head, body;
  };
  /// The bytes of one request on a connection of its own; what had been answered when everything came to rest.
  answer exchange(const std::string& bytes, const std::string& peer = "203.0.113.7");
  static answer answer_on(const fake_stream& stream);
  using form = model::form;
  static form voice_form(const model::call_sid& call = some_call, const std::string& to = "+15550100002");
  static std::string encoded(const form& fields);
  static std::string post_bytes(const std::string& path, const form& fields, const std::string& signature,
                                const std::string& more = "");
  answer post(const std::string& path, const form& fields);
  answer get(const std::string& path, const std::string& fields = "");
  /// With a key or token, and a body that is JSON.
  answer api(const std::string& method, const std::string& path, const std::string& shown,
             const std::string& json = "");
  /// A tenant's key that the registry knows.
  std::string make_key(const std::string& tenant_id, model::scopes granted);
  static std::string upgrade_bytes(const std::string& path, const std::string& signature);
  answer upgrade(const std::string& path);

  std::shared_ptr<refused_webhooks> list_of_refused = std::make_shared<refused_webhooks>(
      refused_webhooks::config{&counters, {"10.0.0.1"}, [this] { return refused_at; }});
  std::chrono::system_clock::time_point refused_at{std::chrono::seconds{1'800'000'000}};  ///< its clock

  readiness ready;
  int gathered = 0;  ///< how often the figures of /metrics were
  call_store store;
  call_watchers watchers;
  std::shared_ptr<kept_access> kept = std::make_shared<kept_access>();
  access_store keys;
  access_registry access;
  tenant_store nobody;  ///< there are no tenants
  node_reporter report;
  std::shared_ptr<stored_calls> stored = std::make_shared<stored_calls>();
  std::shared_ptr<net::http_service> service;
  std::unique_ptr<http_front> front;
  std::vector<std::shared_ptr<fake_stream>> streams;
};

}  // namespace tonris::actors::test
