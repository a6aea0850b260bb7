#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace tonris::net {

/// Working memory of the calling thread, one block for each `Purpose`: what is used only between the start and the end
/// of one call (received bytes, a frame being masked) needs no memory of its own in every connection, and one block
/// that all connections share stays in the cache. A callback may not use the purpose that its caller is using.
template <class Purpose>
std::span<char, Purpose::bytes> scratch() {
  thread_local const auto block = std::make_unique_for_overwrite<std::array<char, Purpose::bytes>>();
  return std::span<char, Purpose::bytes>{*block};
}

}  // namespace tonris::net
