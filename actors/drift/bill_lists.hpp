#pragma once

#include <caf/actor_clock.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <vector>

#include "actors/drift/bill_list.hpp"
#include "actors/drift/bill_metrics.hpp"
#include "actors/drift/bills.hpp"
#include "model/usage_report/unknown_bills.hpp"

namespace tonris::actors {

/// The lists of a day, over as many attempts as it takes to read them. Each has its turn: one that is long goes on when
/// the others have had theirs, one that fails waits while others are asked. The gateway's own are first at each
/// attempt, then those whose turn has not come yet, then those that are at some page, then those that have failed,
/// which begin anew.
///
/// What was read of a list stays, also where its account or key is gone since; each unknown call is kept once, and no
/// longer once a record of it is there. One that is refused is asked again where it has another token or key.
class bill_lists {
 public:
  using time = caf::actor_clock::time_point;
  using outcome = bill_metrics::outcome;

  struct entry {
    bill_list list;
    bool is_gateways = false;
    bool was_asked = false;
    outcome how = outcome::to_come;
    time not_before{};  ///< the next question
    std::vector<model::unknown_bill> unknown{};
  };
  struct found {
    std::vector<bill_list> gateways, tenants;
  };

  explicit bill_lists(std::chrono::sys_days day) noexcept : day_(day) {}
  [[nodiscard]] std::chrono::sys_days day() const noexcept { return day_; }

  /// An attempt, with the lists that there are now. `known`: what our records know; what is unknown of lists that were
  /// read is added. Those that cannot be asked, each once a day.
  [[nodiscard]] std::vector<const bill_list*> begin(found now, model::known_ids& known);

  /// Is there one that may be asked now? It is at_turn() then.
  [[nodiscard]] bool has_turn(time now);
  [[nodiscard]] bill_list& at_turn() { return waiting_.front().list; }
  [[nodiscard]] time next_turn() const;       ///< of those that wait: the earliest
  void took(bill_list::next step, time now);  ///< an answer, with which it is not at its end
  /// It is; `unknown`: of it.
  const entry& ended(outcome how, std::vector<model::unknown_bill> unknown);

  [[nodiscard]] std::list<entry>& waiting() noexcept { return waiting_; }  ///< those that are not at their ends
  [[nodiscard]] std::size_t room() const noexcept;                         ///< for more that is unknown
  [[nodiscard]] bills_listed told() const;

 private:
  void pass_on();
  void keep_ended(std::list<entry>& fresh, model::known_ids& known);
  void keep_waiting(std::list<entry>& fresh);

  // given
  std::chrono::sys_days day_;
  // state
  std::list<entry> waiting_;  ///< the front has its turn
  std::list<entry> failed_;   ///< at this attempt
  std::list<entry> ended_;
  time turn_ends_{};
  bool is_turn_ = false;
};

}  // namespace tonris::actors
