#include "net/redis_backoff.hpp"

#include <gtest/gtest.h>

namespace tonris::net::test {
namespace {

using namespace std::chrono_literals;

TEST(RedisBackoff, DoublesItsLimit) {
  redis_backoff backoff{100ms, 500ms};
  EXPECT_EQ(backoff.next(100), 100ms) << "the limit itself is possible";
  EXPECT_EQ(backoff.next(200), 200ms);
  EXPECT_EQ(backoff.next(400), 400ms);
  EXPECT_EQ(backoff.next(500), 500ms);
  EXPECT_EQ(backoff.next(500), 500ms);
  EXPECT_EQ(backoff.next(501), 0ms);
}

TEST(RedisBackoff, IsAnythingUpToItsLimit) {
  redis_backoff backoff{100ms, 100ms};
  EXPECT_EQ(backoff.next(0), 0ms);
  EXPECT_EQ(backoff.next(37), 37ms);
  EXPECT_LE(backoff.next(4'294'967'295U), 100ms);
}

TEST(RedisBackoff, BeginsAgain) {
  redis_backoff backoff{100ms, 5s};
  for (int i = 0; i < 10; ++i) EXPECT_LE(backoff.next(4'294'967'291U), 5s);
  backoff.reset();
  EXPECT_EQ(backoff.next(100), 100ms);
}

}  // namespace
}  // namespace tonris::net::test
