#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "tools/sim/demo/demo.hpp"
#include "tools/sim/demo/dialogue.hpp"
#include "tools/sim/demo/gateway_record.hpp"
#include "tools/sim/demo/latency_probe.hpp"
#include "tools/sim/demo/live_view.hpp"
#include "tools/sim/elevenlabs/server.hpp"
#include "tools/sim/twilio/call_account.hpp"
#include "tools/sim/twilio/caller.hpp"

namespace tonris::sim {

/// The demonstration call with everything around it: the vendor's side, the caller, the gateway's record polled, the
/// live view. Everything on the loop's thread; created and destroyed there.
class demo_call final : private conversation_listener {
 public:
  demo_call(net::loop& on, const demo_options& options, conversation_script script, std::vector<dialogue::line> lines,
            live_view& view);
  ~demo_call() override;

  /// Opens the agent's side; it must be there before the gateway needs it.
  [[nodiscard]] net::result<void> listen();
  /// Waits for the gateway, places the call, and tells when all is over. `reached` false: nobody answered /health.
  void run(std::function<void(bool reached)> done);

  [[nodiscard]] const call_account& account() const noexcept { return account_; }
  [[nodiscard]] const dialogue& caller_side() const noexcept { return dialogue_; }

 private:
  void ask_health();
  void place_call();
  void poll();
  void polled(const net::result<net::http_response>& got);
  void refresh();
  void speech(bool agent, bool begins, std::chrono::milliseconds ago);
  void caller_done(const caller_report& report);
  void wrap_up();
  void judge();

  void live(const conversation_facts& facts) override;
  void said(const conversation_facts& facts, const std::string& role, const std::string& text) override;
  void interrupted(const conversation_facts& facts) override;
  void tool_answered(const conversation_facts& facts, const std::string& name, const std::string& answer) override;
  void caller_audio(const conversation_facts& facts, std::span<const std::uint8_t> bytes) override;
  void ended(const conversation_record& record) override;
  [[nodiscard]] double seconds() const;

  net::loop& loop_;
  demo_options options_;
  conversation_script script_;
  live_view& view_;
  speech_folder speech_;
  dialogue dialogue_;
  latency_probe probe_;
  std::unique_ptr<elevenlabs_server> agent_side_;
  std::shared_ptr<net::tls_client_context> tls_;
  std::unique_ptr<net::http_client> client_;
  std::shared_ptr<twilio_caller> caller_;
  net::timer health_timer_, poll_timer_, refresh_timer_, end_timer_;
  std::function<void(bool)> done_;
  std::chrono::steady_clock::time_point asked_since_{}, placed_{};
  std::optional<std::chrono::steady_clock::time_point> probe_from_;
  std::optional<gateway_record> record_;
  std::optional<conversation_record> talk_;
  call_account account_;
  std::vector<call_account::spell> spells_;
  std::optional<double> agent_since_, caller_since_;  ///< who speaks now
  bool call_over_ = false, wrapped_up_ = false;
};

}  // namespace tonris::sim
