#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "tools/sim/elevenlabs/conversation.hpp"

namespace tonris::sim {

/// What the vendor asks and tells over HTTP, and how well it behaves there.
struct callback_options {
  std::string origin;                    ///< of the gateway; "": it asks and tells nothing
  std::string secret;                    ///< it signs with, and shows
  std::chrono::milliseconds delay{300};  ///< from a conversation's end to its report
  unsigned times = 1;                    ///< each report is told so often
  bool audio_first = false;              ///< its sound before its text; else behind it
  bool badly_signed_first = false;       ///< one with a wrong signature before all others
  std::size_t audio_bytes = 0;           ///< of the sound; 0: none is told
  /// Is that conversation told of? The vendor's default is one attempt, which may be lost. Null: each is.
  std::function<bool(const conversation_record&)> tells{};
};

/// The vendor's requests to the gateway: an agent's tools over a webhook, and reports after conversations
/// (docs/protocols/elevenlabs.md#signed-callbacks). Loop thread only.
class vendor_callbacks {
 public:
  vendor_callbacks(net::loop& on, callback_options options, violation_log& violations);
  ~vendor_callbacks();
  vendor_callbacks(const vendor_callbacks&) = delete;
  vendor_callbacks& operator=(const vendor_callbacks&) = delete;

  void become(callback_options options);  ///< from now on
  /// `then` once, with what the agent is told; nothing where there is no gateway to ask, or no answer in time.
  void ask_tool(const tool_use& tool, const conversation_facts& of, std::function<void(std::string)> then);
  void tell(const conversation_record& of);
  [[nodiscard]] unsigned told() const noexcept { return told_; }  ///< reports that were answered with 200

 private:
  void post(const std::string& body, const std::string& secret, bool must_be_taken);
  void later(std::chrono::milliseconds delay, std::function<void()> work);

  net::loop& loop_;
  callback_options options_;
  violation_log& violations_;
  std::unique_ptr<net::http_client> client_;
  std::map<std::uint64_t, std::unique_ptr<net::timer>> timers_;
  std::uint64_t next_timer_ = 0;
  unsigned told_ = 0;
};

}  // namespace tonris::sim
