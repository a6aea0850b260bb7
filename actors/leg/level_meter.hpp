#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace tonris::actors {

/// How loud both sides of a call are: measured by its caller leg, which decodes each frame for it, only while somebody
/// watches. Any thread.
class level_meter {
 public:
  struct levels {
    std::int32_t caller_tenths = 0, agent_tenths = 0;  ///< of a dBFS, over the newest fifth of a second
    std::uint32_t number = 0;                          ///< counts up from 1; 0: none was measured yet
  };

  [[nodiscard]] bool is_watched() const noexcept { return watchers_.load(std::memory_order_relaxed) > 0; }
  void put(std::int32_t caller_tenths, std::int32_t agent_tenths) noexcept {
    caller_.store(caller_tenths, std::memory_order_relaxed);
    agent_.store(agent_tenths, std::memory_order_relaxed);
    number_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] levels get() const noexcept {
    const auto number = number_.load(std::memory_order_acquire);
    return {caller_.load(std::memory_order_relaxed), agent_.load(std::memory_order_relaxed), number};
  }

 private:
  friend class level_watch;
  std::atomic<std::uint32_t> watchers_{0}, number_{0};
  std::atomic<std::int32_t> caller_{0}, agent_{0};
};

/// Somebody watches, for as long as this lives. Move-only.
class level_watch {
 public:
  level_watch() = default;
  explicit level_watch(std::shared_ptr<level_meter> of) : of_(std::move(of)) {
    if (of_) of_->watchers_.fetch_add(1, std::memory_order_relaxed);
  }
  level_watch(level_watch&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
  level_watch& operator=(level_watch&& other) noexcept {
    std::swap(of_, other.of_);
    return *this;
  }
  ~level_watch() {
    if (of_) of_->watchers_.fetch_sub(1, std::memory_order_relaxed);
  }
  [[nodiscard]] const level_meter* meter() const noexcept { return of_.get(); }  ///< null: there is none

 private:
  std::shared_ptr<level_meter> of_;
};

}  // namespace tonris::actors
