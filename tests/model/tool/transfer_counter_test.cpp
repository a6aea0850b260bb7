#include "model/tool/transfer_counter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const tenant_id a{"a"}, b{"b"};
const transfer_counter::time start{std::chrono::hours{1000}};

TEST(TransferCounter, CountsACallerOfATenantForADayFromTheFirst) {
  transfer_counter counter;
  EXPECT_EQ(counter.placed(a, "x", start), 0U);
  counter.add(a, "x", start);
  counter.add(a, "x", start + 23h);
  EXPECT_EQ(counter.placed(a, "x", start + 24h - 1ns), 2U);
  EXPECT_EQ(counter.placed(a, "x", start + 24h), 0U);
  counter.add(a, "x", start + 24h);
  EXPECT_EQ(counter.placed(a, "x", start + 47h), 1U) << "a new day";
}

TEST(TransferCounter, KeepsTenantsAndCallersApart) {
  transfer_counter counter;
  counter.add(a, "x", start);
  counter.add(a, "", start);
  EXPECT_EQ(counter.placed(a, "y", start), 0U);
  EXPECT_EQ(counter.placed(b, "x", start), 0U);
  EXPECT_EQ(counter.placed(a, "", start), 1U) << "those who withhold their number";
  EXPECT_EQ(counter.callers(), 2U);
}

TEST(TransferCounter, ForgetsWhoseDayIsOverFirstWhenItIsFull) {
  transfer_counter counter;
  for (std::size_t i = 0; i < transfer_counter::most; ++i)
    counter.add(a, std::to_string(i), start + std::chrono::milliseconds{i});
  EXPECT_EQ(counter.forgotten(), 0U);
  counter.add(a, "one more", start + 1h);
  EXPECT_EQ(counter.callers(), transfer_counter::most);
  EXPECT_EQ(counter.forgotten(), 1U);
  EXPECT_EQ(counter.placed(a, "0", start + 1h), 0U);
  EXPECT_EQ(counter.placed(a, "1", start + 1h), 1U);
  counter.add(a, "next day", start + 24h + 30min);
  EXPECT_EQ(counter.callers(), 2U) << "whose day is over takes no room";
}

}  // namespace
}  // namespace tonris::model
