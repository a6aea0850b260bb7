#pragma once

#include <chrono>

#include "actors/call/context.hpp"

namespace tonris::actors {

/// A failure that the tenant rehearses (docs/failures.md), for a caller on its list: planned when the call begins, done
/// once a call, as soon as what is to break is there.
class rehearsal {
 public:
  using failure = model::tenant::rehearsal_type::failure;

  explicit rehearsal(call_context& call) : call_(call) {}

  void plan();   ///< the call begins
  void await();  ///< in each of its lives
  void due();    ///< of rehearsal_due
  /// Is the vendor to be slow? Then the address is fetched, or not fetched, when slow_fetch comes.
  [[nodiscard]] bool delays_fetch(std::chrono::milliseconds at_most);

  /// What is not there cannot break: a rehearsal waits for it.
  [[nodiscard]] static bool can_break(failure what, bool agent_live, bool stream_runs) noexcept;

 private:
  void inject_into(const any_leg& leg, decltype(inject::failure) how);
  void done();

  call_context& call_;
};

}  // namespace tonris::actors
