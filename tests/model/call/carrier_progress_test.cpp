#include "model/call/carrier_progress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/call/later_fact.hpp"

namespace tonris::model {
namespace {

using twilio::call_status;
using source = carrier_progress::source_type;
using told = std::vector<carrier_progress>;

carrier_progress callback(call_status status, std::optional<std::uint32_t> sequence = {},
                          std::optional<std::uint32_t> seconds = {}) {
  return {source::callback, status, sequence, seconds, {}};
}
carrier_progress by_rest(call_status status, std::optional<std::uint32_t> seconds = {}) {
  return {source::rest, status, {}, seconds, {}};
}

struct day {
  std::string name;
  told what;
  carrier_progress comes_to;
};

const std::vector<day> days{
    {"AnInboundCall", {callback(call_status::completed, 0, 61)}, callback(call_status::completed, 0, 61)},
    {"AnOutboundCall",
     {callback(call_status::initiated, 0), callback(call_status::ringing, 1), callback(call_status::in_progress, 2),
      callback(call_status::completed, 3, 61)},
     callback(call_status::completed, 3, 61)},
    {"NobodyAnswers",
     {callback(call_status::initiated, 0), callback(call_status::ringing, 1), callback(call_status::no_answer, 2, 0)},
     callback(call_status::no_answer, 2, 0)},
    {"WithoutNumbers",
     {callback(call_status::ringing), callback(call_status::in_progress), callback(call_status::completed, {}, 61)},
     callback(call_status::completed, {}, 61)},
    {"RingingOvertakesInitiated",
     {callback(call_status::initiated), callback(call_status::ringing)},
     callback(call_status::ringing)},
    {"AskedWhatTheCallbackHadSaid",
     {callback(call_status::completed, 0, 61), by_rest(call_status::completed, 61)},
     callback(call_status::completed, 0, 61)},
    {"AskedAndNoCallbackWillCome",
     {by_rest(call_status::in_progress), by_rest(call_status::completed, 61)},
     by_rest(call_status::completed, 61)},
    {"TheCallbackDoesNotSayHowLong",
     {callback(call_status::completed, 0), by_rest(call_status::completed, 61)},
     callback(call_status::completed, 0, 61)},
    {"OnlyTheApiSaysHowLong",
     {callback(call_status::no_answer, 2), by_rest(call_status::no_answer, 0)},
     callback(call_status::no_answer, 2, 0)},
};

class CarrierProgress : public testing::TestWithParam<day> {};

TEST_P(CarrierProgress, ComesToTheSameInEachOrderAndHoweverOftenItIsTold) {
  std::vector<std::size_t> order(GetParam().what.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    std::optional<carrier_progress> known;
    for (int twice = 0; twice < 2; ++twice)
      for (const auto i : order) (void)take(known, GetParam().what[i]);
    ASSERT_TRUE(known);
    EXPECT_EQ(*known, GetParam().comes_to);
    for (const auto& again : GetParam().what) EXPECT_FALSE(take(known, again));
  } while (std::next_permutation(order.begin(), order.end()));
}
INSTANTIATE_TEST_SUITE_P(Days, CarrierProgress, testing::ValuesIn(days),
                         [](const auto& row) { return row.param.name; });

TEST(CarrierProgressOf, AnEndIsNeverLeftNorItsLengthChanged) {
  std::optional<carrier_progress> known;
  EXPECT_TRUE(take(known, callback(call_status::completed, 3, 61)));
  for (const auto& late :
       {callback(call_status::in_progress, 9), callback(call_status::ringing), callback(call_status::completed, 3, 62),
        callback(call_status::completed, {}, 63), callback(call_status::completed, 9, 99),
        callback(call_status::completed, 2, 60), callback(call_status::no_answer, 9, 0),
        callback(call_status::failed, 2, 60), callback(call_status::busy), by_rest(call_status::completed, 64),
        by_rest(call_status::no_answer, 0), by_rest(call_status::in_progress)})
    EXPECT_FALSE(take(known, late));
  EXPECT_EQ(known, callback(call_status::completed, 3, 61));
}

TEST(CarrierProgressOf, WhatTheApiHasSaidFirstStandsAsWell) {
  std::optional<carrier_progress> known;
  EXPECT_TRUE(take(known, by_rest(call_status::completed, 61)));
  EXPECT_FALSE(take(known, callback(call_status::completed, 3, 99)));
  EXPECT_FALSE(take(known, callback(call_status::no_answer, 3, 0)));
  EXPECT_EQ(known, by_rest(call_status::completed, 61));
  EXPECT_TRUE(take(known, callback(call_status::completed, 3))) << "it came after all";
  EXPECT_EQ(known, callback(call_status::completed, 3, 61));
}

TEST(CarrierProgressOf, ALengthComesLaterWhereTheEndHadNone) {
  std::optional<carrier_progress> known;
  EXPECT_TRUE(take(known, callback(call_status::completed, 3)));
  EXPECT_FALSE(take(known, callback(call_status::no_answer, 4, 0))) << "the length of another end";
  EXPECT_TRUE(take(known, callback(call_status::completed, 4, 61)));
  EXPECT_FALSE(take(known, callback(call_status::completed, 5, 62)));
  EXPECT_EQ(known, callback(call_status::completed, 4, 61)) << "with who told it";
}

TEST(CarrierProgressOf, WhatTwilioDoesNotNameIsNoNews) {
  std::optional<carrier_progress> known;
  EXPECT_FALSE(take(known, callback(call_status::unknown, 5, 61)));
  EXPECT_FALSE(known);
  EXPECT_TRUE(take(known, callback(call_status::in_progress, 2, 61)));
  EXPECT_FALSE(known->seconds) << "of a call that goes on";
}

TEST(CarrierProgressOf, AFinalRecordIsAFactOfIt) {
  call_record record;
  record.reason = end_reason::caller_hung_up;
  record.metered_seconds = 63;
  EXPECT_TRUE(add_fact(record, callback(call_status::completed, 0, 61)));
  EXPECT_FALSE(add_fact(record, callback(call_status::completed, 0, 61)));
  EXPECT_EQ(record.twilio->seconds, 61u);
  EXPECT_EQ(record.metered_seconds, 63u) << "what limits count is our own";
}

}  // namespace
}  // namespace tonris::model
