#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tonris::model {

/// Circuit breakers, one an agent and vendor key, or a tenant and its tools' host: who fails again and again is left
/// alone for a while, so that an agent's callers go straight to the next one or to the fallback. A breaker opens after
/// `failures` in a row within `window`; after `open_for` it is half open: one call may probe it, and closes or opens it
/// again, then for twice as long each time, `longest` at most. A probe that comes to nothing within `probe_for` makes
/// room for the next. Pure: the clock is an argument. At most `max_servers` are watched; beyond that one is always let
/// through.
class circuit_breakers {
 public:
  using time = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;
  struct settings {
    unsigned failures = 5;
    duration window = std::chrono::seconds{60};
    duration open_for = std::chrono::seconds{15};
    duration longest = std::chrono::seconds{300};
    duration probe_for = std::chrono::seconds{10};
    std::size_t max_servers = 10'000;
  };
  struct key {
    std::string holder;  ///< whose: of an agent, whose key at the vendor (vendor_of), never the key itself
    std::string server;  ///< the agent's id, a tool's host
    auto operator<=>(const key&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
  };
  enum class state : std::uint8_t { closed, open, half_open };
  enum class change : std::uint8_t { none, opened, closed };

  circuit_breakers() = default;
  explicit circuit_breakers(const settings& how) : how_(how) {}

  /// May it be asked now? Half open, who hears yes is the probe.
  [[nodiscard]] bool admits(const key& of, time now);
  [[nodiscard]] state state_of(const key& of, time now) const;
  change succeeded(const key& of);  ///< a conversation began
  change failed(const key& of, time now);
  [[nodiscard]] std::size_t watched() const noexcept { return breakers_.size(); }

 private:
  struct breaker {
    unsigned failures = 0;  ///< in a row
    time first_failure;     ///< of these
    bool is_open = false;
    time until;              ///< open: when it may be probed
    duration next_open_for;  ///< when the probe fails
    time probed;             ///< half open: since when a probe is under way
    bool probing = false;
  };
  change open(breaker& one, time now);
  void forget_the_harmless(time now);

  settings how_{};
  std::map<key, breaker> breakers_;
};
[[nodiscard]] std::string_view to_string(circuit_breakers::state state) noexcept;

}  // namespace tonris::model
