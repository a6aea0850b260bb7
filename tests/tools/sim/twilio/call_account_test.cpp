#include "tools/sim/twilio/call_account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

call_account::line agent(double at, std::string text, bool interrupted = false) {
  return {at, "agent", std::move(text), interrupted};
}
call_account::line caller(double at, std::string text) {
  return {at, "user", std::move(text)};
}

TEST(CallAccount, GivesEachLineTheTimesOfItsOwnSpeech) {
  std::vector lines{agent(1.0, "Good morning. How can I help?"), caller(6.0, "A haircut."), agent(6.5, "When?", true),
                    caller(9.0, "Now.")};
  time_speech(lines, {{true, 1.2, 2.0}, {true, 2.5, 4.0}, {false, 4.5, 5.5}, {true, 6.8, 8.0}, {false, 7.5, 8.6}});
  EXPECT_EQ(lines[0].from, 1.2);
  EXPECT_EQ(lines[0].to, 4.0) << "a pause within a sentence ends it not";
  EXPECT_EQ(lines[1].from, 4.5);
  EXPECT_EQ(lines[1].to, 5.5);
  EXPECT_EQ(lines[2].from, 6.8);
  EXPECT_EQ(lines[2].to, 8.0);
  EXPECT_EQ(lines[3].from, 7.5);
  EXPECT_EQ(lines[3].to, 8.6);
}

TEST(CallAccount, LeavesALineWithoutSpeechItsTimeAlone) {
  std::vector lines{agent(1.0, "Nobody heard this."), agent(5.0, "But this.")};
  time_speech(lines, {{true, 5.1, 6.0}, {false, 7.0, 8.0}});
  EXPECT_FALSE(lines[0].from);
  EXPECT_EQ(lines[1].to, 6.0);
}

TEST(CallAccount, TellsAnInterruptedSentenceAsInterrupted) {
  call_account account;
  account.transcript = {agent(1.0, "Tomorrow we have nine o'clock with...", true), agent(8.0, "Half past eleven.")};
  time_speech(account.transcript, {{true, 1.2, 5.44}, {true, 8.06, 9.9}});
  const auto text = to_text(account);
  EXPECT_THAT(text, HasSubstr("    1.2 -    5.4 s  agent   Tomorrow we have nine o'clock with... "
                              "[interrupted by the caller]\n"));
  EXPECT_THAT(text, HasSubstr("    8.1 -    9.9 s  agent   Half past eleven.\n"));
}

}  // namespace
}  // namespace tonris::sim
