#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace tonris::actors {

/// Figures that one thread puts here now and then, and any thread gets, without a lock: each of them stands for itself.
/// All their members are 32 bits.
template <class Figures>
class published {
  static_assert(std::is_trivially_copyable_v<Figures> && sizeof(Figures) % sizeof(std::uint32_t) == 0);
  static constexpr std::size_t size = sizeof(Figures) / sizeof(std::uint32_t);
  using words = std::array<std::uint32_t, size>;

 public:
  void put(const Figures& now) noexcept {
    const auto all = std::bit_cast<words>(now);
    for (std::size_t i = 0; i < size; ++i) words_[i].store(all[i], std::memory_order_relaxed);
  }
  [[nodiscard]] Figures get() const noexcept {
    words all;
    for (std::size_t i = 0; i < size; ++i) all[i] = words_[i].load(std::memory_order_relaxed);
    return std::bit_cast<Figures>(all);
  }

 private:
  std::array<std::atomic<std::uint32_t>, size> words_{};
};

}  // namespace tonris::actors
