#include "model/usage/month.hpp"

#include <gtest/gtest.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

TEST(UsageMonth, IsTheCalendarsInUtc) {
  for (const auto& [at, month] : {std::pair{"2026-11-01T00:00:00.000Z", 202611},
                                  {"2026-11-30T23:59:59.999Z", 202611},
                                  {"2026-12-01T00:00:00.000Z", 202612},
                                  {"2024-02-29T12:00:00.000Z", 202402},
                                  {"1970-01-01T00:00:00.000Z", 197001}}) {
    EXPECT_EQ(month_of(parse_iso_time(at).value()).number, month) << at;
    EXPECT_EQ(to_string(month_of(parse_iso_time(at).value())), std::to_string(month)) << at;
  }
}

}  // namespace
}  // namespace tonris::model
