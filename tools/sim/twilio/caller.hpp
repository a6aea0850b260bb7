#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "tools/sim/twilio/call_book.hpp"
#include "tools/sim/twilio/callbacks.hpp"
#include "tools/sim/twilio/caller_faults.hpp"
#include "tools/sim/twilio/caller_report.hpp"
#include "tools/sim/twilio/media_leg.hpp"
#include "tools/sim/twilio/twiml_runner.hpp"
#include "tools/sim/wire/frames.hpp"
#include "tools/sim/wire/webhook_poster.hpp"
#include "tools/sim/wire/wire.hpp"

namespace tonris::sim {

/// What a <Connect><Stream> costs a caller in the world, each one: from the TwiML to the stream's `start`.
inline constexpr std::chrono::milliseconds world_stream_setup{850};

/// One call to be placed. Times of what happens during the call count from the start of its first stream.
struct caller_options {
  twilio_account account;
  std::string webhook_url;          ///< the number's voice webhook, as signed
  std::string status_callback_url;  ///< the number's StatusCallback; "": none
  std::string call_sid;             ///< "": a random one
  std::string from = "+15550100001", to = "+15550100002";
  std::string direction = "inbound";  ///< outbound-api: the REST API has placed it, and `to` has answered
  unsigned final_sequence = 0;        ///< SequenceNumber of the last status callback
  form_fields extra_fields;           ///< added to the voice webhook
  twiml::runner_options twiml;

  std::optional<std::chrono::milliseconds> hang_up_after;            ///< the caller hangs up then
  std::optional<std::chrono::milliseconds> hang_up_after_last_word;  ///< … or so long after the source ran dry
  std::optional<std::chrono::milliseconds> drop_after;               ///< one more of `faults.drops`, with a FIN
  caller_faults faults;
  callback_manner callbacks;
  std::shared_ptr<call_book>
      book;  ///< where the call, and each leg that a <Dial> makes of it, is written; null: nowhere
  std::vector<std::pair<std::chrono::milliseconds, char>> keys;
  std::chrono::milliseconds stream_setup = world_stream_setup;  ///< of which `start_after` are the last
  std::chrono::milliseconds start_after{20};                    ///< between `connected` and `start`
  std::chrono::milliseconds at_most{600'000};  ///< since the webhook; beyond it is hung up, a violation

  bool gateway_may_die = false;                                 ///< a stream that breaks is then no violation
  std::function<void(const std::string& call_sid)> on_hung_up;  ///< the caller has put the phone down; on the loop
  /// He has left a message. On the loop.
  std::function<void(const std::string& call_sid, const twiml::keep_message& message)> on_message{};
  std::function<void(const std::string& call_sid)> on_over{};  ///< the call is over at Twilio; on the loop
};

/// Did that request surely not reach the gateway?
[[nodiscard]] bool never_arrived(net::errc why) noexcept;

/// A caller and Twilio in between: places one call, does what the TwiML says, and notes every violation. Hundreds of
/// them share one loop and one http_client. Loop thread only. Alive by itself from `call` until `done`.
class twilio_caller final : private media_leg_listener, public std::enable_shared_from_this<twilio_caller> {
 public:
  using done_handler = std::function<void(const caller_report&)>;

  /// `source` and `sink` outlive the call.
  static std::shared_ptr<twilio_caller> make(net::loop& on, net::http_client& client,
                                             std::shared_ptr<net::tls_client_context> tls, caller_options options,
                                             frame_source& source, frame_sink& sink);

  void call(done_handler done);  ///< once; `done` once, when everything is answered
  void hang_up();                ///< the caller puts the phone down; idempotent
  /// The stream's line breaks, without `stop`; Twilio goes on with the TwiML when it notices.
  void drop(drop_manner how = drop_manner::fin, std::chrono::milliseconds noticed_after = {});
  void press(char digit);
  void send_raw(std::string_view text);  ///< for tests of bad input, on the open stream

