#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

namespace prometheus {
class Registry;
}

namespace tonris::actors {

/// What is counted, once, for everybody (GET /metrics, docs/operations.md). Each room declares what it counts in a
/// struct of its own, beside what moves it (`actors/leg/metrics.hpp`), with the handles of metric.hpp; a family is
/// looked up when its room's struct is made, not when it moves. Any thread; outlives all that counts in it.
class metrics {
 public:
  /// What `Room` counts: made of this when it is asked for first, the same for everybody.
  template <class Room>
  [[nodiscard]] Room& of() {
    static const std::size_t place = next_place();
    void* const there = rooms_.at(place).load(std::memory_order_acquire);
    return *static_cast<Room*>(
        there ? there : make(place, [](metrics& in) { return std::shared_ptr<void>{std::make_shared<Room>(in)}; }));
  }
  /// For the handles.
  [[nodiscard]] prometheus::Registry& registry() noexcept;

  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  [[nodiscard]] std::string render() const;  ///< Prometheus text format

 private:
  static constexpr std::size_t most_rooms = 32;
  [[nodiscard]] static std::size_t next_place() noexcept;
  void* make(std::size_t place, std::shared_ptr<void> (*room)(metrics& in));

  struct state;
  std::unique_ptr<state> state_;
  std::array<std::atomic<void*>, most_rooms> rooms_{};
};

}  // namespace tonris::actors
