#include "model/webhook/endpoint_schedule.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

class EndpointSchedule : public testing::Test {
 protected:
  const endpoint_schedule::time start{1'800'000'000s};
  const webhook_endpoint crm{"salon", "crm"}, other{"salon", "other"};
  endpoint_schedule schedule;
};

TEST_F(EndpointSchedule, GivesOutWhatIsDueInItsTurn) {
  EXPECT_FALSE(schedule.take(start));
  schedule.put(crm, start + 2s);
  schedule.put(other, start + 1s);
  EXPECT_EQ(schedule.next_time(), start + 1s);
  EXPECT_FALSE(schedule.take(start));
  EXPECT_EQ(schedule.take(start + 5s), other);
  EXPECT_EQ(schedule.take(start + 5s), crm);
  EXPECT_FALSE(schedule.take(start + 5s));
}

TEST_F(EndpointSchedule, KeepsTheEarlierTime) {
  schedule.put(crm, start + 10s);
  schedule.put(crm, start + 20s);
  EXPECT_EQ(schedule.next_time(), start + 10s);
  schedule.put(crm, start);
  EXPECT_EQ(schedule.next_time(), start);
  EXPECT_EQ(schedule.take(start), crm);
  EXPECT_FALSE(schedule.next_time()) << "once";
}

TEST_F(EndpointSchedule, HasOneOfAnEndpointUnderWay) {
  schedule.put(crm, start);
  ASSERT_EQ(schedule.take(start), crm);
  EXPECT_EQ(schedule.under_way(), 1U);
  schedule.put(crm, start);
  EXPECT_FALSE(schedule.take(start)) << "it is under way";
  schedule.done(crm, start + 3s);
  EXPECT_EQ(schedule.under_way(), 0U);
  EXPECT_EQ(schedule.take(start + 3s), crm);
  schedule.done(crm, std::nullopt);
  EXPECT_FALSE(schedule.take(start + 100s)) << "nothing of its waits";
  schedule.put(crm, start);
  EXPECT_EQ(schedule.take(start), crm) << "until something does";
}

}  // namespace
}  // namespace tonris::model
