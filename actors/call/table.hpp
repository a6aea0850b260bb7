#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "actors/admission/messages.hpp"
#include "actors/call/answered_questions.hpp"
#include "actors/call/lifeline.hpp"
#include "actors/call/waiting_callers.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/filter.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

inline constexpr std::size_t remembered_calls = 2000;

/// What Twilio asks about one call, until it is answered.
struct open_question {
  connect_action asked;
  caf::typed_response_promise<call_answer> to;
  /// Nobody has heard of that call. Nothing: it has begun with this, and is to be asked.
  std::function<std::optional<call_answer>()> when_unknown;
  // of a voice webhook
  tenant_ptr tenant{};
  model::account_sid account{};
  std::function<void()> when_ended{};  ///< the call is over: the place it was let in with is free
};

/// A call with an actor.
struct live_entry {
  call_actor call;
  std::shared_ptr<call_lifeline> life;
  model::call_checkpoint::ticket_state ticket{};
  live_lease lease{};  ///< the place it holds, as it was when its actor began: the lifeline is the actor's
  caf::actor_clock::time_point lease_as_of{};
  std::vector<open_question> unanswered{};  ///< the actor crashed over them: its next life is asked
};
/// A call without an actor, whose caller may come back.
struct dormant_entry {
  std::shared_ptr<call_lifeline> life;
  caf::actor_clock::time_point since;
  bool sent_on = false;  ///< to another node, or this one's next life, by one that stops
};
/// A call that is over: what Twilio may still ask about it is answered from here.
struct ended_entry {
  model::call_checkpoint state;
  tenant_ptr tenant{};                   ///< null: it is no tenant's
  bool tenant_unknown = false;           ///< of a former life of this node: not looked up yet
  caf::actor_clock::time_point since{};  ///< its end, or Twilio's last question
  bool caller_gone = false;              ///< Twilio asks no more
  bool over = false;                     ///< Twilio said so: he does not come back either
  bool offered = false;                  ///< a ticket, to a caller who came back
  model::fallback_news unheard{};        ///< came with a question that Twilio was told to ask again
  answered_questions answered{};
  stream_errors stream_errors_told{};
  std::chrono::nanoseconds away{};  ///< as in the lifeline
  model::call_clock clock{};
};
/// Nobody here has heard of that call, or it is forgotten.
struct no_entry {};

/// What the call supervisor knows, beside it, so that it outlives a crash of the supervisor. Used by one actor at a
/// time; no I/O, no clock of its own.
///
/// A CallSid is live, dormant or ended, never two of these. Of the live ones, and of no others, the actor's address
/// leads to the CallSid. A ticket leads to the one call that it opens a stream of: to a live one's newest, to that of a
/// dormant or an ended one whose caller may show it. Ended ones are remembered in the order in which they ended, the
/// last `remembered_calls` of them. Looking up, adding and leaving cost the same in a table of 50,000 as in one of
/// five.
class call_table {
 public:
  using time = caf::actor_clock::time_point;  ///< steady: nothing here ends or lasts because a wall clock was set

  /// Room for so many with an actor or without: a table of 50,000 that grows takes 20 ms, for which every other call
  /// waits.
  void reserve(std::size_t most);

  // --- who is here

  /// One of the four arms: of a live_entry&, a dormant_entry&, an ended_entry&, or a no_entry. An arm that lets the
  /// call go does so last: what it was given goes with it.
  template <class... Arms>
  decltype(auto) visit(const model::call_sid& call, Arms... arms);
  [[nodiscard]] bool knows(const model::call_sid& call) const { return calls_.contains(call); }
  [[nodiscard]] live_entry* find_live(const model::call_sid& call);  ///< null where it is none; so below
  [[nodiscard]] dormant_entry* find_dormant(const model::call_sid& call);
  [[nodiscard]] ended_entry* find_ended(const model::call_sid& call);
  [[nodiscard]] const model::call_sid* call_of(const caf::actor_addr& actor) const;
  [[nodiscard]] const model::call_sid* call_of(const model::ticket& ticket) const;

