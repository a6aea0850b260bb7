#include "actors/admission/usage_writer.hpp"

#include <utility>

namespace tonris::actors {

void usage_writer::changed(const model::tenant_id& tenant, model::usage_month month, const model::call_sid& lease) {
  if (!config_.books->changed(tenant, month, lease)) config_.counters->of<admission_metrics>().usage_dropped();
  write_soon();
}

void usage_writer::write_soon() {
  if (config_.give && !std::exchange(reminded_, true)) config_.remind();
}

void usage_writer::reminded() {
  reminded_ = false;
  write();
}

void usage_writer::write() {
  if (writing_) return;
  auto changes = config_.books->take_changes();
  if (changes.empty()) return answer_flushes();
  writing_ = true;
  config_.give(changes, [this, changes](bool written) {
    writing_ = false;
    if (!written) {
      config_.books->put_back(changes);
      answer_flushes();
      return write_soon();
    }
    if (!flushes_.empty()) return write();
    if (config_.books->has_changes()) write_soon();
  });
}

void usage_writer::flush(std::function<void()> then) {
  if (!config_.give) return then();
  flushes_.push_back(std::move(then));
  write();
}

void usage_writer::answer_flushes() {
  for (const auto& then : std::exchange(flushes_, {})) then();
}

}  // namespace tonris::actors
