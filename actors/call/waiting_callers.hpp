#pragma once

#include <caf/actor_clock.hpp>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/call/messages.hpp"
#include "model/call/clock.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// Callers in line for a place, who hear music and have no call yet: what their record is made of if they hang up. The
/// line itself is admission's. Pure.
class waiting_callers {
 public:
  using time = caf::actor_clock::time_point;
  static constexpr std::size_t most = 10'000;

  struct entry {
    refuse_call as;           ///< what the caller's last question would have been refused with
    model::call_clock clock;  ///< since he asked first
    time began, asked;
    std::optional<model::carrier_progress> twilio{};  ///< what it says of his call
    bool sent_away = false;                           ///< by the API, whatever becomes of his place
  };

  /// He asks, for the first time or again. False: there are too many, and he leaves no record.
  [[nodiscard]] bool ask(const refuse_call& as, const model::call_clock& clock, time now);
  void tell(const model::call_sid& call, const model::carrier_progress& told);
  void send_away(const model::call_sid& call);
  [[nodiscard]] const entry* find(const model::call_sid& call) const;
  [[nodiscard]] std::optional<entry> take(const model::call_sid& call);
  /// Those who have not asked since then. From `now` on each is silent anew.
  [[nodiscard]] std::vector<model::call_sid> silent(time since, time now);
  [[nodiscard]] std::size_t size() const noexcept { return callers_.size(); }

 private:
  std::unordered_map<model::call_sid, entry> callers_;
};

/// So far.
[[nodiscard]] model::call_record record_of(const waiting_callers::entry& caller);

}  // namespace tonris::actors
