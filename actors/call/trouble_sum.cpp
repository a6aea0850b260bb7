#include "actors/call/trouble_sum.hpp"

#include <vector>

#include "actors/call/call_log.hpp"

namespace tonris::actors {

void trouble_sum::count(model::end_reason why) {
  ++calls_[static_cast<std::size_t>(why)];
}

void trouble_sum::count(model::end_reason why, std::uint64_t& counted_in) {
  const auto minute = minute_.load();
  if (counted_in == minute) return;
  counted_in = minute;
  count(why);
}

void trouble_sum::tick(clock::time_point now) {
  if (!next_) next_ = now + period;
  if (now < *next_) return;
  next_ = now + period;
  ++minute_;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const auto calls = calls_[i].exchange(0);
    if (calls < 2) continue;
    const auto why = static_cast<model::end_reason>(i);
    const std::vector<log::field> fields{{"what", headline(why)},
                                         {"calls", calls},
                                         {"seconds", period.count()},
                                         {"reason", to_string(why)},
                                         {"by", to_string(who(why))}};
    log::write(call_log::level_of(why), "{what}: {calls} calls in {seconds} s ({reason})", fields);
  }
}

}  // namespace tonris::actors