  [[nodiscard]] std::size_t live() const noexcept { return sid_of_.size(); }
  [[nodiscard]] std::size_t dormant() const noexcept { return dormant_.size(); }
  [[nodiscard]] std::size_t ended() const noexcept { return ended_order_.size(); }
  [[nodiscard]] std::size_t tickets() const noexcept { return tickets_.size(); }
  /// `work` changes what it is given, and neither adds a call nor lets one go.
  template <class Work>
  void each_live(Work work);
  template <class Work>
  void each_dormant(Work work);
  template <class Work>
  void each_ended(Work work);  ///< oldest first

  // --- what becomes of a call: it leaves what it was

  /// With the ticket that its lifeline has.
  live_entry& put_live(call_actor call, std::shared_ptr<call_lifeline> life);
  dormant_entry& put_dormant(std::shared_ptr<call_lifeline> life, time since, bool sent_on);
  /// The oldest goes where that is one too many, and is handed back.
  std::optional<ended_entry> put_ended(ended_entry call);
  [[nodiscard]] std::optional<live_entry> take_live(const model::call_sid& call);
  [[nodiscard]] std::optional<dormant_entry> take_dormant(const model::call_sid& call);
  [[nodiscard]] std::optional<ended_entry> take_ended(const model::call_sid& call);

  /// From now on it is this one that opens the call's stream.
  void give_ticket(live_entry& call, model::call_checkpoint::ticket_state ticket);
  void give_ticket(dormant_entry& call, model::call_checkpoint::ticket_state ticket);
  void give_ticket(ended_entry& call, model::call_checkpoint::ticket_state ticket);

  waiting_callers waiting;  ///< who is here in none of these ways yet

  // --- the node's own state
  std::shared_ptr<model::call_filter> finished;  ///< what the store has a record of; null: nobody knows
  bool stopping = false;
  bool handing_over = false;
  time last_redirect_back{};               ///< when the last question that was sent on before that may be back
  std::chrono::seconds redirect_pause{2};  ///< what Twilio waits before it asks again: a node needs them to start

 private:
  using ended_box = std::unique_ptr<ended_entry>;  // it is large, and the live ones are many
  using entry = std::variant<live_entry, dormant_entry, ended_box>;

  entry& place(const model::call_sid& call, entry now);
  void leave(const model::call_sid& call, entry& was);
  template <class Kind>
  [[nodiscard]] std::optional<Kind> take(const model::call_sid& call);
  void replace_ticket(const model::ticket* was, const model::ticket& now, const model::call_sid& call);

  std::unordered_map<model::call_sid, entry> calls_;
  std::unordered_map<caf::actor_addr, model::call_sid> sid_of_;
  std::unordered_map<model::ticket, model::call_sid> tickets_;
  std::unordered_set<model::call_sid> dormant_;
  std::deque<model::call_sid> ended_order_;  // oldest first
};

template <class... Arms>
decltype(auto) call_table::visit(const model::call_sid& call, Arms... arms) {
  struct all : Arms... {
    using Arms::operator()...;
  };
  all arm{std::move(arms)...};
  const auto found = calls_.find(call);
  if (found == calls_.end()) return arm(no_entry{});
  if (auto* const box = std::get_if<ended_box>(&found->second)) return arm(**box);
  if (auto* const live = std::get_if<live_entry>(&found->second)) return arm(*live);
  return arm(std::get<dormant_entry>(found->second));
}

template <class Work>
void call_table::each_live(Work work) {
  for (auto& [sid, call] : calls_)
    if (auto* const live = std::get_if<live_entry>(&call)) work(*live);
}

template <class Work>
void call_table::each_dormant(Work work) {
  for (const auto& sid : dormant_) work(sid, std::get<dormant_entry>(calls_.at(sid)));
}

template <class Work>
void call_table::each_ended(Work work) {
  for (const auto& sid : ended_order_) work(*std::get<ended_box>(calls_.at(sid)));
}

}  // namespace tonris::actors
