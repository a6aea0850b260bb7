#include "model/elevenlabs/answered_calls.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

TEST(AnsweredCalls, TakeEachIdOnce) {
  answered_calls answered;
  EXPECT_TRUE(answered.is_first("call_a1"));
  EXPECT_TRUE(answered.is_first("call_a2"));
  EXPECT_FALSE(answered.is_first("call_a1"));
  EXPECT_FALSE(answered.is_first("call_a2"));
  EXPECT_TRUE(answered.is_first(""));
  EXPECT_FALSE(answered.is_first(""));
}

TEST(AnsweredCalls, ForgetTheOldestBeyondTheirBound) {
  answered_calls answered;
  const auto id = [](std::size_t n) { return "call_" + std::to_string(n); };
  for (std::size_t n = 0; n <= answered_calls::remembered; ++n) EXPECT_TRUE(answered.is_first(id(n)));
  for (std::size_t n = 1; n <= answered_calls::remembered; ++n) EXPECT_FALSE(answered.is_first(id(n))) << n;
  EXPECT_TRUE(answered.is_first(id(0)));
}

}  // namespace
}  // namespace tonris::model
