#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/node/trouble.hpp"
#include "actors/web/node_report.hpp"

namespace tonris::actors {

/// What GET /ready goes by. Any thread; `watch` before there is a second one.
class node_health {
 public:
  void watch(node_trouble part, std::shared_ptr<const store_trouble> of) { parts_.push_back({part, std::move(of)}); }
  void accepts(bool calls) noexcept { accepting_ = calls; }
  [[nodiscard]] bool accepts() const noexcept { return accepting_; }
  void part_is(bool healthy) noexcept { sick_parts_ += healthy ? -1 : 1; }  ///< told when that changes

  [[nodiscard]] readiness now() const {
    if (!accepting_) return {readiness::state::not_ready, "this node is stopping"};
    if (sick_parts_ > 0) return {readiness::state::not_ready, "a part of this node crashes again and again"};
    for (const auto& part : parts_)
      if (auto why = part.trouble->now(); !why.empty()) return {readiness::state::degraded, std::move(why)};
    return {};
  }

  /// `told(part, whether it is degraded)` of each that is watched, as often as it is.
  template <class Told>
  void each_part(Told told) const {
    for (const auto& part : parts_) told(part.is, is_degraded(part.is));
  }

 private:
  [[nodiscard]] bool is_degraded(node_trouble part) const {
    return std::ranges::any_of(parts_,
                               [&](const watched& one) { return one.is == part && !one.trouble->now().empty(); });
  }

  struct watched {
    node_trouble is;
    std::shared_ptr<const store_trouble> trouble;
  };
  std::vector<watched> parts_;
  std::atomic<int> sick_parts_{0};
  std::atomic<bool> accepting_{false};
};

}  // namespace tonris::actors
