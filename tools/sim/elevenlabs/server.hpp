#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/http_server.hpp"
#include "net/tls.hpp"
#include "tools/sim/elevenlabs/callbacks.hpp"
#include "tools/sim/elevenlabs/conversation.hpp"
#include "tools/sim/elevenlabs/conversation_document.hpp"
#include "tools/sim/elevenlabs/signed_urls.hpp"
#include "tools/sim/wire/pending_wires.hpp"

namespace tonris::sim {

struct elevenlabs_options {
  std::string host = "127.0.0.1";
  std::string name;                              ///< of the host, in addresses that are given out; "": the host
  std::uint16_t port = 0;                        ///< 0: any free one
  std::string api_key;                           ///< "": any is taken
  std::shared_ptr<net::tls_server_context> tls;  ///< null: plain
  /// How the agent of that id behaves in its conversation of that number, from 1; nothing: there is no such agent
  /// (404). Asked for each signed address and again for each conversation.
  std::function<std::optional<agent_behaviour>(const std::string& agent_id, std::uint64_t number)> behaviour;
  callback_options callbacks{};
  std::chrono::milliseconds processing{300};  ///< from a conversation's end until the vendor is done with it
  /// Does it fail with that one in the end? Null: with none.
  std::function<bool(const conversation_record&)> fails{};
};

/// The vendor: signed addresses and conversations, and what it tells of these when it is asked
/// (docs/protocols/elevenlabs.md), as many at once as come.
/// Owner: a program or a test; created and destroyed with the loop stopped or on the loop's thread. All else on the
/// loop's thread.
class elevenlabs_server {
 public:
  static net::result<std::unique_ptr<elevenlabs_server>> listen(net::loop& on, elevenlabs_options options,
                                                                speech_source& speech, conversation_listener& listener);
  ~elevenlabs_server();
  elevenlabs_server(const elevenlabs_server&) = delete;
  elevenlabs_server& operator=(const elevenlabs_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return server_->port(); }  ///< any thread
  [[nodiscard]] std::string base_url() const;  ///< any thread: "http://127.0.0.1:P", or https

  [[nodiscard]] std::vector<std::shared_ptr<conversation>> live() const;
  /// The live conversation whose dynamic variable `call_sid` is this; null when there is none.
  [[nodiscard]] std::shared_ptr<conversation> of_call(std::string_view call_sid) const;
  [[nodiscard]] const std::deque<conversation_record>& ended() const noexcept { return ended_; }  ///< the last 20,000
  [[nodiscard]] const violation_log& violations() const noexcept { return violations_; }          ///< of requests
  [[nodiscard]] std::uint64_t signed_urls_given() const noexcept { return signed_given_; }
  [[nodiscard]] unsigned reports_taken() const noexcept { return callbacks_.told(); }  ///< after conversations
  /// From now on: where the gateway is, and how it is told.
  void call_back(callback_options how);
  void process(std::chrono::milliseconds lasting, std::function<bool(const conversation_record&)> fails) {
    options_.processing = lasting;
    options_.fails = std::move(fails);
  }
  [[nodiscard]] std::uint64_t documents_told() const noexcept {
    return documents_told_;
  }                                                                          ///< of conversations, asked for
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }  ///< HTTP requests and upgrades refused
  /// That agent is another account's, which has that key: to other keys it does not exist.
  void give_agent_to(const std::string& agent_id, const std::string& key) { keys_of_agents_[agent_id] = key; }
  /// What a GET of that path tells of the workspace to whoever has the key: its subscription, webhooks, phone numbers.
  void tell(std::string path, std::string json);
  /// Another client of the account's has had that one, which no gateway has opened.
  void had_elsewhere(conversation_record one);
  void be_busy_for_lists(unsigned times) { busy_for_lists_ = times; }  ///< the next ones are too many: 429
  /// The caller has put the phone down: what begins for that call well after it is a violation.
  void caller_hung_up(const std::string& call_sid);
  /// All violations: of requests, of ended and of live conversations.
  [[nodiscard]] std::vector<violation> all_violations() const;

 private:
  elevenlabs_server(net::loop& on, elevenlabs_options options, speech_source& speech, conversation_listener& listener);
  [[nodiscard]] std::string authority() const;
  void handle(const net::http_request& request, net::http_responder responder);
  void signed_url(const net::http_request& request, net::http_responder responder);
  void answer_signed_url(const std::string& agent_id, const agent_behaviour& behaviour, net::http_responder responder);
  void agent_settings(const net::http_request& request, net::http_responder responder);
  void tell_list(const net::http_request& request, net::http_responder& responder);
  void tell_conversation(const net::http_request& request, net::http_responder& responder);
  [[nodiscard]] conversation_status status_of(const conversation_record& ended) const;
  void tell_workspace(const std::string& json, const net::http_request& request, net::http_responder& responder);
  void upgrade(const net::http_request& request, net::http_responder responder);
  [[nodiscard]] bool is_key(std::string_view given) const;
  [[nodiscard]] bool may_see(std::string_view key, const std::string& agent_id) const;
  [[nodiscard]] std::optional<agent_behaviour> behaviour_of(const std::string& agent_id);
  void opened(std::shared_ptr<net::websocket> socket, std::shared_ptr<wire> line, const std::string& agent_id);
  void initiated(std::uint64_t number);
  void began(std::uint64_t number);
  [[nodiscard]] std::vector<std::uint64_t> beside(std::uint64_t number) const;  ///< of the same call
  void judge_others(std::uint64_t number, const std::vector<std::uint64_t>& others);
  void over(std::uint64_t number);
  void check_handshake(const net::http_request& request);
  [[nodiscard]] unsigned refusal_status(const net::http_request& request, const std::string& agent_id);
  void refuse(net::http_responder& responder, unsigned status, std::string_view code, std::string_view message);
  void later(std::chrono::milliseconds delay, std::function<void()> work);

  net::loop& loop_;
  elevenlabs_options options_;
  speech_source& speech_;
  conversation_listener& listener_;
  std::unique_ptr<net::http_server> server_;
  signed_urls signatures_;
  pending_wires wires_;
  std::map<std::uint64_t, std::shared_ptr<conversation>> live_;
  std::deque<conversation_record> ended_;
  std::map<std::string, std::string> keys_of_agents_;  ///< of those that are not the options' key's
  std::map<std::string, std::string, std::less<>> workspace_{
      {"/v1/user/subscription",
       R"({"tier":"enterprise","status":"active","character_count":0,"character_limit":1000000})"},
      {"/v1/workspace/webhooks", R"({"webhooks":[]})"},
      {"/v1/convai/settings", R"({"webhooks":{"post_call_webhook_id":null,"events":["transcript"]}})"},
      {"/v1/convai/phone-numbers", "[]"}};                 ///< by path
  std::map<std::string, std::uint64_t> conversations_of_;  ///< by agent
  std::map<std::string, std::size_t> failures_given_;
  std::map<std::uint64_t, std::unique_ptr<net::timer>> timers_;
  std::vector<std::shared_ptr<net::http_responder>> never_answered_;
  std::map<std::string, std::chrono::steady_clock::time_point> hung_up_;  ///< by call SID
  violation_log violations_;
  vendor_callbacks callbacks_;
  std::uint64_t conversations_ = 0, signed_given_ = 0, refused_ = 0, documents_told_ = 0, next_timer_ = 0;
  unsigned busy_for_lists_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tonris::sim
