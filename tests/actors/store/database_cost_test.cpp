// What this node's calls have come to cost, as it is written.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/actors/store/shared_stores.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using charge = model::call_record::charge;
using part = charge::part_type;

class CostChanges : public testing::Test, protected shared_stores {
 protected:
  struct change {
    model::micros grown = 0, shrunk = 0;
    bool operator==(const change&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const change& of) {
      return out << "+" << of.grown << " -" << of.shrunk;
    }
  };
  static change take(node& at) {
    const auto by = at.db->cost_changed();
    const auto sum = [](const auto& parts) { return std::accumulate(parts.begin(), parts.end(), model::micros{0}); };
    return {sum(by.grown), sum(by.shrunk)};
  }
  static model::call_record costing(const std::string& sid, model::micros estimate) {
    auto record = ended_call(sid);
    record.cost = {};
    record.cost.twilio = model::cost_part{{estimate, model::us_dollars}, false, model::cost_source::estimate, now()};
    return record;
  }
  static void learn(node& at, const std::string& sid, model::micros told) {
    journal_batch batch;
    const model::cost_part price{{told, model::us_dollars}, true, model::cost_source::vendor, now()};
    batch.facts.push_back({{sid}, charge{part::twilio, price}});
    at.write(batch);
  }
};

TEST_F(CostChanges, AreWhatAnEndAndALaterPriceMakeOfThem) {
  one.ends(costing("CA1", 8'500));
  EXPECT_EQ(take(one), (change{8'500, 0}));
  EXPECT_EQ(take(one), change{}) << "once";
  learn(one, "CA1", 8'200);
  EXPECT_EQ(take(one), (change{0, 300}));
  learn(one, "CA1", 8'200);
  EXPECT_EQ(take(one), change{}) << "told twice";
}

TEST_F(CostChanges, AreOfAnEstimateByTwiliosLengthAsWellAndGoOverToTheOtherNode) {
  auto record = costing("CA1", 17'000);
  record.metered_seconds = 61;
  one.ends(record);
  (void)take(one);
  pass(one, two);
  journal_batch batch;
  batch.facts.push_back(
      {{"CA1"},
       model::carrier_progress{
           {}, model::twilio::call_status::completed, 0, 59, record.started + std::chrono::minutes{1}}});
  two.write(batch);
  EXPECT_EQ(model::parse_call_record(two.record("CA1"))->cost.twilio->amount.amount, 8'500) << "its copy";
  one.write(batch);
  EXPECT_EQ(take(one), (change{0, 8'500}));
  one.write(batch);
  EXPECT_EQ(take(one), change{}) << "told twice";
  pass(one, two);
  EXPECT_EQ(two.record("CA1"), one.record("CA1"));
  EXPECT_EQ(model::parse_call_record(one.record("CA1"))->metered_seconds, 61u);
}

TEST_F(CostChanges, OfARecordThatIsWrittenAgainAreWhatIsDifferent) {
  auto record = costing("CA1", 8'500);
  one.ends(record);
  record.cost.twilio->amount.amount = 17'000;  // the caller came back
  one.ends(record);
  EXPECT_EQ(take(one), (change{17'000, 0}));
}

TEST_F(CostChanges, OfACallWhoseSidHasARecordAreNone) {
  const auto record = costing("CA1", 8'500);
  one.ends(record);
  (void)take(one);
  auto other = record;
  other.started -= std::chrono::hours{1};
  other.cost.twilio->amount.amount = 99'000;
  one.ends(other);
  EXPECT_EQ(take(one), change{});
}

TEST_F(CostChanges, OfASidThatTwoNodesHaveAreThoseOfTheRecordThatStands) {
  auto refused = costing("CA1", 8'500);
  refused.tenant.value.clear();
  refused.started += std::chrono::seconds{1};  // else it is the same call
  two.ends(refused);
  one.ends(costing("CA1", 100'000));
  EXPECT_EQ(take(one), (change{100'000, 0}));
  EXPECT_EQ(take(two), (change{8'500, 0}));
  pass(one, two);
  EXPECT_EQ(take(two), (change{0, 8'500})) << "it gives way";
  auto late = costing("CA2", 8'500);
  late.tenant.value.clear();
  late.started += std::chrono::seconds{1};
  two.ends(late);
  pass(two, one);
  one.ends(costing("CA2", 100'000));
  EXPECT_EQ(take(one), (change{100'000, 0})) << "another node's refusal costs that node";
}

TEST_F(CostChanges, AreOfThisNodesCallsAlone) {
  one.ends(costing("CA1", 8'500));
  (void)take(one);
  pass(one, two);
  EXPECT_EQ(take(two), change{});
  learn(two, "CA1", 8'000);  // into the copy that is here
  EXPECT_EQ(take(two), change{});
  learn(one, "CA1", 8'000);
  EXPECT_EQ(take(one), (change{0, 500})) << "whose call it is";
}

}  // namespace
}  // namespace tonris::actors
