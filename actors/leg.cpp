#include "actors/leg.hpp"

#include "actors/runtime/crash.hpp"

namespace tonris::actors {

void leg::follow(caf::actor call) {
  call_ = std::move(call);
  monitor(call_);
  set_down_handler([this](const caf::down_msg& down) {
    if (!call_ || down.source != call_.address()) return;
    if (!is_crash(down.reason)) return quit();
    orphaned_ = true;
    delayed_send(this, orphan_limit, orphan_check{});
  });
}

void leg::adopted_by(const adopt& by) {
  if (call_) demonitor(call_);
  orphaned_ = false;
  call_ = by.call;
  monitor(call_);
  repeat_state();
}

void leg::check_orphan() {
  if (orphaned_) quit();
}

}  // namespace tonris::actors
