#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/web/node_report.hpp"

namespace tonris::actors {

/// What GET /ready goes by. Any thread; `watch` before there is a second one.
class node_health {
 public:
  void watch(std::shared_ptr<const store_trouble> of) { troubles_.push_back(std::move(of)); }
  void accepts(bool calls) noexcept { accepting_ = calls; }
  void part_is(bool healthy) noexcept { sick_parts_ += healthy ? -1 : 1; }  ///< told when that changes

  [[nodiscard]] readiness now() const {
    if (!accepting_) return {readiness::state::not_ready, "this node is stopping"};
    if (sick_parts_ > 0) return {readiness::state::not_ready, "a part of this node crashes again and again"};
    for (const auto& trouble : troubles_)
      if (auto why = trouble->now(); !why.empty()) return {readiness::state::degraded, std::move(why)};
    return {};
  }

 private:
  std::vector<std::shared_ptr<const store_trouble>> troubles_;
  std::atomic<int> sick_parts_{0};
  std::atomic<bool> accepting_{false};
};

}  // namespace tonris::actors
