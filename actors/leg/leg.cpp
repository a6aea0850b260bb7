#include "actors/leg/leg.hpp"

#include <algorithm>

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
  repeat_beginning();
  const auto unread = std::min<std::uint64_t>(told_ - std::min(told_, by.taken), retell_.size());
  std::for_each(retell_.end() - static_cast<std::ptrdiff_t>(unread), retell_.end(),
                [this](const caf::message& what) { send(call_, what); });
  repeat_end();
}

void leg::check_orphan() {
  if (orphaned_) quit();
}

}  // namespace tonris::actors
