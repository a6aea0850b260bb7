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

}  // namespace tonris::actors::test
