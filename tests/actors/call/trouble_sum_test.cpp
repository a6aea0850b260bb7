#include "actors/call/trouble_sum.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::end_reason;
using testing::HasSubstr;
using testing::Not;

constexpr trouble_sum::clock::time_point noon{12h};

TEST(TroubleSum, IsOneLineAMinuteAndReason) {
  trouble_sum sum;
  captured_log log;
  sum.tick(noon);
  for (int i = 0; i < 143; ++i) sum.count(end_reason::agent_unreachable);
  for (int i = 0; i < 2; ++i) sum.count(end_reason::agent_auth_failed);
  sum.tick(noon + 59s);
  sum.tick(noon + 60s);
  sum.tick(noon + 61s);
  sum.tick(noon + 120s);
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("[WARN]: ElevenLabs unreachable: 143 calls in 60 s (agent_unreachable)\n"));
  EXPECT_THAT(text, HasSubstr("[ERROR]: ElevenLabs refuses the API key: 2 calls in 60 s (agent_auth_failed)\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

TEST(TroubleSum, CountsACallOnceAMinuteHoweverOftenItFails) {
  trouble_sum sum;
  captured_log log;
  sum.tick(noon);
  std::uint64_t first = 0, second = 0;
  for (int i = 0; i < 5; ++i) sum.count(end_reason::agent_lost, first);
  sum.count(end_reason::agent_lost, second);
  sum.tick(noon + 60s);
  sum.count(end_reason::agent_lost, first);  // in the next minute again
  sum.count(end_reason::agent_lost, second);
  sum.count(end_reason::slow_agent, second);
  sum.tick(noon + 120s);
  const auto text = log.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_THAT(text, HasSubstr("2 calls in 60 s (agent_lost)"));
  EXPECT_THAT(text, Not(HasSubstr("slow_agent")));
}

TEST(TroubleSum, LeavesASingleCallToItsOwnLine) {
  trouble_sum sum;
  captured_log log;
  sum.tick(noon);
  sum.count(end_reason::agent_unreachable);
  sum.tick(noon + 60s);
  EXPECT_EQ(log.text(), "");
}

}  // namespace
}  // namespace tonris::actors::test
