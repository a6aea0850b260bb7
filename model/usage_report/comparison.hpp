#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/json/writer.hpp"
#include "model/usage_report/rate_interval.hpp"

namespace tonris::model {

/// Which of two variants succeeds more often, by their calls in the order in which they came, looked at as often as
/// anybody likes: where both are equally good, one is called better in less than 5 % of all comparisons, however long
/// they go on and whenever they are stopped.
///
/// The means is an e-process for two proportions (Turner, Ly and Grünwald, "Generic E-variables for exact sequential
/// k-sample tests"). Calls are taken in blocks; a block ends as soon as it has a call of each variant, which has
/// nothing to do with how they went. With a and b the success rates that the calls before a block let expect, and m
/// their mean as the block mixes them, the product over its calls of P(outcome | a or b) / P(outcome | m) is at most 1
/// in expectation, whatever rate both share; so is the product over all blocks, and it exceeds 20 with a probability of
/// less than 1/20 (Ville). Needs calls that were dealt to the variants by chance, and takes memory for four numbers.
class comparison {
 public:
  enum class variant : std::uint8_t { a, b };

  void add(variant which, bool success) noexcept;
  /// One of whose success somebody else should have judged by now: has he?
  void expect_judgement(variant of, bool is_there) noexcept;

  struct side {
    std::uint64_t calls = 0, successes = 0;
    std::uint64_t due = 0, judged = 0;  ///< calls that should have been judged, and those of them that were
    [[nodiscard]] rate_interval interval() const noexcept { return rate_interval_of(successes, calls); }
    bool operator==(const side&) const = default;
  };
  [[nodiscard]] const side& of(variant which) const noexcept { return sides_[static_cast<std::size_t>(which)]; }

  /// Of each variant at least half of the calls that should have been judged are. Else it shows only those that count
  /// without that, which are the lost ones, and looks worse than it is.
  [[nodiscard]] bool is_judged() const noexcept;
  /// Nothing: not enough is known yet, or judged. Once it is said, it stays while enough are.
  [[nodiscard]] std::optional<variant> better() const noexcept { return is_judged() ? better_ : std::nullopt; }
  /// Always valid: how rarely equal variants would look so different at any time so far.
  [[nodiscard]] double p_value() const noexcept;
  /// About how many calls of both it still takes, if they go on as they do; nothing when it is said, when too few are
  /// judged, and when they are so alike, or so few, that nobody can tell.
  [[nodiscard]] std::optional<std::uint64_t> calls_to_go() const noexcept;

 private:
  void close_block() noexcept;
  [[nodiscard]] double expected_rate(variant of) const noexcept;

  std::array<side, 2> sides_{};  // all calls
  std::array<side, 2> block_{};  // of them, those in the block that is open
  double log_evidence_ = 0, most_log_evidence_ = 0;
  std::optional<variant> better_;
};

/// "B is better: 80.0 % of 120 calls (72.0 to 86.2 %), A 60.0 % of 118 calls (51.0 to 68.4 %)", "not enough yet: about
/// 340 more calls; B 75.0 % of 20 calls (53.1 to 88.8 %), A no calls": in brackets where the share lies by 95 %. Or
/// "too few calls are judged: 3 of 40 of B, 20 of 22 of A; B …".
[[nodiscard]] std::string in_words(const comparison& of, std::string_view name_a, std::string_view name_b);

/// {"a":{"variant","calls","successes","low","high"},"b":{…},"better":"new","pValue":0.0312,"callsToGo":340,"says":"…"},
/// the last in_words.
[[nodiscard]] std::string to_json(const comparison& of, std::string_view name_a, std::string_view name_b);

}  // namespace tonris::model
