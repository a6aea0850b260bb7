#include "model/usage_report/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tonris::model {
namespace {

using outcome = tenant::experiment_type::outcome_type;
using agents = std::vector<tenant::agent_choice>;

const agents two{{{"agent_old"}, 50, "old"}, {{"agent_new"}, 50, "new"}};

/// The same on every machine.
class dice {
 public:
  explicit dice(unsigned seed) : random_(seed) {}
  bool falls(double probability) { return static_cast<double>(random_()) < probability * 4294967296.0; }
  unsigned one_of(unsigned count) { return static_cast<unsigned>(random_()) % count; }

 private:
  std::mt19937 random_;
};

TEST(Experiment, JudgesACallByWhatItAsks) {
  const auto used = [](std::optional<end_reason> reason, bool refused = false) {
    usage_figures figures;
    figures.outcome = reason;
    figures.refused = refused;
    return figures;
  };
  const struct {
    outcome asked;
    std::optional<bool> judged;
    usage_figures used;
    std::optional<bool> well;
  } table[] = {
      {outcome::success, true, used(end_reason::caller_hung_up), true},
      {outcome::success, false, used(end_reason::caller_hung_up), false},
      {outcome::success, std::nullopt, used(end_reason::caller_hung_up), std::nullopt},
      {outcome::success, true, used(end_reason::agent_lost), false},
      {outcome::success, std::nullopt, used(end_reason::agent_lost), false},
      {outcome::success, true, used(end_reason::closed, true), std::nullopt},
      {outcome::success, true, used(std::nullopt), std::nullopt},
      {outcome::completed, std::nullopt, used(end_reason::caller_hung_up), true},
      {outcome::completed, false, used(end_reason::agent_ended), true},
      {outcome::completed, true, used(end_reason::agent_lost), false},
      {outcome::completed, std::nullopt, used(end_reason::closed, true), std::nullopt},
      {outcome::completed, std::nullopt, used(std::nullopt), std::nullopt},
  };
  for (const auto& row : table)
    EXPECT_EQ(went_well(row.asked, row.judged, row.used), row.well)
        << to_string(row.asked) << ' ' << (row.used.outcome ? to_string(*row.used.outcome) : "");
}

TEST(Experiment, ExpectsAJudgementOfOrdinaryCallsOfMoreThanAnHourAgo) {
  using namespace std::chrono_literals;
  const auto ended = [](end_reason reason) {
    usage_figures figures;
    figures.outcome = reason;
    return figures;
  };
  auto refused = ended(end_reason::closed);
  refused.refused = true;
  const struct {
    const char* what;
    outcome asked;
    std::optional<bool> judged;
    usage_figures used;
    std::chrono::system_clock::duration ago;
    std::optional<bool> was;
  } table[] = {
      {"a success", outcome::success, true, ended(end_reason::caller_hung_up), 61min, true},
      {"a failure", outcome::success, false, ended(end_reason::caller_hung_up), 61min, true},
      {"not judged", outcome::success, {}, ended(end_reason::caller_hung_up), 61min, false},
      {"the report is to come", outcome::success, {}, ended(end_reason::caller_hung_up), 60min, {}},
      {"it has come soon", outcome::success, true, ended(end_reason::caller_hung_up), 1min, {}},
      {"lost: counts without", outcome::success, {}, ended(end_reason::agent_lost), 61min, {}},
      {"refused", outcome::success, {}, refused, 61min, {}},
      {"it lives", outcome::success, {}, {}, 61min, {}},
      {"nobody asks the vendor", outcome::completed, {}, ended(end_reason::caller_hung_up), 61min, {}},
  };
  for (const auto& row : table) EXPECT_EQ(was_judged(row.asked, row.judged, row.used, row.ago), row.was) << row.what;
}

/// Of the new one's calls the vendor judges none, so that its lost ones stand alone.
TEST(Experiment, StopsNoVariantOfWhichTooFewCallsAreJudged) {
  experiment compared{two};
  for (int n = 0; n < 20; ++n) {
    compared.add("new", false);
    for (int calls = 0; calls < 9; ++calls) {
      compared.add("old", true);
      compared.expect_judgement("old", true);
      compared.expect_judgement("new", false);
    }
  }
  EXPECT_FALSE(compared.surest());
  for (int n = 0; n < 180; ++n) {
    compared.add("new", false);
    compared.expect_judgement("new", true);
  }
  compared.expect_judgement("somebody", false);
  ASSERT_TRUE(compared.surest());
  EXPECT_EQ(compared.surest()->loser, "new");
}

TEST(Experiment, NeedsTwoVariantsWithAWeight) {
  EXPECT_TRUE(experiment{two}.is_one());
  EXPECT_FALSE(experiment{agents{}}.is_one());
  EXPECT_FALSE((experiment{{two[0]}}.is_one()));
  EXPECT_FALSE((experiment{{two[0], {{"agent_new"}, 0, "new"}}}.is_one()));
}

struct calls_of {
  int well, badly;
};

std::optional<experiment::loss> after(calls_of old, calls_of fresh) {
  experiment compared{two};
  while (old.well + old.badly + fresh.well + fresh.badly > 0) {
    if (old.well > 0) --old.well, compared.add("old", true);
    if (fresh.badly > 0) --fresh.badly, compared.add("new", false);
    if (old.badly > 0) --old.badly, compared.add("old", false);
    if (fresh.well > 0) --fresh.well, compared.add("new", true);
  }
  return compared.surest();
}

TEST(Experiment, SaysWhoLosesOnceThatIsKnown) {
  const struct {
    calls_of old, fresh;
    std::string loser;  ///< "": nobody knows
  } table[] = {
      {{0, 0}, {0, 0}, ""},        {{5, 0}, {0, 0}, ""},        {{2, 0}, {0, 2}, ""},
      {{50, 50}, {50, 50}, ""},    {{40, 10}, {35, 15}, ""},    {{90, 10}, {10, 90}, "new"},
      {{10, 90}, {90, 10}, "old"}, {{100, 0}, {0, 100}, "new"}, {{160, 40}, {100, 100}, "new"},
  };
  for (const auto& row : table) {
    const auto lost = after(row.old, row.fresh);
    const auto about = testing::PrintToString(row.old.well) + " " + testing::PrintToString(row.fresh.well);
    ASSERT_EQ(lost.has_value(), !row.loser.empty()) << about;
    if (!lost) continue;
    EXPECT_EQ(lost->loser, row.loser) << about;
    EXPECT_NE(lost->winner, row.loser) << about;
    EXPECT_THAT(to_json(*lost), testing::HasSubstr(R"("better":")" + lost->winner + "\"")) << about;
    EXPECT_THAT(in_words(*lost), testing::StartsWith(lost->winner + " is better")) << about;
  }
}

