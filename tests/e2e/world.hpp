#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/run_on.hpp"
#include "tests/e2e/gateway_process.hpp"
#include "tools/bench/certificate.hpp"
#include "tools/sim/elevenlabs/server.hpp"
#include "tools/sim/twilio/call_book.hpp"
#include "tools/sim/twilio/caller.hpp"
#include "tools/sim/twilio/placed_calls.hpp"
#include "tools/sim/twilio/rest_server.hpp"

namespace tonris::e2e {

inline const std::string account_sid = "AC00000000000000000000000000000001";
inline const std::string auth_token = "0123456789abcdef0123456789abcdef";
inline const std::string api_key = "vendor-test-key";
inline const std::string admin_token = "operator-test-token";

/// One tenant at +15550100002 with agent "agent_demo", as JSON; `more` are further settings ("\"greeting\":\"…\"").
[[nodiscard]] std::string one_tenant(const std::string& more = {});

/// One tenant of several, as JSON.
[[nodiscard]] std::string tenant(const std::string& id, const std::string& number, const std::string& agent,
                                 const std::string& more = {});

/// Everything around the gateway: the vendor, any number of callers and Twilio's REST API with the books of their
/// calls, on one loop of the test's own process. The gateway itself is the real binary.
class world : private sim::conversation_listener, private sim::speech_source {
 public:
  using behaviour = std::function<std::optional<sim::agent_behaviour>(const std::string& agent, std::uint64_t number)>;

  /// With a name the vendor's addresses are by that name; he is at 127.0.0.1.
  explicit world(behaviour agents, std::shared_ptr<net::tls_server_context> vendor_tls = nullptr,
                 std::string vendor_name = {});
  ~world() override;

  /// The gateway that is started next has this certificate, and callers trust its authority.
  void serve_over_tls(const bench::certificate_files& files);

  /// Starts the gateway against this vendor; `settings` over the usual ones.
  gateway_process& start_gateway(const std::string& tenants = one_tenant(),
                                 std::map<std::string, std::string> settings = {}, const surroundings& around = {});
  [[nodiscard]] gateway_process& gateway() { return *gateway_; }

  /// Runs on the loop's thread and waits for the result.
  template <class Work>
  auto on_loop(Work work) {
    return net::run_on(loop_, std::move(work));
  }

  [[nodiscard]] sim::caller_options caller() const;  ///< options that fit the gateway
  /// Places a call and waits until everything is answered (at most two minutes).
  sim::caller_report call(sim::caller_options options, sim::frame_source& source, sim::frame_sink& sink);
  sim::caller_report call(sim::caller_options options);  ///< says silence, hears nothing
  /// Places a call; the report comes later. `with` is run on the loop with the caller.
  std::future<sim::caller_report> place(sim::caller_options options, sim::frame_source& source, sim::frame_sink& sink,
                                        std::shared_ptr<sim::twilio_caller>* made = nullptr);

  /// Another webhook for that call, signed, with `further` fields, as Twilio's come: on a connection of its own, once.
  /// `answered` runs on the loop.
  void post_webhook(const std::string& call_sid, std::function<void(sim::webhook_poster::answer)> answered,
                    const std::string& path = "/api/webhooks/twilio/elevenlabs", const std::string& status = "ringing",
                    const sim::form_fields& further = {});

  /// From now on Twilio tells the addresses of recordings how these go on, as it is asked to.
  void tell_of_recordings();

  void close_http_connections();  ///< the callers' kept ones; no call may be under way

  [[nodiscard]] sim::elevenlabs_server& vendor() noexcept { return *vendor_; }                     ///< loop thread only
  [[nodiscard]] sim::twilio_rest_server& twilio() noexcept { return *twilio_; }                    ///< loop thread only
  [[nodiscard]] sim::placed_calls& phones() noexcept { return *phones_; }                          ///< loop thread only
  [[nodiscard]] sim::call_book& book() noexcept { return *book_; }                                 ///< loop thread only
  [[nodiscard]] std::vector<sim::conversation_record> conversations();                             ///< ended ones
  [[nodiscard]] std::vector<sim::conversation_record> conversations(const std::string& call_sid);  ///< when all ended
  [[nodiscard]] std::vector<sim::violation> vendor_violations();
  [[nodiscard]] bool wait_until(const std::function<bool()>& true_on_loop, std::chrono::seconds at_most);
  /// What the agent of that call has heard, in order.
  [[nodiscard]] std::vector<std::uint8_t> heard_by_agent(const std::string& call_sid);
  /// GET /api/calls/{sid}, once it says `awaited` or ten seconds have passed: a call ends, and its fallback is put
  /// down, a little after its caller has hung up.
  [[nodiscard]] std::string record(const std::string& call_sid, const std::string& awaited = R"("endReason":)");
  [[nodiscard]] std::string events(const std::string& call_sid);  ///< GET /api/calls/{sid}/events

