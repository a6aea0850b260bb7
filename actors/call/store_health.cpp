#include "actors/call/store_health.hpp"

#include <utility>

#include "actors/call/depths.hpp"
#include "actors/call/metrics.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::minutes quiet{1};  // between two log lines about the same trouble
constexpr std::chrono::hours late{24};

}  // namespace

void store_trouble::is(std::string why) {
  const std::scoped_lock lock{lock_};
  why_ = std::move(why);
}

std::string store_trouble::now() const {
  const std::scoped_lock lock{lock_};
  return why_;
}

void store_health::be_troubled(std::string_view what, const std::string& why) {
  is_troubled_ = true;
  trouble_->is("the call store " + std::string{what});
  complain(what, why);
}

void store_health::be_well(std::string_view again) {
  if (!std::exchange(is_troubled_, false)) return;
  trouble_->is({});
  last_complaint_.reset();
  log::info("{}", {{"", again}});
}

void store_health::complain(std::string_view what, const std::string& why) {
  if (last_complaint_ && steady::now() - *last_complaint_ < quiet) return;
  last_complaint_ = steady::now();
  log::error("The call store {trouble}: {why}", {{"trouble", what}, {"why", why}});
}

void store_health::count_drops(std::uint64_t so_far) {
  counters_.of<store_metrics>().store_dropped(so_far - std::exchange(drops_counted_, so_far));
}

void store_health::time_is_behind(std::chrono::nanoseconds by) {
  counters_.of<call_depths>().store_time_behind.set(std::chrono::duration<double>{by}.count());
  const bool is_late = by > late;
  if (std::exchange(is_late_, is_late) == is_late) return;
  if (!is_late) return log::info("Records are kept no more than a day longer than their days");
  log::warn(
      "Records are kept {hours} h longer than their days: this gateway was not running, or for few hours a day, or its "
      "clock has jumped ahead",
      {{"hours", std::chrono::floor<std::chrono::hours>(by).count()}});
}

}  // namespace tonris::actors