TEST(Experiment, CountsNoCallsOfOthers) {
  experiment compared{two};
  for (int i = 0; i < 100; ++i) compared.add(i % 2 == 0 ? "old" : "somebody", i % 2 == 0);
  EXPECT_FALSE(compared.surest());
}

/// Looked at after every call, as nobody would.
int told_apart(const agents& of, const std::vector<double>& rates, int experiments, int calls, std::string& loser) {
  dice throws{7};
  int said = 0;
  for (int n = 0; n < experiments; ++n) {
    experiment compared{of};
    std::optional<experiment::loss> lost;
    for (int call = 0; call < calls && !lost; ++call) {
      const auto which = throws.one_of(static_cast<unsigned>(of.size()));
      compared.add(of[which].variant, throws.falls(rates[which]));
      lost = compared.surest();
    }
    if (!lost) continue;
    ++said;
    loser = lost->loser;
  }
  return said;
}

TEST(Experiment, TellsSixEqualOnesApartInLessThanOneOfTwenty) {
  agents six;
  for (const auto* name : {"a", "b", "c", "d", "e", "f"}) six.push_back({{name}, 1, name});
  std::string loser;
  EXPECT_LT(told_apart(six, {.7, .7, .7, .7, .7, .7}, 200, 1'500, loser), 10);
  EXPECT_GT(told_apart(six, {.8, .8, .2, .8, .8, .8}, 20, 1'500, loser), 18);
  EXPECT_EQ(loser, "c");
}

TEST(Experiment, NeverStopsTheLastOne) {
  auto three = two;
  three.push_back({{"agent_third"}, 10, ""});
  EXPECT_FALSE(stop_variant(three, "nobody"));
  EXPECT_TRUE(stop_variant(three, "old"));
  EXPECT_EQ(three[0].weight, 0u);
  EXPECT_FALSE(stop_variant(three, "old")) << "it has none already";
  EXPECT_TRUE(stop_variant(three, "agent_third")) << "by its agent, where it has no name";
  EXPECT_FALSE(stop_variant(three, "new"));
  EXPECT_EQ(three[1].weight, 50u);
}

}  // namespace
}  // namespace tonris::model
