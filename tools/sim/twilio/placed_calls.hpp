#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "tools/sim/twilio/call_book.hpp"
#include "tools/sim/twilio/call_order.hpp"
#include "tools/sim/twilio/callbacks.hpp"
#include "tools/sim/twilio/caller.hpp"
#include "tools/sim/wire/frames.hpp"
#include "tools/sim/wire/violations.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::sim {

/// What becomes of a call at the phone that rings.
struct pick_up {
  enum class kind { answers, busy, no_answer, failed, canceled } what = kind::answers;
  std::chrono::milliseconds rings{50};         ///< before that
  std::string answered_by = "human";           ///< as the detection of machines hears it
  std::chrono::milliseconds heard_after{300};  ///< since the answer
  callback_manner callbacks;                   ///< of what is told before the call's end
  std::function<void(caller_options&)> as{};   ///< how he who answers behaves
  frame_source* source = nullptr;              ///< what he says; null: nothing. Outlives the call
  frame_sink* sink = nullptr;
};

/// The phones that Twilio rings: each call that the REST API places rings, is answered or not, and is played as one
/// that comes in is; its progress is told as the order wants it. Owner: a test, which lets every call end before it
/// goes. Loop thread only.
class placed_calls {
 public:
  struct options {
    std::shared_ptr<call_book> book;
    std::function<pick_up(const call_order&)> phone{};  ///< null: somebody answers
  };
  struct placed {
    std::string sid, final_status;
    call_order order;
    bool is_over = false;    ///< and all is told
    caller_report report{};  ///< of one that was answered
  };

  placed_calls(net::loop& on, net::http_client& client, std::shared_ptr<net::tls_client_context> tls, options how);
  placed_calls(const placed_calls&) = delete;
  placed_calls& operator=(const placed_calls&) = delete;
  ~placed_calls();

  /// For the account; its SID.
  std::string place(const twilio_account& account, call_order order);
  [[nodiscard]] std::vector<placed> all() const;
  [[nodiscard]] const violation_log& violations() const noexcept { return violations_; }
  /// Somebody wants it "completed" or "canceled"; the latter changes nothing of one that was answered. False: it is
  /// over.
  bool end(std::string_view sid, std::string_view status);
  /// He who has answered that call puts the phone down.
  void hang_up(std::string_view sid);

 private:
  struct line;
  void ring(line& one);
  void outcome(line& one);
  void answered(line& one);
  void take_back(line& one, std::string_view status);
  void tell(line& one, std::string_view event, std::string_view status, const form_fields& more = {});
  void tell_who_answered(line& one);
  void over(line& one, std::string_view status);

  net::loop& loop_;
  net::http_client& client_;
  std::shared_ptr<net::tls_client_context> tls_;
  options options_;
  std::vector<std::unique_ptr<line>> lines_;
  violation_log violations_;
};

}  // namespace tonris::sim
