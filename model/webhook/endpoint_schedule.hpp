#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace tonris::model {

/// Where a tenant is told what happens: one of its webhooks.
struct webhook_endpoint {
  std::string tenant, name;
  auto operator<=>(const webhook_endpoint&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
};

/// Which webhook is sent its next event, and when: those that are due in their turn, and none while one of its events
/// is under way. Knows no events; they are in the durable queue, which says when the first of an endpoint's is due.
class endpoint_schedule {
 public:
  using time = std::chrono::system_clock::time_point;  // as the queue's

  /// An event of its is due then; an earlier one that is known stays. Nothing for one that is under way: `done` says.
  void put(const webhook_endpoint& where, time due);
  /// The one that is due longest. It is under way until `done`.
  [[nodiscard]] std::optional<webhook_endpoint> take(time now);
  /// `next`: when another event of its is due; nothing: none waits.
  void done(const webhook_endpoint& where, std::optional<time> next);

  [[nodiscard]] std::optional<time> next_time() const;  ///< of those that are not under way
  [[nodiscard]] std::size_t under_way() const noexcept { return under_way_.size(); }

 private:
  std::map<webhook_endpoint, time> due_;
  std::set<std::pair<time, webhook_endpoint>> order_;
  std::set<webhook_endpoint> under_way_;
};

}  // namespace tonris::model
