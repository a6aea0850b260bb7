#include "actors/call/waiting_callers.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

refuse_call asks(const std::string& call) {
  refuse_call as;
  as.request.call = {call};
  as.reason = model::end_reason::caller_gave_up;
  return as;
}

TEST(WaitingCallers, AreRememberedFromTheirFirstQuestion) {
  waiting_callers line;
  const waiting_callers::time start{};
  EXPECT_TRUE(line.ask(asks("CA1"), {}, start));
  EXPECT_TRUE(line.ask(asks("CA1"), {}, start + 11s));
  ASSERT_NE(line.find({"CA1"}), nullptr);
  EXPECT_EQ(line.find({"CA2"}), nullptr);
  const auto gone = line.take({"CA1"});
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->began, start);
  EXPECT_EQ(gone->asked, start + 11s);
  EXPECT_FALSE(line.take({"CA1"})) << "once";
}

TEST(WaitingCallers, AreSilentWhoDoNotAskAgain) {
  waiting_callers line;
  const waiting_callers::time start{};
  ASSERT_TRUE(line.ask(asks("CA1"), {}, start));
  ASSERT_TRUE(line.ask(asks("CA2"), {}, start));
  ASSERT_TRUE(line.ask(asks("CA2"), {}, start + 11s));
  EXPECT_THAT(line.silent(start + 1s, start + 12s), testing::ElementsAre(model::call_sid{"CA1"}));
  EXPECT_THAT(line.silent(start + 12s, start + 13s), testing::ElementsAre(model::call_sid{"CA2"})) << "each once";
  EXPECT_EQ(line.size(), 2u) << "until it is known what became of them";
}

TEST(WaitingCallers, AreBounded) {
  waiting_callers line;
  const waiting_callers::time now{};
  for (std::size_t n = 0; n < waiting_callers::most; ++n)
    ASSERT_TRUE(line.ask(asks("CA" + std::to_string(n)), {}, now));
  EXPECT_FALSE(line.ask(asks("one more"), {}, now));
  EXPECT_TRUE(line.ask(asks("CA0"), {}, now)) << "who is known asks again";
  EXPECT_EQ(line.size(), waiting_callers::most);
}

}  // namespace
}  // namespace tonris::actors::test
