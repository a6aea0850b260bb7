#include "model/webhook/lanes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using enum webhook_lanes::place;

TEST(WebhookLanes, SendOneAfterTheOther) {
  webhook_lanes lanes;
  EXPECT_EQ(lanes.add("crm CA1", "1"), send);
  EXPECT_EQ(lanes.add("crm CA1", "2"), wait);
  EXPECT_EQ(lanes.add("crm CA1", "3"), wait);
  EXPECT_EQ(lanes.add("crm CA2", "4"), send) << "another call does not wait";
  EXPECT_EQ(lanes.add("erp CA1", "5"), send) << "nor another webhook";
  EXPECT_EQ(lanes.size(), 5U);
  EXPECT_EQ(lanes.done("crm CA1"), "2");
  EXPECT_EQ(lanes.done("crm CA1"), "3");
  EXPECT_EQ(lanes.done("crm CA1"), std::nullopt);
  EXPECT_EQ(lanes.done("crm CA1"), std::nullopt);
  EXPECT_EQ(lanes.add("crm CA1", "6"), send);
  EXPECT_EQ(lanes.size(), 3U);
}

TEST(WebhookLanes, AreBounded) {
  webhook_lanes lanes;
  for (std::size_t n = 0; n < webhook_lanes::most_in_lane; ++n) EXPECT_NE(lanes.add("a", std::to_string(n)), full);
  EXPECT_EQ(lanes.add("a", "more"), full);
  EXPECT_EQ(lanes.add("b", "other"), send);
  for (std::size_t n = lanes.size(); n < webhook_lanes::most; ++n) EXPECT_EQ(lanes.add(std::to_string(n), "x"), send);
  EXPECT_EQ(lanes.add("c", "more"), full);
  EXPECT_EQ(lanes.add("b", "more"), full);
  EXPECT_EQ(lanes.done("b"), std::nullopt);
  EXPECT_EQ(lanes.add("c", "more"), send);
}

}  // namespace
}  // namespace tonris::model
