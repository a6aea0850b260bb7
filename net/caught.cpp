#include "net/caught.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <string_view>

namespace tonris::net {
namespace {

/// No memory of its own is asked for: there may be none.
struct {
  std::mutex lock;
  std::uint64_t count = 0;
  std::array<char, 160> last{};
  std::size_t size = 0;
} caught;

void note(std::string_view what) noexcept {
  const std::scoped_lock lock{caught.lock};
  ++caught.count;
  caught.size = std::min(what.size(), caught.last.size());
  std::copy_n(what.begin(), caught.size, caught.last.begin());
}

}  // namespace

caught_exceptions exceptions_caught() {
  const std::scoped_lock lock{caught.lock};
  return {caught.count, {caught.last.data(), caught.size}};
}

void count_caught_exception() noexcept {
  try {
    throw;
  } catch (const std::exception& what) {
    note(what.what());
  } catch (...) {
    note("not an exception of the standard library");
  }
}

}  // namespace tonris::net
