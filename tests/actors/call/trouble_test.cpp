#include "actors/call/trouble.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using model::end_reason;

constexpr trouble_watch::time answered{1h};

TEST(TroubleWatch, KnowsOfNoneAtFirst) {
  const auto signs = trouble_watch{}.signs(answered + 9s, {}, answered);
  EXPECT_FALSE(signs.last);
  EXPECT_EQ(signs.unheard, 9s) << "since the stream began";
}

TEST(TroubleWatch, IsOverWhenTheCallerHeardSomethingOrWasHeard) {
  struct row {
    std::string name;
    end_reason why;
    trouble_watch::time heard;
    bool agent_hears, over;
  };
  const std::vector<row> rows{
      {"nothing since", end_reason::agent_lost, answered + 1s, false, false},
      {"heard at that very moment", end_reason::agent_lost, answered + 2s, false, false},
      {"heard since", end_reason::agent_lost, answered + 3s, false, true},
      {"the agent hears him, but he hears nothing", end_reason::agent_lost, answered + 1s, true, false},
      {"he hears, but is not heard", end_reason::agent_not_hearing, answered + 3s, false, false},
      {"he is heard again", end_reason::agent_not_hearing, answered + 1s, true, true},
  };
  for (const auto& row : rows) {
    trouble_watch watch;
    watch.begins(end_reason::slow_agent, answered);
    watch.agent_hears_caller();  // of the trouble before
    watch.begins(row.why, answered + 2s);
    if (row.agent_hears) watch.agent_hears_caller();
    const auto signs = watch.signs(answered + 10s, row.heard, answered);
    EXPECT_EQ(signs.last, row.why) << row.name;
    EXPECT_EQ(signs.over, row.over) << row.name;
    EXPECT_EQ(signs.unheard, answered + 10s - row.heard) << row.name;
  }
}

TEST(OneWayAudio, HealsOnceEach) {
  one_way_audio heals;
  for (const auto why :
       {end_reason::caller_not_hearing, end_reason::agent_not_hearing, end_reason::agent_not_audible}) {
    EXPECT_TRUE(heals.may_heal(why)) << to_string(why);
    EXPECT_FALSE(heals.may_heal(why)) << to_string(why);
  }
}

TEST(OneWayAudio, LeavesOtherReasonsAlone) {
  one_way_audio heals;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(heals.may_heal(end_reason::agent_lost));
}

}  // namespace
}  // namespace tonris::actors
