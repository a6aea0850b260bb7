#include "model/money/price_polls.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const auto ended = parse_iso_time("2026-11-29T12:00:00.000Z").value();

TEST(PricePolls, BackOffAndEndAfterADay) {
  std::vector<std::chrono::minutes> due;
  unsigned attempts = 0;
  for (; const auto at = next_price_poll(ended, attempts, 0); ++attempts)
    due.push_back(std::chrono::duration_cast<std::chrono::minutes>(*at - ended));
  EXPECT_EQ(due, (std::vector<std::chrono::minutes>{2min, 6min, 14min, 30min, 62min, 126min, 246min, 366min, 486min,
                                                    606min, 726min, 846min, 966min, 1086min, 1206min, 1326min}));
  for (const auto more : {attempts, attempts + 1, 1000U, std::numeric_limits<unsigned>::max()})
    EXPECT_FALSE(next_price_poll(ended, more, 0)) << more;
}

TEST(PricePolls, AreSpreadByATenthOfTheLastPause) {
  EXPECT_EQ(next_price_poll(ended, 0, 0.5), ended + 126s);
  EXPECT_EQ(next_price_poll(ended, 1, 1), ended + 6min + 24s);
  EXPECT_EQ(next_price_poll(ended, 6, 1), ended + 246min + 12min);
  for (const double bad : {-1.0, 1.5, 1e300, std::nan(""), -std::numeric_limits<double>::infinity()})
    EXPECT_EQ(next_price_poll(ended, 1, bad), ended + 6min) << bad;
}

TEST(PricePolls, KeepTheirOrderAndTheirDayWhateverTheJitter) {
  for (const double jitter : {0.0, 0.3, 0.999}) {
    auto last = ended;
    for (unsigned n = 0; const auto at = next_price_poll(ended, n, jitter); ++n) {
      EXPECT_GT(*at, last);
      EXPECT_LE(*at, ended + 24h);
      EXPECT_GT(*next_price_poll(ended, n, 0), last) << "a later draw may be smaller";
      last = *at;
    }
  }
}

TEST(PricePolls, BeginWhenIsSetAndThenDoubleAsEver) {
  EXPECT_EQ(next_price_poll(ended, 0, 0, 1s), ended + 1s);
  EXPECT_EQ(next_price_poll(ended, 1, 0, 1s), ended + 3s);
  EXPECT_EQ(next_price_poll(ended, 2, 0, 1s), ended + 7s);
  EXPECT_EQ(next_price_poll(ended, 1, 0, 2h), ended + 4h) << "no pause is longer";
}

}  // namespace
}  // namespace tonris::model
