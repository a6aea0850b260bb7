#include "net/random_bytes.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace tonris::net {
namespace {

TEST(RandomBytes, FillAllOfWhatTheyAreGivenAndAreOthersEachTime) {
  std::array<std::uint8_t, 64> first{}, second{};
  fill_with_random(first);
  fill_with_random(second);
  EXPECT_NE(first, second);
  // A byte in 256 is a zero; 16 in a row at an end are none of chance.
  EXPECT_FALSE(std::all_of(first.end() - 16, first.end(), [](auto byte) { return byte == 0; }));
}

}  // namespace
}  // namespace tonris::net
