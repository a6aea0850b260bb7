#include "model/usage_report/comparison.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tonris::model {
namespace {

using variant = comparison::variant;

/// The same on every machine: the standard's distributions are not.
class dice {
 public:
  explicit dice(unsigned seed) : random_(seed) {}
  bool falls(double probability) { return static_cast<double>(random_()) < probability * 4294967296.0; }

 private:
  std::mt19937 random_;
};

struct setting {
  double share_of_b, rate_a, rate_b;
};

/// Of so many comparisons, each looked at after every call, those that called one better, B with `b`.
struct verdicts {
  int any = 0, b = 0;
};

verdicts simulate(const setting& of, int comparisons, int calls, unsigned seed) {
  dice throws{seed};
  verdicts said;
  for (int n = 0; n < comparisons; ++n) {
    comparison test;
    for (int call = 0; call < calls && !test.better(); ++call) {
      const bool is_b = throws.falls(of.share_of_b);
      test.add(is_b ? variant::b : variant::a, throws.falls(is_b ? of.rate_b : of.rate_a));
    }
    if (!test.better()) continue;
    ++said.any;
    if (*test.better() == variant::b) ++said.b;
  }
  return said;
}

TEST(Comparison, CallsEqualVariantsBetterInLessThanOneOfTwentyHoweverOftenItIsLookedAt) {
  constexpr int comparisons = 1'000, calls = 2'000;
  for (const auto& equal : {setting{0.5, 0.5, 0.5}, setting{0.5, 0.9, 0.9}, setting{0.5, 0.02, 0.02},
                            setting{0.2, 0.7, 0.7}, setting{0.9, 0.6, 0.6}}) {
    const auto said = simulate(equal, comparisons, calls, 1);
    EXPECT_LT(said.any, comparisons / 20) << equal.share_of_b << " " << equal.rate_a;
  }
}

TEST(Comparison, FindsTheBetterOne) {
  constexpr int comparisons = 200;
  for (const auto& [of, calls] : {std::pair{setting{0.5, 0.6, 0.8}, 1'000},
                                  {setting{0.2, 0.6, 0.8}, 1'500},
                                  {setting{0.5, 0.90, 0.97}, 1'500},
                                  {setting{0.5, 0.5, 0.6}, 3'000}}) {
    const auto said = simulate(of, comparisons, calls, 2);
    EXPECT_GT(said.any, comparisons * 9 / 10) << of.rate_a << " " << of.rate_b;
    EXPECT_GT(said.b, said.any * 49 / 50) << of.rate_a << " " << of.rate_b;
    const auto other_way = simulate({1 - of.share_of_b, of.rate_b, of.rate_a}, comparisons, calls, 3);
    EXPECT_GT(other_way.any, comparisons * 9 / 10);
    EXPECT_LT(other_way.b, other_way.any / 50 + 1);
  }
}

TEST(Comparison, SaysNothingOfNothing) {
  const comparison none;
  EXPECT_FALSE(none.better());
  EXPECT_EQ(none.p_value(), 1);
  EXPECT_FALSE(none.calls_to_go());
  EXPECT_EQ(in_words(none, "A", "B"), "not enough yet; B no calls, A no calls");
}

TEST(Comparison, SaysNothingOfOneVariantAlone) {
  comparison one;
  for (int n = 0; n < 10'000; ++n) one.add(variant::a, true);
  EXPECT_FALSE(one.better());
  EXPECT_EQ(one.p_value(), 1);
  EXPECT_FALSE(one.calls_to_go());
}

TEST(Comparison, StaysWithWhatItHasSaid) {
  comparison test;
  int calls = 0;
  for (; !test.better(); ++calls) test.add(calls % 2 == 0 ? variant::a : variant::b, calls % 2 == 1);
  EXPECT_EQ(test.better(), variant::b);
  EXPECT_LT(calls, 40);
  EXPECT_LE(test.p_value(), 0.05);
  EXPECT_FALSE(test.calls_to_go());
  const auto p = test.p_value();
  for (int n = 0; n < 1'000; ++n) test.add(n % 2 == 0 ? variant::a : variant::b, n % 2 == 0);
  EXPECT_EQ(test.better(), variant::b);
  EXPECT_LE(test.p_value(), p);
}

TEST(Comparison, ForeseesHowLongItTakes) {
  dice throws{4};
  comparison test;
  std::optional<std::uint64_t> foreseen;
  int calls = 0;
  for (; !test.better() && calls < 10'000; ++calls) {
    if (calls == 150) foreseen = test.calls_to_go();
    const bool is_b = calls % 2 == 1;
    test.add(is_b ? variant::b : variant::a, throws.falls(is_b ? 0.72 : 0.6));
  }
  ASSERT_TRUE(foreseen);
  ASSERT_TRUE(test.better());
  EXPECT_GT(*foreseen, 20U);
  EXPECT_LT(*foreseen, 5'000U);
}

TEST(Comparison, ForeseesNothingOfVariantsThatAreAlike) {
  comparison alike;
  for (int n = 0; n < 4'000; ++n) alike.add(n % 2 == 0 ? variant::a : variant::b, n % 4 < 2);
  for (std::uint64_t rows = 0; rows < 50; ++rows) {
    alike.add(variant::a, rows % 2 == 0);
    EXPECT_TRUE(!alike.calls_to_go() || *alike.calls_to_go() > 1'000) << rows;
    alike.add(variant::b, rows % 2 == 0);
  }
  EXPECT_FALSE(alike.better());
  EXPECT_FALSE(alike.calls_to_go());
  EXPECT_EQ(in_words(alike, "A", "B"),
            "not enough yet; B 50.0 % of 2050 calls (47.8 to 52.2 %), A 50.0 % of 2050 calls (47.8 to 52.2 %)");
}

TEST(Comparison, SaysNothingWhileTooFewOfAVariantsCallsAreJudged) {
  comparison test;
  for (int n = 0; n < 200; ++n) test.add(n % 2 == 0 ? variant::a : variant::b, n % 2 == 0);
  ASSERT_EQ(test.better(), variant::a);
  test.expect_judgement(variant::b, true);
  EXPECT_EQ(test.better(), variant::a);
  test.expect_judgement(variant::b, false);
  EXPECT_EQ(test.better(), variant::a) << "half of them are";
  test.expect_judgement(variant::b, false);
  EXPECT_FALSE(test.is_judged());
  EXPECT_FALSE(test.better());
  EXPECT_FALSE(test.calls_to_go()) << "it is not for want of calls";
  const auto says = std::string{"too few calls are judged: 1 of 3 of new, 0 of 0 of old; "} +
                    "new 0.0 % of 100 calls (0.0 to 3.7 %), old 100.0 % of 100 calls (96.3 to 100.0 %)";
  EXPECT_EQ(in_words(test, "old", "new"), says);
  const auto json = to_json(test, "old", "new");
  EXPECT_EQ(json.find("better"), std::string::npos) << json;
  EXPECT_EQ(json.find("callsToGo"), std::string::npos) << json;
  EXPECT_TRUE(json.ends_with(R"(,"says":")" + says + "\"}")) << json;
  test.expect_judgement(variant::b, true);
  EXPECT_EQ(test.better(), variant::a);
  for (int n = 0; n < 3; ++n) test.expect_judgement(variant::a, false);
  EXPECT_FALSE(test.better()) << "of either";
}

TEST(Comparison, TellsWhatItSays) {
  comparison test;
  for (int n = 0; n < 20; ++n) {
    test.add(variant::a, n % 2 == 0);
    test.add(variant::b, n % 4 != 0);
  }
  EXPECT_EQ(test.of(variant::a), (comparison::side{20, 10}));
  EXPECT_EQ(test.of(variant::b), (comparison::side{20, 15}));
  ASSERT_TRUE(test.calls_to_go());
  const auto to_go = std::to_string(*test.calls_to_go());
  const auto says = "not enough yet: about " + to_go +
                    " more calls; new 75.0 % of 20 calls (53.1 to 88.8 %), old 50.0 % of 20 calls (29.9 to 70.1 %)";
  EXPECT_EQ(in_words(test, "old", "new"), says);
  const auto json = to_json(test, "old", "new");
  EXPECT_EQ(json.substr(0, json.find(R"("pValue")")),
            R"({"a":{"variant":"old","calls":20,"successes":10,"low":0.2993,"high":0.7007},)"
            R"("b":{"variant":"new","calls":20,"successes":15,"low":0.5313,"high":0.8881},)");
  EXPECT_TRUE(json.ends_with(R"("callsToGo":)" + to_go + R"(,"says":")" + says + "\"}")) << json;
  for (int n = 0; n < 200; ++n) {
    test.add(variant::a, false);
    test.add(variant::b, true);
  }
  EXPECT_EQ(in_words(test, "old", "new"),
            "new is better: 97.7 % of 220 calls (94.8 to 99.0 %), old 4.5 % of 220 calls (2.5 to 8.2 %)");
  EXPECT_NE(to_json(test, "old", "new").find(R"("better":"new","pValue":0.0,"says":"new is better: )"),
            std::string::npos);
}

}  // namespace
}  // namespace tonris::model
