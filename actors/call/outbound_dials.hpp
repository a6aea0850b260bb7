#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "actors/call/outbound_metrics.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/outbound/dials.hpp"
#include "model/twilio/placed_call.hpp"

namespace tonris::actors {

class live_board;

/// The calls that this node places (model/outbound/dials.hpp), shared by whoever asks for them and by the webhooks that
/// they come back to. What nodes tell each other of them is in actors/outbound. Any thread; each call takes a lock for
/// as long as a look into a map takes.
class outbound_dials {
 public:
  using time = model::dials::time;

  /// Told of each dial that is another one now than it was, or is forgotten, in the order in which that happened, by
  /// whichever thread; must neither block nor ask the dials.
  using changed = std::function<void(const model::dial& one, bool is_forgotten)>;
  explicit outbound_dials(changed told = {}) : told_(std::move(told)) {}
  outbound_dials(const outbound_dials&) = delete;
  outbound_dials& operator=(const outbound_dials&) = delete;

  struct begun {
    model::dial_verdict verdict = model::dial_verdict::allowed;
    std::optional<model::dial> before;  ///< as in model::dials::begun
    bool differs = false;
  };
  [[nodiscard]] begun begin(const model::dial& wanted, model::dial_verdict judged,
                            const model::tenant::outbound_type& rules, time now, metrics& counters);
  /// The one that has this client's id.
  [[nodiscard]] begun find_before(const model::dial_request& asked) const;
  /// Those of a former life are still to come: until then nobody is to be called, since it may have been done.
  void await_former_life();
  [[nodiscard]] bool awaits_former_life() const;
  /// Of a former life. `changed` is told of none of them.
  void restore(const std::vector<model::dial>& former, const std::vector<model::dial_attempts>& tried, time now);
  void placed(const model::ticket& shown, const model::call_sid& call);
  void is_unknown(const model::ticket& shown);
  void looks_again(const model::ticket& shown);
  void forget(const model::ticket& shown);
  void forget(const model::call_sid& call);
  void sent_on(const model::ticket& shown);
  void is_over(const model::ticket& shown);
  void is_elsewhere(const model::ticket& shown);
  void hang_up(const model::ticket& shown);
  [[nodiscard]] std::optional<model::dial> find(const model::ticket& shown) const;
  [[nodiscard]] std::optional<model::dial> find(const model::call_sid& call) const;
  [[nodiscard]] std::vector<model::dial> unsettled(time now) const;
  [[nodiscard]] std::vector<model::ticket> followed() const;
  [[nodiscard]] std::size_t coming(time now) const;
  [[nodiscard]] std::optional<model::dial_attempts> attempts_of(const model::tenant_id& tenant) const;
  /// Which of those that Twilio lists it is; it has that CallSid from then on.
  [[nodiscard]] std::optional<model::call_sid> find_among(const model::ticket& shown,
                                                          const std::vector<model::twilio::listed_call>& listed);

  [[nodiscard]] std::optional<model::dial> redeem(const model::ticket& shown, const model::call_sid& call, time now);
  /// Another node's, that has come here.
  void adopt(const model::dial& others, time now);
  /// … and is answered: what `redeem` says of it.
  [[nodiscard]] std::optional<model::dial> take_over(const model::dial& others, const model::call_sid& call, time now);
  [[nodiscard]] std::optional<model::dial> report(const model::ticket& shown, const model::call_sid& call, time now);
  /// Who has answered it.
  [[nodiscard]] std::optional<model::dial> hears(const model::ticket& shown, const model::call_sid& call,
                                                 const model::who_answered& said, time now);

 private:
  /// Does it to the dials, and tells of the one where that has changed it.
  template <class Change>
  auto change(const model::ticket& which, Change what);

  const changed told_;
  mutable std::mutex lock_;
  model::dials dials_;
  bool awaits_former_life_ = false;
};

/// Has the board list it while it rings. What a call does from when somebody has answered is its own to tell.
void show(live_board& on, const model::dial& one, bool is_forgotten);

}  // namespace tonris::actors
