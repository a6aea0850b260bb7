#include "model/access/failed_attempts.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
const failed_attempts::time start{1h};

TEST(FailedAttempts, WaitTwiceAsLongEachTimeUpToABound) {
  failed_attempts attempts;
  for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms})
    EXPECT_EQ(attempts.wait_after("0123456789ab", start), expected);
}

TEST(FailedAttempts, OfOneIdDoNotSlowAnother) {
  failed_attempts attempts;
  for (int i = 0; i < 10; ++i) (void)attempts.wait_after("0123456789ab", start);
  EXPECT_EQ(attempts.wait_after("ba9876543210", start), 100ms);
}

TEST(FailedAttempts, AreForgottenAfterAMinuteWithout) {
  failed_attempts attempts;
  (void)attempts.wait_after("", start);
  EXPECT_EQ(attempts.wait_after("", start + 59s), 200ms);
  EXPECT_EQ(attempts.wait_after("", start + 118s), 400ms);
  EXPECT_EQ(attempts.wait_after("", start + 178s), 100ms);
}

TEST(FailedAttempts, TakeBoundedMemoryAndRememberTheLatest) {
  failed_attempts attempts;
  (void)attempts.wait_after("steady", start);
  for (std::size_t i = 0; i < 10 * failed_attempts::max_ids; ++i) {
    (void)attempts.wait_after("id " + std::to_string(i), start + i * 1ms);
    if (i % 100 == 0) (void)attempts.wait_after("steady", start + i * 1ms);
  }
  EXPECT_EQ(attempts.ids(), failed_attempts::max_ids);
  EXPECT_EQ(attempts.wait_after("steady", start + 11s), 5000ms);
}

}  // namespace
}  // namespace tonris::model
