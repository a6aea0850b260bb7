#include "actors/leg/goodbye.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

struct last_words {
  std::string name;
  std::vector<std::chrono::seconds> audio;  ///< after the goodbye
  std::chrono::seconds until;
};
class GoodbyeAfter : public testing::TestWithParam<last_words> {};

TEST_P(GoodbyeAfter, IsWaitedForUntil) {
  const goodbye::time_point said{1h};
  goodbye subject{said};
  for (const auto at : GetParam().audio) subject.audio(said + at);
  EXPECT_EQ(subject.until() - said, GetParam().until);
}
INSTANTIATE_TEST_SUITE_P(Words, GoodbyeAfter,
                         testing::Values(last_words{"None", {}, 5s}, last_words{"AFew", {1s, 4s}, 9s},
                                         last_words{"Many", {4s, 8s, 112s}, 117s},
                                         last_words{"ALittleTooMany", {4s, 116s}, 120s},
                                         last_words{"WordsWithoutEnd", {4s, 119s, 140s}, 120s}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tonris::actors::test
