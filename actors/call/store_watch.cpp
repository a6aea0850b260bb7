#include "actors/call/store_watch.hpp"

#include "actors/telemetry/log.hpp"

namespace tonris::actors {

void store_watch::tick(clock::time_point now) {
  const auto depth = journal_->depth();
  const auto waited = depth.since ? now - *depth.since : clock::duration::zero();
  if (!is_behind_ && waited > patience) {
    is_behind_ = true;
    trouble_->is("the call store is behind: what calls write down waits for the disk");
    log::error("The call store is behind: {waiting} entries wait for the disk, the oldest for {seconds} s",
               {{"waiting", depth.waiting}, {"seconds", std::chrono::floor<std::chrono::seconds>(waited).count()}});
  } else if (is_behind_ && waited < caught_up) {
    is_behind_ = false;
    trouble_->is({});
    log::info("The call store keeps up again");
  }
}

}  // namespace tonris::actors
