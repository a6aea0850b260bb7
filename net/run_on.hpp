#pragma once

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

}  // namespace tonris::net
