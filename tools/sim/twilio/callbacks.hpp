#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/loop.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::sim {

/// How those requests come that Twilio owes in no order and at no certain time: the callbacks of a call, of its streams
/// and of its recordings. In the world they are late by seconds, now and then by minutes.
struct callback_manner {
  std::chrono::milliseconds late{0};  ///< each, behind what it tells of
  unsigned times = 1;                 ///< each is told so often
  bool last_first = false;            ///< all wait for the call's end, then come one by one, the newest first
};

/// What of a call is still to be told, and when. Loop thread only.
class twilio_callbacks {
 public:
  struct told {
    std::string url, method;
    form_fields fields;
  };
  /// Sends one; `answered` once, when it was, or was given up.
  using sender = std::function<void(const told& what, std::function<void()> answered)>;

  twilio_callbacks(net::loop& on, callback_manner how, sender send);
  twilio_callbacks(const twilio_callbacks&) = delete;
  twilio_callbacks& operator=(const twilio_callbacks&) = delete;

  void tell(told what);
  void call_is_over();  ///< behind its last `tell`; what waited for it comes now
  [[nodiscard]] bool owes() const noexcept { return owed_ > 0; }

 private:
  void send(const told& what);
  void send_next();
  void later(std::function<void()> work);

  net::loop& loop_;
  callback_manner how_;
  sender send_;
  std::vector<told> kept_;  ///< for the call's end; the next one is the last
  std::vector<std::unique_ptr<net::timer>> timers_;
  std::size_t owed_ = 0;  ///< not sent, or not answered
};

}  // namespace tonris::sim
