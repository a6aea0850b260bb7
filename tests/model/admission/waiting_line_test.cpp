#include "model/admission/waiting_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const tenant_id salon{"salon"}, garage{"garage"};
constexpr waiting_line::time start{};

call_sid call(int number) {
  return {"CA" + std::to_string(number)};
}

TEST(WaitingLine, ServesWhoCameFirst) {
  waiting_line line;
  EXPECT_EQ(line.before(salon, call(1), start), 0u);
  EXPECT_TRUE(line.join(salon, call(1), start));
  EXPECT_TRUE(line.join(salon, call(2), start));
  EXPECT_EQ(line.before(salon, call(1), start), 0u);
  EXPECT_EQ(line.before(salon, call(2), start), 1u);
  EXPECT_EQ(line.before(salon, call(3), start), 2u) << "whoever calls now comes behind those who wait";
  EXPECT_EQ(line.before(garage, call(4), start), 0u) << "another tenant's line";
  line.leave(salon, call(1));
  EXPECT_EQ(line.before(salon, call(2), start), 0u);
}

TEST(WaitingLine, KeepsThePlaceOfWhoAsksAgain) {
  waiting_line line;
  EXPECT_TRUE(line.join(salon, call(1), start));
  EXPECT_TRUE(line.join(salon, call(2), start));
  EXPECT_TRUE(line.join(salon, call(1), start));
  EXPECT_EQ(line.length(salon, start), 2u);
  EXPECT_EQ(line.before(salon, call(1), start + 20s), 0u);
  EXPECT_EQ(line.length(salon, start + 40s), 1u) << "the other asked no more";
  EXPECT_EQ(line.given_up(), 1u);
}

TEST(WaitingLine, HasRoomForSoManyOfATenant) {
  waiting_line line;
  for (int n = 0; n < 100; ++n) EXPECT_TRUE(line.join(salon, call(n), start));
  EXPECT_FALSE(line.join(salon, call(100), start));
  EXPECT_TRUE(line.join(salon, call(99), start)) << "who stands there already stays";
  EXPECT_TRUE(line.join(garage, call(100), start));
}

TEST(WaitingLine, HasRoomForSoManyTenants) {
  waiting_line line;
  for (std::size_t n = 0; n < waiting_line::max_tenants; ++n)
    EXPECT_TRUE(line.join({std::to_string(n)}, call(1), start));
  EXPECT_FALSE(line.join(salon, call(1), start));
  line.leave({"1"}, call(1));
  EXPECT_TRUE(line.join(salon, call(1), start));
}

TEST(WaitingLine, TakesThoseBeforeACallOffItsLimits) {
  admission_limits limits;
  limits.calls = 10;
  limits.calls_per_minute = 3;
  const auto third = behind(limits, 2);
  EXPECT_EQ(third.calls, 8u);
  EXPECT_EQ(third.calls_per_minute, 1u);
  EXPECT_EQ(third.vendor_calls, 0u) << "no limit stays none";
  EXPECT_EQ(behind(limits, 12).calls, 0u);
  EXPECT_EQ(behind(limits, 12).calls_per_minute, 1u) << "a limit never becomes none";
  EXPECT_EQ(behind(limits, 3).calls, 0u) << "what comes free within this minute is theirs";
  limits.calls_per_minute = 0;
  limits.vendor_calls = 1;
  EXPECT_EQ(behind(limits, 1).calls, 0u);
  EXPECT_EQ(behind(limits, 0), limits);
}

TEST(WaitingLine, CountsWhoHangsUpInIt) {
  waiting_line line;
  const waiting_line::time now{};
  ASSERT_TRUE(line.join({"a"}, {"CA1"}, now));
  ASSERT_TRUE(line.join({"a"}, {"CA2"}, now));
  line.give_up({"a"}, {"CA1"});
  EXPECT_EQ(line.before({"a"}, {"CA2"}, now), 0u) << "nobody stands before him any more";
  EXPECT_EQ(line.given_up(), 1u);
  line.give_up({"a"}, {"CA1"});
  line.give_up({"b"}, {"CA2"});
  EXPECT_EQ(line.given_up(), 1u) << "he stood in no line";
  line.leave({"a"}, {"CA2"});
  EXPECT_EQ(line.given_up(), 1u);
}

}  // namespace
}  // namespace tonris::model