  [[nodiscard]] const caller_report& report() const noexcept { return report_; }
  [[nodiscard]] const std::string& call_sid() const noexcept { return report_.call_sid; }
  [[nodiscard]] bool over() const noexcept { return over_; }

 private:
  twilio_caller(net::loop& on, net::http_client& client, std::shared_ptr<net::tls_client_context> tls,
                caller_options options, frame_source& source, frame_sink& sink);

  void redirect(std::chrono::milliseconds away);
  void fetch(const std::string& url, const std::string& method, std::string_view status, const form_fields& extra);
  void document_came(const std::string& url, bool first, net::result<webhook_poster::answer> got);
  void go_on();
  void act(const twiml::speak& s);
  void act(const twiml::wait& s);
  void act(const twiml::open_stream& s);
  void dial_stream();
  void act(const twiml::ask& s);
  void act(const twiml::ring& s);
  void whisper(const twiml::action& what, std::function<void()> then);
  void act(const twiml::keep_message& s);
  void act(const twiml::finish& s);
  void message_over(const twiml::keep_message& s);
  void book_leg(const twiml::ring& s);
  void pass(std::chrono::milliseconds lasting);
  void finish(std::string_view status, std::string why);
  void settle();

  void stream_started() override;
  void source_ran_dry() override;
  void stream_failed(const net::error& why) override;
  void stream_over() override;
  void arm_schedule();
  void at(std::chrono::milliseconds when, std::function<void()> work);
  void apply_faults();
  std::string over_wire(const std::string& url);
  struct request {
    std::string url, method;
    form_fields fields;
    std::function<void(net::result<webhook_poster::answer>)> done;
    std::string token = random_uuid();
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    unsigned retries = 0;
  };
  void post(std::shared_ptr<request> what);
  [[nodiscard]] bool tries_again(request& what, const net::result<webhook_poster::answer>& got) const;
  void report_stream(std::string_view event, std::string_view error);
  void callback(const std::string& url, std::string_view method, const form_fields& fields);
  void send_callback(const twilio_callbacks::told& what, std::function<void()> answered);

  [[nodiscard]] form_fields voice_fields(std::string_view status) const;
  [[nodiscard]] double since_call() const;

  net::loop& loop_;
  std::shared_ptr<net::tls_client_context> tls_;
  caller_options options_;
  frame_source& source_;
  frame_sink& sink_;
  webhook_poster poster_;
  twilio_callbacks callbacks_;
  twiml::runner runner_;
  caller_report report_;
  done_handler done_;
  std::shared_ptr<twilio_caller> self_;  ///< keeps us alive while the call lasts
  std::chrono::steady_clock::time_point began_{};
  std::shared_ptr<std::optional<std::chrono::steady_clock::time_point>> epoch_;
  twiml::stream stream_;  ///< of the leg
  std::string stream_sid_;
  std::vector<std::unique_ptr<stream_report>> stream_reports_;  ///< the legs write into these
  std::vector<std::unique_ptr<wire>> wires_;  ///< of all streams: one that was dropped may still be half-open
  std::unique_ptr<media_leg> leg_;
  net::timer step_timer_, limit_timer_, hang_up_timer_;
  std::vector<std::unique_ptr<net::timer>> timers_;  ///< of the schedule
  std::optional<std::uint64_t> next_number_;         ///< the frame after the last one of the stream before
  std::optional<twiml::keep_message> message_;       ///< being taken
  std::size_t unanswered_ = 0, paused_ = 0, held_ = 0;
  std::string final_status_, dialled_leg_;  ///< the SID of the leg that rings, or talks
  bool hung_up_ = false, finishing_ = false, over_ = false, scheduled_ = false, deaf_ = false;
  std::optional<std::chrono::milliseconds> away_;  // a redirect ends this stream, and comes back after so long
};

}  // namespace tonris::sim
