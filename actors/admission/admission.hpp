#pragma once

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <memory>

#include "actors/admission/books.hpp"
#include "actors/admission/messages.hpp"
#include "actors/admission/rules.hpp"
#include "actors/admission/usage_keeper.hpp"
#include "actors/admission/usage_writer.hpp"
#include "actors/runtime/message.hpp"
#include "model/admission/table.hpp"

namespace tonris::actors {

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
    admission_rules::config rules;
    usage_keeper keeper;  ///< null: nothing is written down
  };

  static inline const char* name = "tonris.admission";

  explicit local_admission(admission_door::pointer actor) : self_(actor) {}
  [[nodiscard]] admission_door::behavior_type make_behavior(const config& given);

 private:
  [[nodiscard]] admitted admit(const admit_call& who);
  [[nodiscard]] admitted come_in(const admit_call& who, admission_metrics::way how);
  [[nodiscard]] month_levels renew(const renew_leases& told);
  void release(const release_lease& what);
  [[nodiscard]] tenant_usage describe(const model::tenant& t);
  [[nodiscard]] caf::result<usage_flushed> flush();

  [[nodiscard]] model::admission_table& table() const noexcept { return books_->table; }
  [[nodiscard]] model::admission_table::time now() const { return self_->clock().now(); }

  // given
  admission_door::pointer self_;
  std::shared_ptr<admission_books> books_;

  // owned
  admission_rules rules_;
  usage_writer writer_;
};

admission_door::behavior_type admit_locally(admission_door::stateful_pointer<local_admission> self,
                                            const local_admission::config& settings);

}  // namespace tonris::actors
