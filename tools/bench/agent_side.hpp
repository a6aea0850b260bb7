#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tools/bench/connection.hpp"
#include "tools/bench/http.hpp"
#include "tools/bench/ids.hpp"
#include "tools/bench/problems.hpp"
#include "tools/bench/traffic.hpp"
#include "tools/bench/websocket.hpp"

namespace tonris::bench {

struct agent_side_plan {
  std::uint32_t calls = 0;
  tls_context tls;            ///< empty: plain
  std::string api_key;        ///< what xi-api-key must be
  bool behind_relay = false;  ///< any upgrade is a conversation, and begins with Twilio's `start`
  bool quiet = false;         ///< no audio, only pings
  nanos line_period = 0;      ///< between two lines of a call's transcript; 0: there are none
};

/// ElevenLabs' part of all calls: signed URLs, conversations, their audio, pings. Answers everything at once. One
/// thread.
class agent_side {
 public:
  agent_side(poller& events, traffic& frames, problems& faults, sid_book sids, agent_side_plan plan);
  ~agent_side();
  agent_side(const agent_side&) = delete;
  agent_side& operator=(const agent_side&) = delete;

  [[nodiscard]] outcome<void> listen();
  [[nodiscard]] std::uint16_t port() const noexcept { return acceptor_->port(); }

  [[nodiscard]] bool talking(std::uint32_t call) const noexcept { return conversations_[call] != nullptr; }
  /// Frees the sessions that have ended. Outside of poller::wait.
  void sweep();
  /// Sends the frame of the call that was due at `due`, and a ping now and then. Only while talking.
  void send_frame(std::uint32_t call, nanos due);

  /// How long we took ourselves between a call's requests and our answers to them.
  [[nodiscard]] nanos own_time(std::uint32_t call) const noexcept;
  [[nodiscard]] std::size_t open_conversations() const noexcept { return open_; }
  [[nodiscard]] std::uint64_t signed_urls() const noexcept { return signed_urls_; }
  [[nodiscard]] std::uint64_t pings() const noexcept { return pings_; }
  /// From our ping to its pong.
  [[nodiscard]] const histogram& pong_times() const noexcept { return pong_times_; }

 private:
  class session;
  friend class session;
  void retire(session* one);

  poller& events_;
  traffic& frames_;
  problems& faults_;
  sid_book sids_;
  agent_side_plan plan_;
  std::unique_ptr<acceptor> acceptor_;
  std::unordered_map<session*, std::unique_ptr<session>> sessions_;
  std::vector<session*> retired_;
  std::vector<session*> conversations_;  ///< by call; null when there is none
  std::vector<nanos> own_times_;
  std::size_t open_ = 0;
  std::uint64_t signed_urls_ = 0, pings_ = 0;
  nanos signing_time_ = 0;
  histogram pong_times_;
};

}  // namespace tonris::bench
