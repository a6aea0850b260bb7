#include "allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local long count = 0;
thread_local long left_to_failure = 0;

}  // namespace

// Counts what the calling thread allocates; everything else is the usual.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++count;
  if (left_to_failure > 0 && --left_to_failure == 0) throw std::bad_alloc{};
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
// The sanitizers' own would not go with our delete.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace tonris::net::test {

long allocations() noexcept {
  return count;
}
void fail_allocation(long number) noexcept {
  left_to_failure = number;
}

}  // namespace tonris::net::test
