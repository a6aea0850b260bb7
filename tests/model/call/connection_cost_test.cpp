// What a call's connection costs by our estimate, once Twilio has told how long it was.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "model/call/costing.hpp"
#include "model/call/later_fact.hpp"
#include "model/call/learned_facts.hpp"
#include "model/usage_report/bill_drift.hpp"
#include "tests/model/call/test_rates.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using test::noon;
using twilio::call_status;
using source = carrier_progress::source_type;
using part = call_record::charge::part_type;

const auto rates = test::test_rates();

carrier_progress callback(call_status status, std::optional<std::uint32_t> seconds, call_record::time at,
                          std::optional<std::uint32_t> sequence = {}) {
  return {source::callback, status, sequence, seconds, at};
}
carrier_progress by_rest(call_status status, std::optional<std::uint32_t> seconds, call_record::time at) {
  return {source::rest, status, {}, seconds, at};
}
std::optional<cost_part> estimated(micros amount, call_record::time at) {
  return cost_part{{amount, us_dollars}, false, cost_source::estimate, at};
}

/// Metered at a second more than a minute; `refused`: answered with words, and not metered.
struct story {
  std::string name, direction;
  bool refused = false;
  std::vector<carrier_progress> told;
  micros amount = 0;
  call_record::time at;

  [[nodiscard]] call_record begun() const {
    call_record record;
    record.call = {"CA1"};
    record.started = noon;
    record.direction = direction;
    return record;
  }
  void end(call_record& record) const {
    record.ended = noon + 61s;
    record.reason = refused ? end_reason::no_agent : end_reason::caller_hung_up;
    if (refused) return estimate_refusal(record, rates, *record.ended);
    record.metered_seconds = 61;
    estimate_cost(record, rates, 61, *record.ended);
  }
};

