#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "model/tenant/business_types.hpp"

namespace tonris::actors {

/// BUSINESS_TYPES_FILE as it was read last: calls under way keep the agent they began with. Any thread.
class business_agents {
 public:
  /// Never null.
  [[nodiscard]] std::shared_ptr<const model::business_types> now() const {
    const std::scoped_lock lock{lock_};
    return now_;
  }
  void replace(model::business_types by) {
    auto shared = std::make_shared<const model::business_types>(std::move(by));
    const std::scoped_lock lock{lock_};
    now_.swap(shared);
  }

 private:
  mutable std::mutex lock_;
  std::shared_ptr<const model::business_types> now_ = std::make_shared<const model::business_types>();
};

}  // namespace tonris::actors
