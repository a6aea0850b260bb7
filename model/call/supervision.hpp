#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

/// The rules of the supervision tree, in one place (docs/architecture.md draws the tree):
///
///   who dies                 who restarts it          with what                        when that is not enough
///   agent leg                its call                 a new conversation, told what    fallback: the call ends with
///                                                     was said so far                  the last leg's reason
///   caller leg               nobody here: Twilio      a new stream for the same call   fallback, after 3 streams
///                            asks connect-action
///   call actor               the call supervisor      its last checkpoint; both legs   the call ends: internal_error,
///                                                     live on and are handed over      its caller gets the fallback
///   webhook actor            the front of its loop    nothing: it has no state         -
///   tenant registry,         the address it stands    what it last knew                restarts go on, each 5 s;
///   vendor client,           behind (actors/runtime/                                   /ready says 503 meanwhile
///   call supervisor,         supervised.hpp)
///   call store
///   node                     the service manager      checkpoints in the store         calls that never come back
///                                                                                      are closed: node_lost
namespace tonris::model::supervision {

using time_point = std::chrono::steady_clock::time_point;

struct budget {
  std::size_t restarts;
  std::chrono::milliseconds within;
};
inline constexpr budget agent_leg_budget{5, std::chrono::seconds{60}};
inline constexpr budget call_budget{5, std::chrono::seconds{60}};
inline constexpr budget node_part_budget{5, std::chrono::seconds{60}};
inline constexpr std::chrono::milliseconds least_backoff{100}, most_backoff{5000};
inline constexpr unsigned max_new_streams = 3;                   ///< a call, after its first
inline constexpr std::chrono::seconds caller_absence_limit{15};  ///< after its stream dropped without `stop`

/// A conversation that is asked for but gives no metadata: another is tried beside it, whichever is ready first goes
/// on, and both are given up. The first conversation's time counts from the stream's start, a later one's from its
/// leg's.
inline constexpr std::chrono::seconds second_attempt_after{3}, agent_ready_limit{6};

/// Counts restarts in a sliding window.
class restart_budget {
 public:
  explicit restart_budget(budget limits) noexcept : limits_(limits) {}

  /// May it be restarted once more? Then that is counted. The answer's attempt begins at 0 and is how many restarts
  /// of the window came before: what `backoff` wants to know.
  struct verdict {
    bool granted = false;
    unsigned attempt = 0;
  };
  [[nodiscard]] verdict take(time_point now);

 private:
  budget limits_;
  std::vector<time_point> taken_;  // oldest first, at most limits_.restarts; a call that fails nowhere holds no memory
};

/// Full jitter: evenly between 0 and a ceiling that begins at 100 ms, doubles with each attempt, and stops at 5 s.
/// `random` is any 32 random bits.
[[nodiscard]] std::chrono::milliseconds backoff(unsigned attempt, std::uint32_t random) noexcept;

}  // namespace tonris::model::supervision