const std::vector<story> stories{
    {"NothingIsTold", "inbound", false, {}, 20'000, noon + 61s},
    {"TwilioCountsAMinuteLess",
     "inbound",
     false,
     {callback(call_status::completed, 59, noon + 70s, 0)},
     10'000,
     noon + 70s},
    {"ItGoesOnBehindOurPart",
     "inbound",
     false,
     {callback(call_status::completed, 121, noon + 3min, 0)},
     30'000,
     noon + 3min},
    {"AsManyMinutes", "inbound", false, {callback(call_status::completed, 62, noon + 70s, 0)}, 20'000, noon + 70s},
    {"OfLessThanASecond", "inbound", false, {callback(call_status::completed, 0, noon + 70s, 0)}, 10'000, noon + 70s},
    {"OneThatWasDialled",
     "outbound-api",
     false,
     {callback(call_status::in_progress, {}, noon + 1s, 2), callback(call_status::completed, 59, noon + 70s, 3)},
     20'000,
     noon + 70s},
    {"ItGoesOnAsFarAsTwilioSays",
     "inbound",
     false,
     {callback(call_status::in_progress, {}, noon + 70s, 1)},
     20'000,
     noon + 61s},
    {"ItsEndIsToldAndNotItsLength",
     "inbound",
     false,
     {callback(call_status::completed, {}, noon + 70s, 1)},
     20'000,
     noon + 61s},
    {"ItsLengthIsToldByTheApiAlone",
     "inbound",
     false,
     {callback(call_status::completed, {}, noon + 70s, 1), by_rest(call_status::completed, 59, noon + 3min)},
     10'000,
     noon + 70s},
    {"NobodyTookIt", "inbound", false, {callback(call_status::no_answer, 0, noon + 70s, 1)}, 0, noon + 70s},
    {"NobodyTookItAndNoLengthIsTold",
     "outbound-api",
     false,
     {callback(call_status::canceled, {}, noon + 70s, 1)},
     0,
     noon + 70s},
    {"RefusedAndNothingIsTold", "inbound", true, {}, 10'000, noon + 61s},
    {"RefusedInAFewWords", "inbound", true, {callback(call_status::completed, 4, noon + 70s, 0)}, 10'000, noon + 70s},
    {"RefusedAndAMessageTaken",
     "inbound",
     true,
     {callback(call_status::completed, 130, noon + 3min, 0)},
     30'000,
     noon + 3min},
    {"RefusedWhomWeDialled",
     "outbound-api",
     true,
     {callback(call_status::completed, 61, noon + 70s, 0)},
     40'000,
     noon + 70s},
    {"RefusedWithoutBeingTaken", "inbound", true, {callback(call_status::busy, 0, noon + 70s, 0)}, 0, noon + 70s},
};

class ConnectionCost : public testing::TestWithParam<story> {
 protected:
  /// Each order of what is told, with the call's end between any two of it.
  template <class Step>
  void in_each_order(Step step) const {
    const auto& told = GetParam().told;
    std::vector<std::size_t> order(told.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      for (std::size_t end = 0; end <= told.size(); ++end) step(order, end);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  static void expect_kept(const call_record& record) {
    EXPECT_EQ(record.metered_seconds, GetParam().refused ? 0u : 61u) << "what limits count is ours";
  }
};

TEST_P(ConnectionCost, IsTheSameWhateverComesFirstAndHoweverOften) {
  in_each_order([](const auto& order, std::size_t end) {
    auto record = GetParam().begun();
    for (std::size_t i = 0; i <= order.size(); ++i) {
      if (i == end) GetParam().end(record);
      if (i < order.size()) (void)add_fact(record, GetParam().told[order[i]]);
    }
    EXPECT_EQ(record.cost.twilio, estimated(GetParam().amount, GetParam().at)) << "the end was number " << end;
    const auto before = record;
    for (const auto& again : GetParam().told) EXPECT_FALSE(add_fact(record, again));
    EXPECT_EQ(record, before);
    expect_kept(record);
  });
}

TEST_P(ConnectionCost, IsTheSameWhereTheRecordIsWrittenAndReadBetweenAnyTwo) {
  in_each_order([](const auto& order, std::size_t end) {
    auto record = GetParam().begun();
    for (std::size_t i = 0; i <= order.size(); ++i) {
      if (i == end) GetParam().end(record);
      if (i < order.size()) (void)add_fact(record, GetParam().told[order[i]]);
      record = parse_call_record(to_json(record)).value();
    }
    EXPECT_EQ(record.cost.twilio, estimated(GetParam().amount, GetParam().at));
    expect_kept(record);
  });
}

/// It adds to its copy, and tells whose call it is by what the record has learned.
TEST_P(ConnectionCost, IsTheSameWhereAnotherNodeIsTold) {
  in_each_order([](const auto& order, std::size_t told_here) {
    auto own = GetParam().begun();
    GetParam().end(own);
    for (std::size_t i = 0; i < told_here; ++i) (void)add_fact(own, GetParam().told[order[i]]);
    auto copy = own;
    auto learned = without_facts(copy);
    for (std::size_t i = told_here; i < order.size(); ++i) {
      const auto before = copy;
      if (add_fact(copy, GetParam().told[order[i]])) collect_fact(learned, before, GetParam().told[order[i]]);
    }
    for (const auto& fact : facts_in(parse_call_record(to_json(learned)).value())) (void)add_fact(own, fact);
    EXPECT_EQ(own.cost.twilio, estimated(GetParam().amount, GetParam().at)) << "and " << told_here << " told here";
    EXPECT_EQ(copy.cost.twilio, own.cost.twilio);
    EXPECT_FALSE(learned.cost.twilio) << "of a record that is not there nobody can say what it cost";
  });
}

TEST_P(ConnectionCost, StaysWhatTwilioHasToldOfThePrice) {
  const auto price = twilios_price(rates, noon, {8'500, us_dollars}, noon + 75s);
  in_each_order([&](const auto& order, std::size_t when) {
    auto record = GetParam().begun();
    GetParam().end(record);
    for (std::size_t i = 0; i <= order.size(); ++i) {
      if (i == when) (void)add_fact(record, call_record::charge{part::twilio, price});
      if (i < order.size()) (void)add_fact(record, GetParam().told[order[i]]);
    }
    EXPECT_EQ(record.cost.twilio, price);
    GetParam().end(record);
    EXPECT_EQ(record.cost.twilio, price) << "its caller came back";
  });
}

TEST_P(ConnectionCost, ChangesNothingOfTheDrift) {
  const auto drift_of = [](const call_record& record) {
    bill_drift drift{rates};
    drift.add(record);
    return to_json(drift);
  };
  auto record = GetParam().begun();
  GetParam().end(record);
  const auto before = drift_of(record);
  for (const auto& told : GetParam().told) (void)add_fact(record, told);
  EXPECT_EQ(drift_of(record), before) << "it holds our meter against bills";
}

INSTANTIATE_TEST_SUITE_P(Stories, ConnectionCost, testing::ValuesIn(stories),
                         [](const auto& row) { return row.param.name; });

/// Its estimate was by the meter, whatever was told.
TEST(ConnectionCostOf, AnOlderVersionsRecordIsCorrectedAsWell) {
  const auto told = stories.front();
  auto record = told.begun();
  told.end(record);
  record.twilio = by_rest(call_status::completed, 59, noon + 70s);
  ASSERT_TRUE(add_fact(record, callback(call_status::completed, 59, noon + 80s, 0)));
  EXPECT_EQ(record.cost.twilio, estimated(10'000, noon + 80s));
}

/// Whoever told it: a call's cost neither grows nor goes for what is told of it behind its end.
TEST(ConnectionCostOf, TheFirstLengthThatIsToldStands) {
  for (const auto& first :
       {callback(call_status::completed, 59, noon + 70s, 4), by_rest(call_status::completed, 59, noon + 70s)}) {
    const auto one = stories.front();
    auto record = one.begun();
    one.end(record);
    ASSERT_TRUE(add_fact(record, first));
    for (const auto& late :
         {callback(call_status::completed, 121, noon + 80s, 9), callback(call_status::no_answer, 0, noon + 80s, 9),
          by_rest(call_status::completed, 121, noon + 80s)})
      EXPECT_FALSE(add_fact(record, late));
    EXPECT_EQ(record.twilio, first);
    EXPECT_EQ(record.cost.twilio, estimated(10'000, noon + 70s));
  }
}

TEST(ConnectionCostOf, ACallerWhoComesBackIsByTwiliosLengthOnceThatIsTold) {
  const auto told = stories.front();
  auto record = told.begun();
  told.end(record);
  record.ended.reset();
  ASSERT_TRUE(add_fact(record, callback(call_status::completed, 150, noon + 150s, 0)));
  EXPECT_EQ(record.cost.twilio, estimated(30'000, noon + 150s));
  record.ended = noon + 151s;
  record.metered_seconds = 151;
  estimate_cost(record, rates, 151, *record.ended);
  EXPECT_EQ(record.cost.twilio, estimated(30'000, noon + 150s));
}

TEST(ConnectionCostOf, ALengthBeyondAllBoundsLeavesTheRecordReadable) {
  const auto told = stories.front();
  auto record = told.begun();
  told.end(record);
  record.metered_seconds = 1;
  record.cost.twilio->amount.amount = most_of_a_part;
  const auto longest = std::numeric_limits<std::uint32_t>::max();
  ASSERT_TRUE(add_fact(record, callback(call_status::completed, longest, noon + 70s, 0)));
  EXPECT_LE(record.cost.twilio->amount.amount, most_of_a_part);
  EXPECT_EQ(parse_call_record(to_json(record)), record);
}

}  // namespace
}  // namespace tonris::model
