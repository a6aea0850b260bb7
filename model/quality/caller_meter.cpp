#include "model/quality/caller_meter.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace tonris::model {

namespace {

constexpr std::uint64_t least_gap_ms = 20;                            // a frame: below it timestamps only wander
constexpr std::uint64_t longest_stream_ms = 7ull * 24 * 3600 * 1000;  // no call is so long
constexpr std::uint64_t most_lost = 1000;                             // at once; more is another count

std::uint32_t narrow(std::int64_t number) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, most));
}

std::uint32_t milliseconds(std::chrono::nanoseconds time) noexcept {
  return narrow(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

}  // namespace

void caller_meter::arrived(const frame& one, time now) noexcept {
  came_ = true;
  if (last_arrival_) seen_.longest_pause_ms = std::max(seen_.longest_pause_ms, milliseconds(now - *last_arrival_));
  last_arrival_ = now;
  if (!is_next(one.sequence)) return;
  count_lost(one.chunk);
  if (one.timestamp_ms == 0 || one.timestamp_ms > longest_stream_ms) return;
  if (expected_ms_) look_for_gap(*expected_ms_, one.timestamp_ms);
  expected_ms_ = one.timestamp_ms + one.bytes / 8;
  const auto arrival = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  measure_transit(arrival - static_cast<us>(one.timestamp_ms) * 1000, now);
}

bool caller_meter::is_next(std::uint64_t sequence) noexcept {
  if (sequence == 0) return true;
  if (sequence > highest_) {
    const auto on = sequence - highest_;
    seen_numbers_ = (on < order_window ? seen_numbers_ << on : 0) | 1;
    highest_ = sequence;
    return true;
  }
  const auto back = highest_ - sequence;
  const auto bit = back < order_window ? std::uint64_t{1} << back : 0;
  const bool came = (seen_numbers_ & bit) != 0;
  ++(came ? seen_.duplicates : seen_.out_of_order);
  if (!came && seen_.lost > 0) --seen_.lost;  // it seemed to be
  seen_numbers_ |= bit;
  return false;
}

void caller_meter::count_lost(std::uint64_t chunk) noexcept {
  if (chunk == 0) return;
  const auto last = std::exchange(last_chunk_, chunk);
  if (last != 0 && chunk > last + 1 && chunk - last <= most_lost)
    seen_.lost += narrow(static_cast<us>(chunk - last - 1));
}

void caller_meter::look_for_gap(std::uint64_t from_ms, std::uint64_t to_ms) noexcept {
  constexpr auto back = static_cast<std::uint64_t>(longest_gap.count());
  if (to_ms + back < from_ms) return begin_clock();
  if (to_ms < from_ms + least_gap_ms) return;
  const auto missing = to_ms - from_ms;
  if (missing > back) return begin_clock();
  const auto ms = narrow(static_cast<us>(missing));
  ++seen_.gaps;
  seen_.gap_ms += ms;
  if (he_talks_) seen_.cut_ms += ms;
  seen_.longest_gap_ms = std::max(seen_.longest_gap_ms, ms);
}

void caller_meter::measure_transit(us transit, time now) noexcept {
  const auto last = std::exchange(last_transit_, transit);
  if (!last) {
    least_ = before_ = transit;
    window_began_ = now;
    return;
  }
  jitter_16_ += std::abs(transit - *last) - ((jitter_16_ + 8) >> 4);
  seen_.jitter_us = narrow(jitter_16_ >> 4);
  seen_.worst_jitter_us = std::max(seen_.worst_jitter_us, seen_.jitter_us);
  if (now - window_began_ >= window) {
    before_ = std::exchange(least_, transit);
    window_began_ = now;
  }
  least_ = std::min(least_, transit);
  constexpr us bound = std::chrono::microseconds{late_after}.count();
  if (transit - std::min(least_, before_) > bound) ++seen_.late;
}

void caller_meter::tick(bool he_talks) noexcept {
  if (std::exchange(came_, false)) he_talks_ = he_talks;
}

void caller_meter::begin_clock() noexcept {
  last_transit_.reset();
}

void caller_meter::new_stream() noexcept {
  last_arrival_.reset();
  highest_ = seen_numbers_ = last_chunk_ = 0;
  expected_ms_.reset();
  he_talks_ = false;
  begin_clock();
}

}  // namespace tonris::model
