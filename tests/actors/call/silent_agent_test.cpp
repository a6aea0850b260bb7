/// An agent that suddenly says nothing any more, on a socket that stays good.
#include <set>
#include <string>

#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

class SilentAgent : public SurvivingCall {
 protected:
  /// The caller is on the line and silent, and hears what he is sent.
  void seconds(int count) {
    for (int n = 0; n < 10 * count; ++n) {
      twilio->say(twilio_media(quiet));
      pass(100ms);
      tick();
      twilio_plays();
    }
  }
  void agent_answers_aloud() {
    agent->say(agent_answers("We are open."));
    agent->say(agent_says(loud, ++event_id_));
  }
  void caller_hangs_up() {
    twilio->say(twilio_stop());
    settle();
    EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  }
  bool troubled() { return record().HasMember("troubled"); }

  int event_id_ = 0;

 private:
  /// Each mark comes back once.
  void twilio_plays() {
    const std::string name_is = R"("mark":{"name":")";
    const auto all = twilio->sent;
    for (const auto& sent : all) {
      const auto at = sent.find(name_is);
      if (at == std::string::npos) continue;
      const auto name = sent.substr(at + name_is.size(), sent.find('"', at + name_is.size()) - at - name_is.size());
      if (marks_.insert(name).second) twilio->say(twilio_mark(name));
    }
  }

  const std::string loud = model::to_base64(std::vector<std::uint8_t>(800, 0x00));
  const std::string quiet = model::to_base64(std::vector<std::uint8_t>(160, 0xFF));
  std::set<std::string> marks_;
};

TEST_F(SilentAgent, IsWhatACallerGaveUpOverWhoLeftBeforeItWasFoundOut) {
  talk();
  seconds(2);
  agent->say(agent_answers("We are open."));  // and nothing is heard of it
  seconds(6);
  caller_hangs_up();
  ASSERT_TRUE(troubled());
  const auto all = record();
  EXPECT_STREQ(all["troubled"]["reason"].GetString(), "agent_not_audible");
  EXPECT_DOUBLE_EQ(all["troubled"]["unheardSeconds"].GetDouble(), 8);
  EXPECT_EQ(all["restarts"].GetInt(), 0);
  EXPECT_EQ(counted(R"(tonris_calls_troubled_total{by="vendor",reason="agent_not_audible"})"), 1);
}

TEST_F(SilentAgent, IsNoneWhoseCallerLeavesBeforeItMustHaveSpoken) {
  talk();
  seconds(2);
  agent->say(agent_answers("We are open."));
  seconds(4);
  caller_hangs_up();
  EXPECT_FALSE(troubled());
}

TEST_F(SilentAgent, IsNoneThatWasHeardAtLast) {
  talk();
  seconds(2);
  agent->say(agent_answers("We are open."));
  seconds(6);
  agent_answers_aloud();
  seconds(6);
  caller_hangs_up();
  EXPECT_FALSE(troubled());
}

TEST_F(SilentAgent, IsNoneThatTheCallerInterrupted) {
  talk();
  seconds(2);
  agent->say(agent_answers("We are open."));
  seconds(3);
  agent->say(agent_interrupts(++event_id_));
  seconds(6);
  caller_hangs_up();
  EXPECT_FALSE(troubled());
}

}  // namespace
}  // namespace tonris::actors::test
