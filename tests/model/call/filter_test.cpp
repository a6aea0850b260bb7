#include "model/call/filter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

call_sid call(std::size_t number) {
  const auto digits = std::to_string(number);
  return {"CA" + std::string(32 - digits.size(), '0') + digits};
}

TEST(CallFilter, KnowsNoneAtFirst) {
  const call_filter filter;
  EXPECT_FALSE(filter.perhaps(call(1)));
  EXPECT_EQ(filter.layers(), 0u);
}

TEST(CallFilter, ForgetsNoneAndSeldomSaysPerhapsOfAnother) {
  call_filter filter;
  constexpr std::size_t many = 3 * call_filter::calls_a_layer;
  for (std::size_t i = 0; i < many; ++i) filter.add(call(i));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < many; ++i) {
    ASSERT_TRUE(filter.perhaps(call(i))) << i;
    wrong += filter.perhaps(call(1'000'000'000 + i));
  }
  EXPECT_EQ(filter.layers(), 3u);
  EXPECT_LT(wrong, many / 100);
}

TEST(CallFilter, LetsTheOldestGoBeyondItsBound) {
  call_filter filter;
  for (std::size_t i = 0; i < (call_filter::most_layers + 1) * call_filter::calls_a_layer; ++i) filter.add(call(i));
  EXPECT_EQ(filter.layers(), call_filter::most_layers);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < 1000; ++i) kept += filter.perhaps(call(i));
  EXPECT_LT(kept, 200u) << "of the oldest thousand";
  EXPECT_TRUE(filter.perhaps(call(call_filter::calls_a_layer)));
}

}  // namespace
}  // namespace tonris::model
