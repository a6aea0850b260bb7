#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/leg/level_meter.hpp"
#include "actors/leg/published.hpp"
#include "model/audio/backlog.hpp"
#include "model/audio/caller_gaps.hpp"
#include "model/audio/latency.hpp"
#include "model/audio/watch.hpp"
#include "model/call/record.hpp"
#include "model/latency/turns.hpp"
#include "model/quality/caller_meter.hpp"
#include "model/quality/playback_meter.hpp"

namespace tonris::actors {

class leg;

/// One call's media, counted: the legs write on their loop, the call actor reads from its own thread.
struct media_counters {
  using heard_clock = std::chrono::steady_clock;  ///< the actors': its time stands still in tests

  std::atomic<std::uint64_t> from_caller{0}, to_caller{0}, dropped{0}, heard_ms{0};
  std::atomic<heard_clock::rep> heard_at{0};  ///< when Twilio last reported agent audio as played; 0: never
  model::latency_histogram added_latency;
  std::atomic<std::uint32_t> turns{0}, turn_p50_ms{0}, turn_p95_ms{0}, turn_worst_ms{0};
  published<model::caller_quality> from_caller_quality;
  published<model::agent_quality> to_caller_quality;
  level_meter levels;
  /// For how long the agent has owed a caller who is there the sound of an answer (model::audible_watch); 0: it does
  /// not. Who has hung up leaves it as it was.
  std::atomic<std::uint32_t> owed_ms{0};

  void set_turns(const model::turn_latency& now) noexcept {
    turn_p50_ms.store(now.p50_ms, std::memory_order_relaxed);
    turn_p95_ms.store(now.p95_ms, std::memory_order_relaxed);
    turn_worst_ms.store(now.worst_ms, std::memory_order_relaxed);
    turns.store(now.count, std::memory_order_release);
  }

  /// For counters with one writer: no locked instruction a frame.
  static void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  [[nodiscard]] heard_clock::time_point last_heard() const noexcept {
    return heard_clock::time_point{heard_clock::duration{heard_at.load(std::memory_order_relaxed)}};
  }
  /// Goes on from what a former life of the node counted.
  void restore(const model::call_record::media_counts& before) noexcept {
    from_caller = before.frames_from_caller;
    to_caller = before.frames_to_caller;
    dropped = before.dropped;
    heard_ms = before.heard_ms;
    set_turns(before.turns);
    from_caller_quality.put(before.from_caller);
    to_caller_quality.put(before.to_caller);
  }
  [[nodiscard]] model::call_record::media_counts read() const noexcept {
    return {from_caller.load(std::memory_order_relaxed),
            to_caller.load(std::memory_order_relaxed),
            dropped.load(std::memory_order_relaxed),
            heard_ms.load(std::memory_order_relaxed),
            added_latency.quantile_ms(0.99),
            read_turns(),
            from_caller_quality.get(),
            to_caller_quality.get()};
  }

 private:
  [[nodiscard]] model::turn_latency read_turns() const noexcept {
    const auto count = turns.load(std::memory_order_acquire);
    return {count, turn_p50_ms.load(std::memory_order_relaxed), turn_p95_ms.load(std::memory_order_relaxed),
            turn_worst_ms.load(std::memory_order_relaxed)};
  }
};

/// Where the two legs of a call meet: beside the actors, so that it outlives either. Both legs live on one loop and
/// hand each other frames directly; each enters itself when it runs and takes itself out when it ends. What the caller
/// says while no agent hears it, or its socket does not take it, waits in `backlog`. Loop thread only, but for
/// `counters`.
struct media_bridge {
  leg* caller = nullptr;
  leg* agent = nullptr;  ///< set once the conversation is live, not before
  model::audio_backlog backlog;
  model::caller_gaps gaps;            ///< the caller leg knows his frames, the agent leg fills while none comes
  model::turns turns;                 ///< of the caller leg: it hears him end, and plays him the answer
  model::hearing_watch hearing;       ///< fed by both legs: the caller's level, the agent's signs of hearing
  std::vector<std::uint8_t> scratch;  ///< for measuring, reused
  std::shared_ptr<media_counters> counters;
  model::caller_meter caller_audio;  ///< of the caller leg, which publishes in `counters` what they say
  model::playback_meter agent_audio;
  /// The caller is on hold until then: he hears the hold tone, the agent hears silence, and what it says is not played.
  /// No watch over their audio counts meanwhile. Over with either leg, and with the next conversation.
  std::optional<media_counters::heard_clock::time_point> held_until;

  /// What the agent says before the caller's first stream has started (a warm start): he hears it all. Nothing: what it
  /// says to nobody is not kept.
  std::optional<model::audio_backlog> greeting;

  void forget_greeting() {
    while (greeting && greeting->take()) {
    }
  }
  [[nodiscard]] bool on_hold() const noexcept { return held_until.has_value(); }
  void leave(const leg& gone) noexcept {
    if (caller == &gone || agent == &gone) held_until.reset();
    if (caller == &gone) caller = nullptr;
    if (agent == &gone) agent = nullptr;
  }
};

}  // namespace tonris::actors
