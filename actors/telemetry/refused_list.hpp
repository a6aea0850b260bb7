#pragma once

#include <mutex>
#include <vector>

#include "model/finding/refused_requests.hpp"

namespace tonris::actors {

/// The node's refused requests (model/finding/refused_requests.hpp): the doors' loops note them, the API reads. Any
/// thread; each call takes a lock for as long as a walk over 500 of them takes, and no call's loop ever takes it.
class refused_list {
 public:
  /// As refused_requests::note.
  bool note(const model::refused_request& one) {
    const std::scoped_lock lock{lock_};
    return requests_.note(one);
  }
  [[nodiscard]] std::vector<model::refused_request> all() const {
    const std::scoped_lock lock{lock_};
    return requests_.all();
  }

 private:
  mutable std::mutex lock_;
  model::refused_requests requests_;
};

}  // namespace tonris::actors
