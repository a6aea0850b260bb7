#pragma once

#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <optional>
#include <vector>

#include "actors/call/caller_side.hpp"
#include "actors/call/context.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/stream_tickets.hpp"

namespace tonris::actors {

/// Which stream Twilio is told to open when it asks what comes next of a call that goes on.
enum class stream_offer : std::uint8_t {
  same,    ///< the newest ticket's: this question was answered with it
  beside,  ///< another, which the one that seems to run gives way to once it is there
  next,    ///< another: the one before is over
};
struct offer_facts {
  bool voice = false;         ///< the voice webhook asks
  bool in_progress = false;   ///< answered, by Twilio, for the caller
  bool failed = false;        ///< Twilio could not do what it was told
  bool has_token = false;     ///< of the request; its retries are answered by that
  bool has_ticket = false;    ///< there is a newest one
  bool ticket_waits = false;  ///< and nobody has shown it, and it is good
  bool stream_runs = false;   ///< or seems to
  bool was_offered = false;   ///< a further stream, before
  bool offer_failed = false;  ///< Twilio could not open the stream it was told to
};
/// A first webhook sent again gets what it got. A stream that seems to run may be over, or the question an old one sent
/// again: it runs on until another is there. Without a stream the question counts, unless it is the one that the
/// waiting ticket is the answer to.
[[nodiscard]] stream_offer which_stream(const offer_facts& facts) noexcept;

/// What Twilio asks about the call (connect-action, or the voice webhook again), answered from the call's state: a
/// stream, the next step of the fallback, or another node's address. What is asked after the call's end is for whoever
/// remembers it.
class twilio_questions {
 public:
  twilio_questions(call_context& call, stream_tickets& tickets, caller_side& caller)
      : call_(call), tickets_(tickets), caller_(caller) {}
  ~twilio_questions();  ///< the call's actor crashed: whoever asked is told that nobody answers
  twilio_questions(const twilio_questions&) = delete;
  twilio_questions& operator=(const twilio_questions&) = delete;

  [[nodiscard]] caf::result<call_answer> answer(const connect_action& asked);
  void status_changed(const call_status_changed& changed);
  void hand_over(std::chrono::seconds pause) { hand_over_pause_ = pause; }  ///< before Twilio asks again
  [[nodiscard]] bool sent_on() const noexcept { return sent_on_; }          ///< Twilio asked while it was handed over
  void pass_on_held();                                                      ///< the last word is said
  void await_agent();       ///< a warm start: the voice webhook's answer waits for it
  void agent_is_decided();  ///< it is there, or will not be, or has taken too long
  [[nodiscard]] bool awaits_agent() const noexcept { return awaits_agent_; }

 private:
  [[nodiscard]] bool is_kept_waiting(const connect_action& asked) const;
  [[nodiscard]] std::optional<call_answer> decide(const connect_action& asked);
  [[nodiscard]] std::optional<call_answer> offer(const connect_action& asked);
  [[nodiscard]] call_answer next_stream();
  void caller_is_gone();
  [[nodiscard]] fallback_of fallback();

  // given
  call_context& call_;
  stream_tickets& tickets_;
  caller_side& caller_;
  // state
  /// About a call that ends, for whoever remembers it, or about one whose agent is awaited.
  struct held_question {
    connect_action asked;
    caf::typed_response_promise<call_answer> to;
  };
  std::vector<held_question> held_;
  bool awaits_agent_ = false;
  bool sent_on_ = false;
  std::chrono::seconds hand_over_pause_{0};
};

}  // namespace tonris::actors
