#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>

#include "net/loop.hpp"

namespace tonris::actors {

/// Answers that wait a while, so that whoever tries keys has few tries. A bounded number waits; nobody else waits for
/// them. Loop thread only.
class late_answers {
 public:
  explicit late_answers(std::size_t most) : most_(most) {}

  /// False: as many as may wait do, and nothing was done. Else `send` is called once, later; never when this is gone.
  [[nodiscard]] bool wait(net::loop& on, std::chrono::milliseconds time, std::function<void()> send);
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  const std::size_t most_;
  std::list<net::timer> waiting_;
};

}  // namespace tonris::actors
