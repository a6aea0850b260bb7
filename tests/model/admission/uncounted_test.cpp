#include "model/admission/uncounted.hpp"

#include <gtest/gtest.h>

namespace tonris::model::test {
namespace {

using namespace std::chrono_literals;
using verdict = admission_verdict;

tenant with(std::optional<std::uint32_t> calls, std::optional<std::uint32_t> minutes = {},
            std::optional<double> money = {}) {
  tenant t;
  t.limits.max_concurrent_calls = calls;
  t.limits.minutes_per_month = minutes;
  t.limits.cost_per_month = money;
  return t;
}

TEST(Uncounted, LetsInWhomWhatIsKnownLeavesRoomFor) {
  auto refuses = with({});
  refuses.limits.when_unknown = tenant::when_unknown_type::refuse;
  const struct {
    const char* says;
    tenant t;
    last_known known;
    std::optional<verdict> wanted;
  } cases[] = {
      {"no limit", with({}), {900, 900, {}, 48h}, {}},
      {"room", with(10), {4, 5, {}, 1s}, {}},
      {"its own calls are as many", with(10), {10, 0, {}, 1s}, verdict::concurrency},
      {"with those elsewhere", with(10), {5, 5, {}, 1s}, verdict::concurrency},
      {"none may be", with(0), {}, verdict::concurrency},
      {"it wants nobody let in", refuses, {}, verdict::lost},
      {"money, not long", with({}, {}, 5.0), {0, 0, {}, 15min - 1s}, {}},
      {"money, too long", with({}, {}, 5.0), {0, 0, {}, 15min}, verdict::lost},
      {"minutes, long", with({}, 10), {0, 0, {}, 48h}, {}},
      {"no minutes at all", with({}, 0), {}, verdict::minutes},
      {"no money at all", with({}, {}, 0.0), {}, verdict::cost},
      {"minutes left", with({}, 10), {0, 0, {599, 0, 1}, 1s}, {}},
      {"no minutes left", with({}, 10), {0, 0, {600, 0, 1}, 1s}, verdict::minutes},
      {"no money left", with({}, {}, 5.0), {0, 0, {600, 5'000'000, 1}, 1s}, verdict::cost},
      {"more given back than booked", with({}, 10, 5.0), {0, 0, {-5, -5, 1}, 1s}, {}},
  };
  for (const auto& one : cases) EXPECT_EQ(refusal_while_unknown(one.t, one.known), one.wanted) << one.says;
}

}  // namespace
}  // namespace tonris::model::test
