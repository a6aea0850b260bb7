#include "tests/actors/counting_allocator.hpp"

#include <cstdlib>
#include <limits>
#include <new>

namespace {
thread_local bool counting = false;
thread_local std::size_t allocations = 0;
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
thread_local std::size_t refused_from = unlimited;
thread_local unsigned still_granted = 0;
}  // namespace

namespace tonris::actors::test {

void allocation_count::begin() noexcept {
  allocations = 0;
  counting = true;
}
std::size_t allocation_count::end() noexcept {
  counting = false;
  return allocations;
}

no_memory_for::no_memory_for(std::size_t bytes, unsigned granted) noexcept {
  still_granted = granted;
  refused_from = bytes;
}
no_memory_for::~no_memory_for() {
  refused_from = unlimited;
}

}  // namespace tonris::actors::test

void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (size >= refused_from && still_granted-- == 0) {
    still_granted = 0;
    throw std::bad_alloc{};
  }
  if (void* const memory = std::malloc(size != 0 ? size : 1)) return memory;
  throw std::bad_alloc{};
}
void* operator new[](std::size_t size) {
  return ::operator new(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
