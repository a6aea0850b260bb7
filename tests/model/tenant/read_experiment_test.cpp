#include "model/tenant/read_experiment.hpp"

#include <gtest/gtest.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

const auto monday = parse_iso_time("2026-11-23T10:00:00.000Z"), tuesday = parse_iso_time("2026-11-24T10:00:00.000Z"),
           friday = parse_iso_time("2026-11-27T10:00:00.000Z");

tenant salon(std::optional<std::chrono::system_clock::time_point> since = monday) {
  tenant t;
  t.agents = {{{"a"}, 50, ""}, {{"b"}, 50, ""}};
  t.experiment = tenant::experiment_type{{}, true, since};
  return t;
}

/// What the calls count from once `before` became `now`, on Friday.
auto since(const tenant& before, tenant now) {
  begin_experiment(&before, now, *friday);
  return now.experiment ? now.experiment->since : std::nullopt;
}

TEST(BeginExperiment, CountsCallsFromTheLastChangeOfTheAgents) {
  auto weights = salon(), another = salon(), greeting = salon(), asks = salon(), off = salon();
  weights.agents[1].weight = 0;
  another.agents[1].agent = {"c"};
  greeting.greeting = "Hi";
  asks.experiment->outcome = tenant::experiment_type::outcome_type::completed;
  off.experiment.reset();
  EXPECT_EQ(since(salon(), weights), friday);
  EXPECT_EQ(since(salon(), another), friday);
  EXPECT_EQ(since(salon(), asks), friday);
  EXPECT_EQ(since(salon(), greeting), monday) << "which is the same for all";
  EXPECT_EQ(since(salon(), off), std::nullopt);
  EXPECT_EQ(since(off, salon(std::nullopt)), friday);
}

TEST(BeginExperiment, TakesAMomentThatIsNamedAnew) {
  auto weights = salon(tuesday);
  weights.agents[1].weight = 0;
  EXPECT_EQ(since(salon(), salon(tuesday)), tuesday);
  EXPECT_EQ(since(salon(), weights), tuesday);
  EXPECT_EQ(since(salon(), salon(std::nullopt)), monday) << "a document that does not speak of it";
  auto fresh = salon(std::nullopt), named = salon(tuesday);
  begin_experiment(nullptr, fresh, *friday);
  begin_experiment(nullptr, named, *friday);
  EXPECT_EQ(fresh.experiment->since, friday);
  EXPECT_EQ(named.experiment->since, tuesday);
}

TEST(BeginExperiment, OfAFileNeverCountsWhatIsOlderThanWhatItSays) {
  auto old = salon(monday), later = salon(friday), none = salon(std::nullopt);
  for (auto* const one : {&old, &later, &none}) begin_experiment_of_file(*one, *tuesday);
  EXPECT_EQ(old.experiment->since, tuesday);
  EXPECT_EQ(later.experiment->since, friday);
  EXPECT_EQ(none.experiment->since, tuesday);
}

}  // namespace
}  // namespace tonris::model
