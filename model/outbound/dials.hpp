#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/admission/timed_map.hpp"
#include "model/call/who_answered.hpp"
#include "model/outbound/guard.hpp"
#include "model/outbound/request.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// A call on its way to somebody, from when Twilio is asked to place it.
struct dial {
  enum class state_type : std::uint8_t {
    asking,   ///< Twilio has not answered yet, or it is being looked for
    placed,   ///< Twilio has it
    unknown,  ///< Twilio did not say, and it was not found: it may come all the same
  };
  dial_request asked;  ///< settled
  ticket shown_by;     ///< in the addresses that Twilio is given for it
  tenant::outbound_type::machine_type machine{};
  state_type state = state_type::asking;
  call_sid call;  ///< "": not known
  std::chrono::steady_clock::time_point began{};
  std::chrono::system_clock::time_point began_at{};
  std::optional<who_answered> heard;
  bool answered = false;   ///< Twilio has asked what is to be done with it
  bool elsewhere = false;  ///< … and another node serves it
  bool sent_on = false;  ///< this node had taken it, and has given it back: Twilio asks again, whichever node there is
  bool over = false;     ///< Twilio has said so
  bool hung_up = false;  ///< somebody wants it ended, whether it is answered meanwhile or not
  bool operator==(const dial&) const = default;
};
/// Twilio has it, and nobody has answered yet.
[[nodiscard]] inline bool rings(const dial& one) noexcept {
  return !one.call.empty() && !one.answered && !one.over;
}

/// This node serves it.
[[nodiscard]] inline bool is_here(const dial& one) noexcept {
  return one.answered && !one.elsewhere;
}

/// Twilio is asked to, whoever answers.
[[nodiscard]] inline bool listens_for_machine(const dial& one) noexcept {
  return one.machine != tenant::outbound_type::machine_type::off;
}

/// How many calls a tenant has tried lately.
struct dial_attempts {
  using time = std::chrono::steady_clock::time_point;
  tenant_id tenant;
  std::deque<time> minute;  ///< those within it
  std::uint32_t day = 0;
  time day_until{};
  bool operator==(const dial_attempts&) const = default;
};

/// The calls that this node has asked Twilio to place in the last day: which ticket is whose, what a client's own id
/// stands for, and how many a tenant has tried. A ticket is good for the first CallSid that comes with it, for
/// `ticket_life`; what is reported with it counts as long as the dial is remembered. Where nodes share their dials,
/// also those of others that it has been asked about. Bounded: of `most` the one that is forgotten first goes, which is
/// never one whose ticket is good; of those there are `most_open`. Those of a former life are told it, and go on. Pure:
/// the clock is an argument, and never goes back.
class dials {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes ticket_life{10};
  static constexpr std::chrono::hours kept_for{24};
  static constexpr std::size_t most = 10'000, most_open = 1000, most_tenants = 10'000;

  struct begun {
    dial_verdict verdict = dial_verdict::allowed;
    /// The one that has this client's id already: nobody is called again. Null: it is a new one, or refused.
    const dial* before = nullptr;
    bool differs = false;          ///< … and was asked for something else
    std::optional<dial> forgot{};  ///< went for it; nothing: there was room
  };
  /// Asks for it. `judged`: what the tenant's settings say (decide_dial). Counts as an attempt where it is allowed.
  [[nodiscard]] begun begin(const dial& wanted, dial_verdict judged, const tenant::outbound_type& rules, time now);
  /// The one that has this client's id.
  [[nodiscard]] begun find_before(const dial_request& asked) const;

  /// Of a former life. One that nobody had an answer about is unknown; what is known here already stays as it is.
  void restore(dial former, time now);
  void restore(dial_attempts former, time now);

  /// Twilio has it, or had it: it was found, or has called us. The first CallSid counts.
  void placed(const ticket& shown, const call_sid& call);
  void is_unknown(const ticket& shown);
  void looks_again(const ticket& shown);  ///< an unknown one
  /// Nobody is being called, for sure: its id is free again. The attempt stays counted.
  void forget(const ticket& shown);

  /// Twilio shows the ticket for what is to be done with the call, which is answered then; null: it is not good, or
  /// another call's.
  [[nodiscard]] const dial* redeem(const ticket& shown, const call_sid& call, time now);
  /// Twilio reports something of the call with it; null: nobody knows it, or it is another call's.
  [[nodiscard]] dial* report(const ticket& shown, const call_sid& call, time now);
  /// Twilio is to ask again, whichever node there is then.
  void sent_on(const ticket& shown);
  void is_over(const ticket& shown);
  void is_elsewhere(const ticket& shown);
  void hang_up(const ticket& shown);
  [[nodiscard]] const dial* find(const ticket& shown) const { return dials_.find(shown.value); }
  [[nodiscard]] const dial* find(const call_sid& call) const;
  [[nodiscard]] bool is_taken(const call_sid& call) const { return calls_.contains(call); }  ///< by a dial
  /// Those that ring, and those of which nobody knows what became of them while their tickets are good.
  [[nodiscard]] std::vector<dial> unsettled(time now) const;
  /// Those of which another node may learn something first: that are not over, but for those that it serves.
  [[nodiscard]] std::vector<ticket> followed() const;
  /// How many somebody may still answer and be served: those that Twilio is being asked for, and those that ring.
  [[nodiscard]] std::size_t coming(time now) const;
  [[nodiscard]] const dial_attempts* attempts_of(const tenant_id& tenant) const;  ///< null: none is known

  [[nodiscard]] std::size_t size() const noexcept { return dials_.size(); }
  [[nodiscard]] std::size_t open(time now);
  [[nodiscard]] std::uint64_t forgotten() const noexcept { return forgotten_; }  ///< before their day was over

 private:
  [[nodiscard]] dial_verdict count(const tenant_id& tenant, const tenant::outbound_type& rules, time now);
  [[nodiscard]] dial_attempts* attempts_of(const tenant_id& tenant, time now);
  [[nodiscard]] bool is_being_called(const dial_request& wanted) const;
  std::optional<dial> make_room();  ///< the one that goes for it, where there is none
  void put_index(const dial& one);
  void drop_index(const dial& gone);
  void sort(const dial& one);
  void expire(time now);
  bool bind(dial& one, const call_sid& call);

  timed_map<dial> dials_;                             // by ticket, until they are forgotten
  timed_set open_;                                    // tickets, while they are good
  std::unordered_map<std::string, std::string> ids_;  // tenant and client's id to ticket
  std::unordered_map<call_sid, std::string> calls_;
  timed_set without_call_;  // from and to of dials of which no CallSid is known, while their tickets are good
  std::set<std::string> asking_, ringing_, unknown_, here_;  // tickets
  std::map<tenant_id, dial_attempts> attempts_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace tonris::model
