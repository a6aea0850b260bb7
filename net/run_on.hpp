#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

#include "net/loop.hpp"

namespace tonris::net {

/// Runs `work` on the loop's thread and waits for what it returns: for a program's main thread and for tests. Never
/// from the loop's own thread.
template <class Work>
auto run_on(loop& on, Work work) {
  using answer = std::invoke_result_t<Work&>;
  auto task = std::make_shared<std::packaged_task<answer()>>(std::move(work));
  auto result = task->get_future();
  on.post([task] { (*task)(); });
  return result.get();
}

/// Does the loop turn within that time? Never from its own thread.
[[nodiscard]] inline bool turns_within(loop& on, std::chrono::milliseconds time) {
  const auto turned = std::make_shared<std::promise<void>>();
  on.post([turned] { turned->set_value(); });
  return turned->get_future().wait_for(time) == std::future_status::ready;
}

}  // namespace tonris::net
