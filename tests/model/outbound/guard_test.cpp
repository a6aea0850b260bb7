#include "model/outbound/guard.hpp"

#include <string>

#include <gtest/gtest.h>

#include "model/outbound/request.hpp"
#include "model/phone/cost.hpp"

namespace tonris::model {
namespace {

using enum dial_verdict;

std::chrono::system_clock::time_point at_noon() {
  using namespace std::chrono;
  return sys_days{year{2026} / 11 / 24} + hours{12};
}

tenant salon() {
  tenant t;
  t.id = {"salon-1"};
  t.phone_number = "+4570999999";
  t.numbers.push_back({"+12125550100", {}, {}});
  t.outbound.emplace();
  t.outbound->enabled = true;
  t.outbound->allowed = {"+45", "+1"};
  return t;
}

dial_verdict judged(const tenant& t, std::string_view written) {
  const auto number = dialled_number(written, t.phone_number);
  return number ? decide_dial(t, *number, at_noon()) : not_allowed;
}

TEST(OutboundGuard, LetsCallsGoOnlyWhereTheTenantAllowsIt) {
  const auto t = salon();
  struct row {
    const char* written;
    dial_verdict verdict;
  };
  for (const auto& [written, verdict] : {
           row{"+4570123456", allowed},
           row{"70123456", allowed},
           row{"+1 (212) 555-0123", allowed},
           row{"+447700900123", not_allowed},
           row{"+4570999999", own_number},
           row{"+45 70 99 99 99", own_number},
           row{"+12125550100", own_number},
           row{"+19005550123", premium},
           row{"+12129765550", premium},
           row{"+4590123456", premium},
           row{"+881612345678", not_allowed},
       })
    EXPECT_EQ(judged(t, written), verdict) << written;
}

/// However it is written, it is the number that is dialled which is judged.
TEST(OutboundGuard, CannotBePassedByTheFormOfANumber) {
  auto t = salon();
  t.outbound->allowed = {"+1", "+4", "+8", "+9"};
  for (const auto* written :
       {"+19005550123",         "+1 900 555 0123",   "+1 (900) 555-0123", "+1.900.555.0123",    "+1/900/5550123",
        " +19005550123 ",       "+1-976-555-0123",   "+1 212 976 5550",   "+4590123456",        "+45 90 12 34 56",
        "90 12 34 56",          "+45 (90) 12-34-56", "+0871234567",       "+8816 1234 5678",    "+882 16 123456",
        "+870 773 123456",      "+979 123 456 789",  "+449012345678",     "+44 0 9012 345 678", "+4409012345678",
        "+44 (0) 871 234 5678", "+440871234567 8"})
    EXPECT_NE(judged(t, written), allowed) << written;
  // Nor is what merely looks like a number one.
  for (const auto* written : {"tel:+19005550123", "sip:+19005550123@example.com", "client:anna", "+1900555O123",
                              "\xD9\xA1\xD9\xA9\xD9\xA0\xD9\xA0", "+1 212 555 0123;ext=9", "+1 212 555 0123 x9", "112",
                              "+1 212 555 0123,,1", "555-0123"})
    EXPECT_FALSE(dialled_number(written, "+12125550100")) << written;
}

TEST(OutboundGuard, IsShutUnlessTheTenantOpensIt) {
  auto t = salon();
  t.outbound->enabled = false;
  EXPECT_EQ(judged(t, "+4570123456"), off);
  t.outbound.reset();
  EXPECT_EQ(judged(t, "+4570123456"), off);
  t = salon();
  t.status = tenant::status_type::suspended;
  EXPECT_EQ(judged(t, "+4570123456"), not_active);
  t = salon();
  t.outbound->allowed.clear();
  EXPECT_EQ(judged(t, "+4570123456"), not_allowed);
}

TEST(OutboundGuard, KnowsWhenItIsQuietWhereThePhoneRings) {
  auto t = salon();
  t.outbound->quiet_hours = {"12:30", "13:30"};
  EXPECT_EQ(judged(t, "+4570123456"), quiet_hours) << "13:00 in Denmark";
  t.outbound->quiet_hours = {"21:00", "08:00"};
  EXPECT_EQ(judged(t, "+4570123456"), allowed);
  t.outbound->allowed = {"+800"};
  EXPECT_EQ(judged(t, "+80012345678"), zone_unknown);
  t.outbound->quiet_hours.reset();
  EXPECT_EQ(judged(t, "+80012345678"), allowed);
}

TEST(OutboundGuard, HasAWordAndASentenceForEachVerdict) {
  for (std::size_t i = 0; i < dial_verdict_count; ++i) {
    EXPECT_FALSE(to_string(static_cast<dial_verdict>(i)).empty());
    EXPECT_FALSE(explain(static_cast<dial_verdict>(i)).empty());
  }
}

}  // namespace
}  // namespace tonris::model