  /// Told the audio that an agent hears, as it arrives. Loop thread.
  std::function<void(std::span<const std::uint8_t>)> agent_hears;
  /// What becomes of a call that the gateway places: by default somebody answers. Loop thread.
  std::function<sim::pick_up(const sim::call_order&)> phone;
  /// What a sound is: by default half a second of a tone. Loop thread.
  std::function<std::vector<std::uint8_t>(const std::string& sound, const sim::conversation_facts&)> sounds;

 private:
  void post(const std::string& url, const sim::form_fields& fields,
            std::function<void(sim::webhook_poster::answer)> answered);  ///< loop thread only
  void caller_audio(const sim::conversation_facts& facts, std::span<const std::uint8_t> bytes) override;
  std::vector<std::uint8_t> speech(const std::string& sound, const sim::conversation_facts& who) override;
  [[nodiscard]] std::string ask_operator(const std::string& path);

  net::loop loop_{"world"};
  std::shared_ptr<net::tls_client_context> trusts_;  // null: plain
  std::unique_ptr<net::http_client> client_;
  std::set<std::shared_ptr<net::http_client>> askers_;  // of webhooks on their way
  std::map<std::string, std::string> tls_settings_;
  std::unique_ptr<sim::elevenlabs_server> vendor_;
  std::shared_ptr<sim::call_book> book_ = std::make_shared<sim::call_book>();
  std::unique_ptr<sim::placed_calls> phones_;
  std::unique_ptr<sim::twilio_rest_server> twilio_;
  std::unique_ptr<gateway_process> gateway_;
  std::map<std::string, std::vector<std::uint8_t>> heard_;                // by call SID; loop thread
  std::map<std::string, std::weak_ptr<sim::twilio_caller>> on_the_line_;  // likewise: those who have called
};

/// Frames that carry who says them and which one they are: cross-talk, loss, order and every changed byte show.
/// Loud to an energy detector, and never silence.
class identified_frames final : public sim::frame_source {
 public:
  identified_frames(std::uint32_t id, std::uint64_t frames) : id_(id), frames_(frames) {}
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override;
  static void fill(std::uint32_t id, std::uint64_t number, std::span<std::uint8_t> frame);

 private:
  std::uint32_t id_;
  std::uint64_t frames_;
};
/// `count` such frames in a row.
[[nodiscard]] std::vector<std::uint8_t> identified_audio(std::uint32_t id, std::uint64_t count);

/// How many of these `count` frames are somewhere in `ulaw`, frame by frame.
[[nodiscard]] std::size_t frames_found(std::uint32_t id, std::uint64_t count, const std::vector<std::uint8_t>& ulaw);

/// Says nothing.
class silent final : public sim::frame_source {
 public:
  explicit silent(std::uint64_t frames = 0) : frames_(frames) {}
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override;

 private:
  std::uint64_t frames_;
};

/// Keeps what arrives and what was sent, byte by byte, and what was heard in real time.
class listener final : public sim::frame_sink {
 public:
  void heard(std::uint64_t number, std::span<const std::uint8_t> frame, bool audible) override;
  void arrived(std::span<const std::uint8_t> ulaw) override { came.insert(came.end(), ulaw.begin(), ulaw.end()); }
  void sent(std::uint64_t, std::span<const std::uint8_t> frame) override {
    said.insert(said.end(), frame.begin(), frame.end());
  }
  std::vector<std::uint8_t> came, said, ear;
  std::uint64_t audible_frames = 0;
};

/// An agent that says nothing and hears everything.
[[nodiscard]] sim::agent_behaviour quiet_agent();
[[nodiscard]] std::string violations_of(const std::vector<sim::violation>& all);

}  // namespace tonris::e2e
