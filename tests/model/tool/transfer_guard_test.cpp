#include "model/tool/transfer_guard.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using enum transfer_verdict;

tenant salon() {
  tenant t;
  t.id = {"salon-1"};
  t.phone_number = "+14155550123";
  t.numbers.push_back({"+4570999999", "da", {}});
  auto& transfer = t.transfer.emplace();
  transfer.numbers = {"+14155550100", "+5215512345678", "+4590123456"};
  transfer.prefixes = {"+1", "+45", "+8", "+979", "+44"};
  return t;
}

struct row {
  std::string_view requested;
  transfer_verdict verdict;
  std::string_view number = "";
};

TEST(TransferGuard, LetsCallsGoOnlyWhereTheTenantAllowsIt) {
  for (const auto& [requested, verdict, number] : {
           row{"+14155550100", allowed, "+14155550100"},
           row{"(415) 555-0100", allowed, "+14155550100"},
           row{"+525512345678", allowed, "+5215512345678"},  // as he has written it
           row{"+52 55 1234 5678", allowed, "+5215512345678"},
           row{"+1 212 555 0144", allowed, "+12125550144"},
           row{"+4570123456", allowed, "+4570123456"},
           row{"+4590123456", allowed, "+4590123456"},  // premium, but on his list
           row{"+4590123457", premium},
           row{"+33123456789", not_allowed},
           row{"+525512345679", not_allowed},
           row{"the manager", not_a_number},
           row{"911", not_a_number},
           row{"+14155550123", own_number},
           row{"+4570999999", own_number},
           row{"+12025550177", own_number},  // the caller's
           row{"+19005551234", premium},
           row{"1-900-555-1234", premium},
           row{"+119005551234", premium},
           row{"+12129765551", premium},
           row{"+4408712345678", premium},
           row{"+979123456789", premium},
           row{"+881612345678", satellite},
           row{"+882161234567", satellite},
           row{"+883510012345678", satellite},
           row{"+870773111632", satellite},
           row{"+80812345678", shared_cost},
           row{"+448431234567", premium},
           row{"", not_a_number},  // he has several
       }) {
    const auto decided =
        decide_transfer(salon(), {.requested = requested, .caller = "+12025550177", .called = "+14155550123"});
    EXPECT_EQ(to_string(decided.verdict), to_string(verdict)) << requested;
    EXPECT_EQ(decided.number, number) << requested;
  }
}

TEST(TransferGuard, LetsNoCallGoAnywhereWithoutSettings) {
  auto t = salon();
  t.transfer.reset();
  EXPECT_EQ(decide_transfer(t, {.requested = "+14155550100", .called = "+14155550123"}).verdict, not_allowed);
}

TEST(TransferGuard, KnowsWhichNumberIsMeantWhereThereIsOne) {
  auto t = salon();
  t.transfer->numbers = {"+14155550100"};
  const auto decided = decide_transfer(t, {.requested = "", .caller = "anonymous", .called = "+14155550123"});
  EXPECT_EQ(decided.verdict, allowed);
  EXPECT_EQ(decided.number, "+14155550100");
}

TEST(TransferGuard, ReadsANumberWithoutItsCountryAsOfTheNumberThatWasCalled) {
  EXPECT_EQ(decide_transfer(salon(), {.requested = "70 12 34 56", .called = "+4570999999"}).number, "+4570123456");
  EXPECT_EQ(decide_transfer(salon(), {.requested = "70 12 34 56", .called = "+14155550123"}).verdict, not_a_number);
}

TEST(TransferGuard, PutsNobodyThroughWhoWasPutThroughAlready) {
  EXPECT_EQ(
      decide_transfer(salon(), {.requested = "+14155550100", .called = "+14155550123", .from_tenant = true}).verdict,
      circle);
}

TEST(TransferGuard, CountsADay) {
  transfer_question asked{.requested = "+14155550100", .called = "+14155550123", .placed = 2};
  EXPECT_EQ(decide_transfer(salon(), asked).verdict, allowed);
  asked.placed = 3;
  EXPECT_EQ(decide_transfer(salon(), asked).verdict, too_many);
}

TEST(TransferGuard, HasAWordAndASentenceForEachVerdict) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < transfer_verdict_count; ++i) {
    const auto verdict = static_cast<transfer_verdict>(i);
    EXPECT_TRUE(words.insert(to_string(verdict)).second);
    EXPECT_TRUE(told_to_agent(verdict).ends_with('.')) << to_string(verdict);
  }
}

}  // namespace
}  // namespace tonris::model
