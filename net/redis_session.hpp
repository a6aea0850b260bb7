#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/text/redis_address.hpp"
#include "net/loop.hpp"
#include "net/redis_backoff.hpp"
#include "net/redis_connection.hpp"
#include "net/redis_greeting.hpp"
#include "net/redis_sentinel.hpp"
#include "net/tls.hpp"

namespace tonris::net {

struct redis_times {
  std::chrono::milliseconds connect{1'000};      ///< name and TCP, and once more for TLS
  std::chrono::milliseconds greeting{1'000};     ///< all of it
  std::chrono::milliseconds ping_every{2'000};   ///< on every connection
  std::chrono::milliseconds ping_within{1'000};  ///< its answer; else the connection is given up
  std::chrono::milliseconds first_pause{100};    ///< before another attempt, at most; doubled each time
  std::chrono::milliseconds longest_pause{5'000};
  std::chrono::milliseconds health{5'000};  ///< a connection that lived so long begins with first_pause again
};

/// What every connection to a Redis needs to know.
struct redis_options {
  model::redis_address address;
  std::shared_ptr<tls_client_context> tls;  ///< for rediss://
  std::string client_name;                  ///< how the server's CLIENT LIST shows us; no blanks
  redis_times times;
};

/// How things stand between us and the server.
struct redis_state {
  enum class phase : std::uint8_t {
    connecting,  ///< for the first time, or at once after a loss
    ready,       ///< `server` says with which
    away,        ///< the last attempt failed, `why` says how; another follows
    refused,     ///< as away, and nothing will get better before somebody changes a setting: `why` is one line for him
  };
  phase is = phase::connecting;
  redis_server_facts server;
  std::string why;  ///< for a log line: no secret, not REDIS_URL
};
[[nodiscard]] std::string_view to_string(redis_state::phase phase) noexcept;

struct redis_session_events {
  std::function<void(const redis_state&)> state;  ///< at each change
  std::function<void(redis_reply&&)> reply;       ///< while ready
};

/// Keeps one connection to the server: finds it (Sentinels, a MOVED), connects, greets, and does so again, with pauses,
/// whenever that fails or the connection is lost. Owner: the link or subscription; one session each. Loop thread only;
/// its owner is told from the loop, never from within a call of his, but for `leave`. He may destroy it from within.
class redis_session final : public std::enable_shared_from_this<redis_session> {
 public:
  redis_session(loop& on, redis_options options, std::vector<redis_script> scripts, redis_session_events events);

  void start();
  void stop();                               ///< nobody is told any more
  void write(std::string_view commands);     ///< while ready
  void leave(const std::string& why);        ///< gives the connection up, tells so, and finds another
  void leave_for(const std::string& moved);  ///< as `leave`, after a "MOVED slot host:port", which is followed once
  [[nodiscard]] const redis_state& state() const noexcept { return state_; }
  [[nodiscard]] loop& on_loop() const noexcept { return on_; }
  [[nodiscard]] const redis_times& times() const noexcept { return options_.times; }

 private:
  void attempt();
  void connect(const model::host_port& to);
  void on_connected();
  void on_reply(redis_reply&& reply);
  void on_ended(const error& why);
  void fail(redis_state::phase phase, std::string why);
  void retry(std::chrono::milliseconds pause);
  void become(redis_state state);

  // given
  loop& on_;
  redis_options options_;
  redis_introduction introduction_;
  redis_session_events events_;
  // owned
  std::shared_ptr<redis_sentinel> sentinels_;  ///< null: the server's address is known
  std::shared_ptr<redis_connection> connection_;
  std::unique_ptr<redis_sentinel::question> question_;
  std::unique_ptr<redis_sentinel::watch> watch_;
  std::optional<redis_greeting> greeting_;  ///< while it goes on
  timer limit_;                             ///< of the greeting; or the pause before the next attempt
  // state
  redis_state state_;
  redis_backoff backoff_;
  std::chrono::steady_clock::time_point ready_since_{};
  model::host_port at_;                       ///< the server of this connection
  std::optional<model::host_port> moved_to_;  ///< the next attempt goes there
  bool followed_ = false;                     ///< this connection was made for a MOVED
};

}  // namespace tonris::net
