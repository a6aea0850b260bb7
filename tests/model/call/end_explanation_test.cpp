#include "model/call/end_explanation.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace tonris::model {
namespace {

TEST(EndExplanation, IsOneSentenceOfItsOwnForEveryReason) {
  std::set<std::string_view> sentences;
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto sentence = explain(static_cast<end_reason>(i));
    EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
    EXPECT_EQ(sentence.find('.'), sentence.size() - 1) << sentence;
  }
}

TEST(EndExplanation, HasAHeadlineOfItsOwnAndAnAdviceForEveryReason) {
  std::set<std::string_view> headlines;
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto reason = static_cast<end_reason>(i);
    EXPECT_TRUE(headlines.insert(headline(reason)).second) << headline(reason);
    EXPECT_FALSE(headline(reason).empty()) << to_string(reason);
    EXPECT_TRUE(advice(reason).ends_with('.')) << advice(reason);
    EXPECT_EQ(advice(reason).starts_with("nothing"), after(reason) == aftermath::hang_up) << advice(reason);
  }
}

TEST(EndExplanation, NamesWhoCausedIt) {
  EXPECT_EQ(explain(caused_by::caller), "the caller");
  EXPECT_EQ(explain(caused_by::vendor), "the vendor (ElevenLabs)");
  EXPECT_EQ(explain(caused_by::operators), "an operator");
}

}  // namespace
}  // namespace tonris::model
