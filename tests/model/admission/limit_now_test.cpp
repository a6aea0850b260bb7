#include "model/admission/limit_now.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using verdict = admission_verdict;

constexpr admission_table::time now{1h};

struct row {
  const char* name;
  admission_limits limits;
  std::optional<verdict> met;
};

admission_limits with(std::uint64_t admission_limits::*which, std::uint64_t limit) {
  admission_limits limits;
  limits.*which = limit;
  return limits;
}

/// Two calls that go on, of one tenant, with one minute booked.
const row rows[] = {
    {"none", {}, {}},
    {"calls", with(&admission_limits::calls, 2), verdict::concurrency},
    {"more calls", with(&admission_limits::calls, 3), {}},
    {"no calls", with(&admission_limits::calls, 0), verdict::concurrency},
    {"a minute", with(&admission_limits::calls_per_minute, 2), verdict::rate},
    {"a minute, more", with(&admission_limits::calls_per_minute, 3), {}},
    {"minutes", with(&admission_limits::month_seconds, 60), verdict::minutes},
    {"more minutes", with(&admission_limits::month_seconds, 61), {}},
    {"cost", with(&admission_limits::month_microdollars, 1'000), verdict::cost},
    {"more cost", with(&admission_limits::month_microdollars, 1'001), {}},
    {"vendor", with(&admission_limits::vendor_calls, 2), verdict::vendor},
    {"more at the vendor", with(&admission_limits::vendor_calls, 3), {}},
};

TEST(LimitNow, IsTheOneThatAdmissionWouldSay) {
  for (const auto& [name, limits, met] : rows) {
    admission_table table;
    admission_limits counted;  // so that each is counted
    counted.calls_per_minute = counted.vendor_calls = 100;
    const auto place = [](const char* call) { return admission_place{{call}, {"salon-1"}, "shared", {}, {202611}}; };
    for (const auto* call : {"CA1", "CA2"}) ASSERT_EQ(table.admit(place(call), counted, now).verdict, verdict::ok);
    (void)table.renew({{{"CA1"}, {"salon-1"}, "shared", 0, 55, 1'000}}, {202611}, now);
    const used_now used{table.live({"salon-1"}, now), table.within_minute({"salon-1"}, now),
                        table.month({"salon-1"}, {202611}), table.at_vendor("shared", now)};
    EXPECT_EQ(used.month.seconds, 60);
    EXPECT_EQ(limit_met(limits, used), met) << name;
    const auto said = table.admit(place("CA3"), limits, now).verdict;
    EXPECT_EQ(said, met.value_or(verdict::ok)) << name;
  }
}

}  // namespace
}  // namespace tonris::model
