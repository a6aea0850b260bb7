#pragma once

#include <cstddef>

namespace tonris::actors::test {

/// Counts what this thread allocates. The program's operator new is replaced in counting_allocator.cpp, a unit of its
/// own; who does not ask is not counted.
class allocation_count {
 public:
  static void begin() noexcept;
  static std::size_t end() noexcept;
};

template <class Work>
std::size_t allocated_by(Work work) {
  allocation_count::begin();
  work();
  return allocation_count::end();
}

/// While one lives, this thread gets `granted` pieces of memory of `bytes` or more, then operator new throws.
class no_memory_for {
 public:
  explicit no_memory_for(std::size_t bytes, unsigned granted = 0) noexcept;
  ~no_memory_for();
  no_memory_for(const no_memory_for&) = delete;
  no_memory_for& operator=(const no_memory_for&) = delete;
};

}  // namespace tonris::actors::test
