#include "actors/node/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

namespace tonris::actors {

namespace {

constexpr double smoothing = 1.0 / 64;
constexpr std::chrono::milliseconds memory_age{500};

}  // namespace

node_load::node_load(limits with, std::size_t loops, std::function<std::size_t()> memory)
    : limits_(with), read_memory_(std::move(memory)) {
  for (std::size_t i = 0; i < loops; ++i) loops_.push_back(std::make_unique<one_loop>());
}

void node_load::loop_ticked(std::size_t loop, time now, std::chrono::milliseconds period) noexcept {
  auto& one = *loops_[loop];
  const auto since = std::exchange(one.last, now);
  if (!since) return;
  const double late = std::chrono::duration<double, std::milli>(now - *since - period).count();
  const double lag = one.lag_ms.load(std::memory_order_relaxed);
  one.lag_ms.store(lag + (std::max(late, 0.0) - lag) * smoothing, std::memory_order_relaxed);
}

std::optional<model::end_reason> node_load::too_much(time now) {
  if (loop_lag_ms() > static_cast<double>(limits_.max_loop_lag.count())) return model::end_reason::node_overloaded;
  if (limits_.max_memory_bytes == 0) return std::nullopt;
  if (!memory_read_at_ || now - *memory_read_at_ >= memory_age) {
    memory_read_at_ = now;
    memory_ = read_memory_();
  }
  if (memory_ > limits_.max_memory_bytes) return model::end_reason::node_overloaded;
  return std::nullopt;
}

double node_load::loop_lag_ms() const noexcept {
  double most = 0;
  for (const auto& one : loops_) most = std::max(most, one->lag_ms.load(std::memory_order_relaxed));
  return most;
}

std::size_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return statm ? resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace tonris::actors
