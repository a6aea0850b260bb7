// Days of whose calls something has come later.
#include <gtest/gtest.h>

#include "model/call/learned_facts.hpp"
#include "model/call/record_choice.hpp"
#include "tests/actors/store/shared_stores.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono;
using namespace std::chrono_literals;
using charge = model::call_record::charge;
using part = charge::part_type;

class ChangedDays : public testing::Test, protected shared_stores {
 protected:
  static std::vector<sys_days> take(node& at, sys_days before = today + days{1}) {
    const auto changed = at.db->changed_days(before).value();
    EXPECT_TRUE(at.db->changed_days_noted(changed));
    std::vector<sys_days> which;
    for (const auto& one : changed) which.push_back(one.day);
    return which;
  }
  static void learn(node& at, const std::string& sid, model::later_fact fact) {
    journal_batch batch;
    batch.facts.push_back({{sid}, std::move(fact)});
    at.write(batch);
  }
  static charge price(part of) { return {of, {{8'500, model::us_dollars}, true, model::cost_source::vendor, now()}}; }
  static inline const sys_days today = floor<days>(now());
  static inline const std::vector<sys_days> none{};
};

TEST_F(ChangedDays, AreThoseOfCallsThatHaveEndedOrLearnedSomething) {
  one.ends(ended_call("CA1", today - days{20} + 1h));
  one.ends(ended_call("CA2", today - days{3} + 23h));
  one.ends(ended_call("CA3", today - days{3} + 1h));
  EXPECT_EQ(take(one), (std::vector{today - days{20}, today - days{3}}));
  EXPECT_EQ(take(one), none);
  learn(one, "CA1", price(part::twilio));
  EXPECT_EQ(take(one, today - days{20}), none);
  EXPECT_EQ(take(one), std::vector{today - days{20}});
  learn(one, "CA1", price(part::elevenlabs));
  learn(one, "CA9", price(part::twilio));  // nobody knows it
  EXPECT_EQ(take(one), (std::vector{today - days{20}})) << "a second part";
  learn(one, "CA1", model::call_record::note{now(), "call her back"});
  EXPECT_EQ(take(one), none) << "which costs nothing";
  learn(one, "CA1", price(part::llm));
  EXPECT_EQ(take(one), none) << "which no bill is held against";
}

TEST_F(ChangedDays, AreThoseOfRecordsThatAreWrittenAnewWhereTheirBillIsAnother) {
  auto record = ended_call("CA1", today - days{4});
  one.ends(record);
  ASSERT_EQ(take(one), std::vector{today - days{4}});
  one.ends(record);
  record.end_detail = "he hung up";
  record.notes.push_back({now(), "call her back"});
  one.ends(record);
  EXPECT_NE(one.record("CA1").find("call her back"), std::string::npos);
  EXPECT_EQ(take(one), none);
  record.metered_seconds += 60;  // he came back
  one.ends(record);
  EXPECT_EQ(take(one), std::vector{today - days{4}});
  // Of nobody's, which gives way to a tenant's.
  auto nobodys = ended_call("CA2", today - days{6});
  nobodys.tenant = {};
  one.ends(nobodys);
  ASSERT_EQ(take(one), std::vector{today - days{6}});
  nobodys.tenant = {"salon-1"};
  one.ends(nobodys);
  EXPECT_EQ(take(one), std::vector{today - days{6}});
}

TEST_F(ChangedDays, AreNotTakenForNotedWhereTheyHaveChangedMeanwhile) {
  one.ends(ended_call("CA1"));
  const auto seen = one.db->changed_days(today + days{1}).value();
  ASSERT_EQ(seen.size(), 1u);
  learn(one, "CA1", price(part::twilio));
  ASSERT_TRUE(one.db->changed_days_noted(seen));
  EXPECT_EQ(take(one), std::vector{today});
}

TEST_F(ChangedDays, AreThoseOfAnotherNodesCallsWheneverTheyCome) {
  one.ends(ended_call("CA1", today - days{9}));
  pass(one, two);
  EXPECT_EQ(take(two), std::vector{today - days{9}});
  learn(one, "CA1", price(part::twilio));
  pass(one, two);
  EXPECT_EQ(take(two), std::vector{today - days{9}});
  learn(two, "CA1", price(part::elevenlabs));
  EXPECT_EQ(take(two), std::vector{today - days{9}}) << "into the copy that is here";
  ASSERT_EQ(take(one), std::vector{today - days{9}});
  pass(two, one);
  EXPECT_EQ(take(one), none) << "whose call it is writes it into its record itself";
  // A record that was missed is sent again, with the time at which it changed.
  auto again =
      as_read({0, kind::record, {"CA2"}, "salon-1", "node-1", 1, to_json(ended_call("CA2", today - days{8})), {}}, one);
  again.changed_ms = duration_cast<milliseconds>((today - days{8}).time_since_epoch()).count();
  EXPECT_EQ(give(two, {again}).records, 1u);
  EXPECT_EQ(take(two), std::vector{today - days{8}});
  EXPECT_EQ(give(two, {again}).known, 1u);
  EXPECT_EQ(take(two), none);
}

TEST_F(ChangedDays, AreNotThoseOfAnotherNodesCallsThatLearnedWhatCostsNothing) {
  one.ends(ended_call("CA1", today - days{9}));
  pass(one, two);
  ASSERT_EQ(take(two), std::vector{today - days{9}});
  learn(one, "CA1", model::call_record::note{now(), "call her back"});
  EXPECT_EQ(pass(one, two).records, 1u);
  EXPECT_NE(two.record("CA1").find("call her back"), std::string::npos);
  EXPECT_EQ(take(two), none);
  // Another call of that SID, which stands before it.
  auto other = ended_call("CA1", today - days{12});
  const auto known = model::parse_call_record(two.record("CA1")).value();
  ASSERT_TRUE(model::stands_before(other, known)) << "else this test says nothing";
  EXPECT_EQ(give(two, {as_read({0, kind::record, {"CA1"}, "salon-1", "node-3", 9, to_json(other), {}}, one)}).records,
            1u);
  EXPECT_EQ(take(two), std::vector{today - days{12}});
}

TEST_F(ChangedDays, AreSoManyThatTheEarliestGo) {
  constexpr auto most = static_cast<int>(call_database::most_changed_days);
  for (int n = 0; n < most + 3; ++n) one.ends(ended_call("CA" + std::to_string(n), today - days{n}));
  const auto left = take(one);
  ASSERT_EQ(left.size(), call_database::most_changed_days);
  EXPECT_EQ(left.front(), today - days{most - 1});
}

}  // namespace
}  // namespace tonris::actors
