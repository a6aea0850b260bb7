#include "actors/call/outbox_watch.hpp"

#include <algorithm>
#include <utility>

#include "actors/call/shared_record_metrics.hpp"

namespace tonris::actors {

void outbox_watch::asked_by(caf::typed_response_promise<outbox_read> asker, const read_outbox& wanted) {
  asker_ = std::move(asker);
  asked_ = wanted;
}

bool outbox_watch::look(call_database& db) {
  if (!db.has_to_send()) return true;
  if (asker_.pending()) {
    auto waiting = db.outbox(asked_.most, asked_.most_bytes);
    if (!waiting) complain_(waiting.error().line);
    if (waiting && !waiting->empty()) asker_.deliver(outbox_read{std::move(*waiting), db.name()});
  }
  return show(db);
}

bool outbox_watch::show(call_database& db) {
  if (shown_ && steady::now() - *shown_ < show_wait) return false;
  shown_ = steady::now();
  const auto depth = db.depth_of_outbox();
  if (!depth) return false;
  const auto now = wall_clock_();
  const std::chrono::duration<double> behind = now - depth->oldest.value_or(now);
  counters_.of<shared_record_metrics>().waiting.set(static_cast<double>(depth->waiting));
  counters_.of<shared_record_metrics>().behind.set(std::max(0.0, behind.count()));
  counters_.of<shared_record_metrics>().aged.set(static_cast<double>(depth->aged));
  return depth->waiting == 0 && depth->aged == 0;
}

}  // namespace tonris::actors
