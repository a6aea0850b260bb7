#pragma once

#include <array>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actors/admission/messages.hpp"
#include "actors/admission/metrics.hpp"
#include "actors/admission/usage_keeper.hpp"
#include "actors/runtime/message.hpp"
#include "model/admission/table.hpp"
#include "model/admission/waiting_line.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// What admission knows, beside it, so that it outlives a crash of the actor. Used by one actor at a time.
struct admission_books {
  model::admission_table table;
  model::waiting_line line;

  /// Refusals of a tenant on a day.
  struct refusals {
    std::chrono::sys_days day{};
    std::map<model::end_reason, std::uint64_t> by_reason;
  };
  std::unordered_map<model::tenant_id, refusals> refused;

  /// What has changed since it was written: it is looked up in the table when it is.
  std::set<std::pair<std::string, model::usage_month>> months;
  std::unordered_set<model::call_sid> leases;

  // counted in the metrics so far
  std::uint64_t gave_up = 0, crowded_out = 0;

  /// A former life's.
  void restore(const usage_snapshot& written, model::admission_table::time now);
};

struct write_down {  // admission to itself
  using travels = in_process;
};
using admission_door = admission::extend<caf::reacts_to<write_down>>;

/// Admission for a node that shares its counts with nobody: in memory, by the rules of model/admission/table.hpp. The
/// node's death frees every place; calls that come back tell themselves with the first renewal. What is used of months
/// is written once a second, off every webhook's way; a call that is told again after a restart is booked once.
/// Ordinary actor.
class local_admission {
 public:
  struct config {
    std::shared_ptr<admission_books> books;
    usage_keeper keeper;                                       ///< null: nothing is written down
    std::uint64_t vendor_calls = 0;                            ///< that the gateway's key may hold at once; 0: no limit
    std::function<std::string(std::string_view)> hash_caller;  ///< keyed
    std::function<std::chrono::system_clock::time_point()> wall_clock;
    model::rate_card rates = model::rate_card::standard();
    metrics* counters = nullptr;
  };

  static inline const char* name = "tonris.admission";

  explicit local_admission(admission_door::pointer actor) : self_(actor) {}
  [[nodiscard]] admission_door::behavior_type make_behavior(config given);

 private:
  // who may come in
  [[nodiscard]] admitted admit(const admit_call& who);
  [[nodiscard]] model::admission_answer ask_table(const admit_call& who, const model::admission_limits& limits);
  [[nodiscard]] bool overflows_to_agent(const admit_call& who, const model::admission_limits& limits);
  [[nodiscard]] admitted come_in(const admit_call& who, const model::admission_answer& answer);
  [[nodiscard]] admitted turn_away(const admit_call& who, model::admission_verdict why);

  // who stays, and who goes
  [[nodiscard]] month_levels renew(const renew_leases& told);
  void release(const release_lease& what);

  // what is to be seen
  void count(const call_refused& refused);
  [[nodiscard]] tenant_usage describe(const model::tenant& t);
  void count_what_rose();

  // what is written down
  void changed(const model::tenant_id& tenant, const model::call_sid& lease);
  void write_soon();
  void write();
  [[nodiscard]] usage_snapshot take_changes();
  void put_back(const usage_snapshot& unwritten);
  [[nodiscard]] caf::result<usage_flushed> flush();
  void answer_flushes();

  [[nodiscard]] model::admission_place place_of(const admit_call& who) const;
  [[nodiscard]] model::admission_table& table() const noexcept { return config_.books->table; }
  [[nodiscard]] model::admission_table::time now() const { return self_->clock().now(); }
  [[nodiscard]] model::usage_month month() const { return model::month_of(config_.wall_clock()); }
  [[nodiscard]] const admission_metrics& counted() const { return config_.counters->of<admission_metrics>(); }

  // given
  admission_door::pointer self_;
  config config_;

  // state
  bool reminded_ = false, writing_ = false;
  std::vector<caf::typed_response_promise<usage_flushed>> flushes_;
};

admission_door::behavior_type admit_locally(admission_door::stateful_pointer<local_admission> self,
                                            local_admission::config settings);

}  // namespace tonris::actors
