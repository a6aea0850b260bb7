#include "model/webhook/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using enum webhook_outcome;

const webhook_attempts::time start{std::chrono::hours{500'000}};

TEST(WebhookOutcome, IsThatOfTheStatus) {
  for (const auto status : {200U, 201U, 202U, 204U, 299U}) EXPECT_EQ(outcome_of(status), delivered) << status;
  for (const auto status :
       {0U, 100U, 199U, 300U, 301U, 302U, 307U, 401U, 403U, 404U, 408U, 409U, 425U, 429U, 500U, 502U, 503U, 504U, 999U})
    EXPECT_EQ(outcome_of(status), again) << status;
  for (const auto status : {400U, 405U, 413U, 415U, 422U}) EXPECT_EQ(outcome_of(status), refused) << status;
  EXPECT_EQ(outcome_of(410), gone);
}

TEST(WebhookSchedule, GrowsAndEndsAfterADay) {
  auto now = start;
  std::vector<long> waited;  // seconds
  for (std::uint32_t made = 1; made < 100; ++made) {
    const auto next = next_attempt({made, start}, now, 0.5);
    if (!next) break;
    waited.push_back(static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(*next - now).count()));
    now = *next;
  }
  EXPECT_THAT(waited, testing::ElementsAre(5, 30, 120, 600, 1800, 3600, 7200, 14'400, 14'400, 14'400, 14'400, 14'400));
  EXPECT_LE(now, start + 24h);
  EXPECT_GT(now, start + 20h - 1min);
}

TEST(WebhookSchedule, IsSpreadByChance) {
  EXPECT_EQ(next_attempt({1, start}, start, 0), start + 4s);
  EXPECT_EQ(next_attempt({1, start}, start, 1), start + 6s);
  EXPECT_EQ(next_attempt({1, start}, start, 7), start + 6s) << "whatever is given";
  EXPECT_EQ(next_attempt({0, start}, start, 0.5), start + 5s);
}

TEST(WebhookSchedule, WaitsAsLongAsTheServerAsks) {
  EXPECT_EQ(next_attempt({1, start}, start, 0.5, 90s), start + 90s);
  EXPECT_EQ(next_attempt({1, start}, start, 0.5, 1s), start + 5s);
  EXPECT_EQ(next_attempt({1, start}, start, 0.5, 100h), start + 1h);
  EXPECT_EQ(next_attempt({1, start}, start, 0.5, -100h), start + 5s);
}

TEST(WebhookSchedule, IsOverWhereTheNextOneWouldComeTooLate) {
  EXPECT_EQ(next_attempt({3, start}, start + 24h - 1s, 0.5), std::nullopt);
  EXPECT_TRUE(next_attempt({3, start}, start + 24h - 2min, 0.5));
}

}  // namespace
}  // namespace tonris::model
