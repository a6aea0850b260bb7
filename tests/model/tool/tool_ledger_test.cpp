#include "model/tool/tool_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using enum tool_ledger::reception;

const tool_ledger::time start{std::chrono::hours{1000}};

tool_request call(const std::string& id, const std::string& parameters = R"({"text":"x"})") {
  return {id, "note", parameters, true, false};
}
tool_request announcement(const std::string& id) {
  return {id, "note", "{}", true, true};
}

TEST(ToolLedger, RunsAnIdOnceAndAnswersItOnce) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(call("a"), start), run);
  EXPECT_EQ(ledger.receive(call("a"), start), known);
  EXPECT_EQ(ledger.receive(announcement("a"), start), known);
  EXPECT_TRUE(ledger.answer("a"));
  EXPECT_FALSE(ledger.answer("a"));
  EXPECT_EQ(ledger.receive(call("a"), start + 1s), known) << "also after its answer";
  EXPECT_FALSE(ledger.answer("a"));
  EXPECT_FALSE(ledger.answer("b"));
}

TEST(ToolLedger, RunsAnAnnouncedOneWithTheParametersOfItsCall) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(announcement("a"), start), wait);
  EXPECT_EQ(ledger.receive(announcement("a"), start), known);
  EXPECT_EQ(ledger.next(), start + tool_ledger::announced_for);
  EXPECT_EQ(ledger.receive(call("a"), start + 100ms), run);
  EXPECT_THAT(ledger.ripe(start + 1s), testing::IsEmpty());
  EXPECT_EQ(ledger.next(), start + 100ms + tool_ledger::patience);
  EXPECT_TRUE(ledger.answer("a"));
  EXPECT_EQ(ledger.next(), std::nullopt);
}

TEST(ToolLedger, RunsAnAnnouncedOneAsItIsWhenNoCallFollows) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(announcement("a"), start), wait);
  EXPECT_THAT(ledger.ripe(start + 299ms), testing::IsEmpty());
  EXPECT_THAT(ledger.give_up(start + 299ms), testing::IsEmpty());
  EXPECT_THAT(ledger.ripe(start + 300ms), testing::ElementsAre(announcement("a")));
  EXPECT_THAT(ledger.ripe(start + 400ms), testing::IsEmpty());
  EXPECT_EQ(ledger.receive(call("a"), start + 400ms), known) << "too late: it runs already";
  EXPECT_TRUE(ledger.answer("a"));
}

TEST(ToolLedger, GivesUpOnceWhatIsNotAnsweredInTime) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(call("a"), start), run);
  EXPECT_EQ(ledger.receive(call("b"), start + 1s), run);
  EXPECT_THAT(ledger.give_up(start + tool_ledger::patience - 1ms), testing::IsEmpty());
  const auto late = ledger.give_up(start + tool_ledger::patience);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].id, "a");
  EXPECT_EQ(late[0].name, "note");
  EXPECT_FALSE(ledger.answer("a")) << "nobody's any more";
  EXPECT_THAT(ledger.give_up(start + tool_ledger::patience), testing::IsEmpty());
  EXPECT_TRUE(ledger.answer("b"));
}

TEST(ToolLedger, WaitsLongerForWhatTakesLonger) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(call("a"), start), run);
  EXPECT_TRUE(ledger.extend("a", start + 60s));
  EXPECT_FALSE(ledger.extend("b", start + 60s));
  EXPECT_THAT(ledger.give_up(start + 59s), testing::IsEmpty());
  EXPECT_EQ(ledger.give_up(start + 60s).size(), 1U);
}

TEST(ToolLedger, AnswersNobodyWhoDoesNotWait) {
  tool_ledger ledger;
  auto silent = call("a");
  silent.wants_answer = false;
  EXPECT_EQ(ledger.receive(silent, start), run);
  EXPECT_EQ(ledger.receive(silent, start), known);
  EXPECT_FALSE(ledger.answer("a"));
  silent.id = "b";
  EXPECT_EQ(ledger.receive(announcement("b"), start), wait);
  EXPECT_EQ(ledger.receive(silent, start), run);
  EXPECT_FALSE(ledger.answer("b"));
  EXPECT_THAT(ledger.ripe(start + 1s), testing::IsEmpty());
}

TEST(ToolLedger, IsBounded) {
  tool_ledger ledger;
  for (std::size_t i = 0; i < tool_ledger::most_open; ++i)
    EXPECT_EQ(ledger.receive(call(std::to_string(i)), start), run);
  EXPECT_EQ(ledger.receive(call("more"), start), full);
  EXPECT_EQ(ledger.receive(announcement("more2"), start), full);
  EXPECT_EQ(ledger.receive(call("more"), start), known) << "it has been answered";
  EXPECT_TRUE(ledger.answer("0"));
  EXPECT_EQ(ledger.receive(call("next"), start), run);
  EXPECT_EQ(ledger.open(), tool_ledger::most_open);
}

TEST(ToolLedger, KnowsAnOpenIdAfterManyOthers) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(call("a"), start), run);
  for (std::size_t i = 0; i <= answered_calls::remembered; ++i) {
    EXPECT_EQ(ledger.receive(call(std::to_string(i)), start), run);
    EXPECT_TRUE(ledger.answer(std::to_string(i)));
  }
  EXPECT_EQ(ledger.receive(call("a"), start), known);
  EXPECT_EQ(ledger.open(), 1U);
}

TEST(ToolLedger, HasNothingToDoForOneWithoutAnId) {
  tool_ledger ledger;
  EXPECT_EQ(ledger.receive(call(""), start), nameless);
  EXPECT_EQ(ledger.receive(announcement(""), start), nameless);
  EXPECT_EQ(ledger.open(), 0U);
}

}  // namespace
}  // namespace tonris::model
