#include "actors/call/month_limit.hpp"

#include "tests/actors/call/call_fixture.hpp"
#include "tests/actors/leg/a_frame.hpp"

namespace tonris::actors::test {
namespace {

using model::month_level;
using testing::HasSubstr;

class MonthLimit : public CallTest {
 protected:
  void SetUp() override {
    CallTest::SetUp();
    who_may_come = track_as<admission>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const renew_leases& told) {
                month_levels levels;
                if (level != month_level::fine && !told.calls.empty()) levels.tenants.emplace_back(tenant->id, level);
                return levels;
              },
              [](const release_lease&) {}, [](const call_refused&) {}};
    }));
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    settle();
    supervise(1000);
  }
  /// How many user messages the agent was sent with these words in it.
  std::size_t told(const std::string& words) const {
    std::size_t times = 0;
    for (const auto& text : agent->sent)
      times += text.find("user_message") != std::string::npos && text.find(words) != std::string::npos;
    return times;
  }
  void renew() {
    pass(5s);
    twilio->say(twilio_media("VVVV"));
    settle();
  }

  month_level level = month_level::fine;
};

TEST_F(MonthLimit, TellsTheAgentOnceToComeToAnEnd) {
  talk();
  renew();
  EXPECT_EQ(told("little time is left"), 0u);
  level = month_level::nearly;
  renew();
  renew();
  EXPECT_EQ(told("little time is left"), 1u);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(MonthLimit, ClosesTheCallOnceTheAgentHasSaidGoodbye) {
  talk();
  level = month_level::over;
  renew();
  EXPECT_EQ(told("has to end"), 1u);
  agent->say(agent_answers("Goodbye!"));
  agent->say(agent_says(a_frame));
  tick(31);
  EXPECT_EQ(recorded("state"), "ending");
  pass(20s);
  EXPECT_EQ(recorded("endReason"), "month_used_up");
  EXPECT_THAT(recorded("endDetail"), HasSubstr("after a goodbye"));
}

TEST_F(MonthLimit, WaitsFifteenSecondsForAGoodbyeAndNoLonger) {
  talk();
  level = month_level::over;
  renew();
  for (int n = 0; n < 14; ++n) {
    twilio->say(twilio_media("VVVV"));
    pass(1s);
  }
  EXPECT_EQ(recorded("endReason"), "");
  pass(2s);
  EXPECT_EQ(recorded("endReason"), "month_used_up");
  EXPECT_EQ(agent->close_code, 1000);
}

TEST_F(MonthLimit, TellsOnlyCallsOfThatTenant) {
  talk();
  level = month_level::nearly;
  tenant->id = {"garage"};  // whose month it is
  renew();
  EXPECT_EQ(told("little time is left"), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
