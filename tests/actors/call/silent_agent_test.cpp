/// An agent that suddenly says nothing any more, on a socket that stays good: rehearsed, or for real.
#include <algorithm>
#include <set>
#include <string>

#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

class SilentAgent : public SurvivingCall {
 protected:
  void rehearse(std::uint32_t after_seconds) {
    tenant->rehearsal = model::tenant::rehearsal_type{};
    tenant->rehearsal->what = model::tenant::rehearsal_type::failure::agent_silent;
    tenant->rehearsal->after_seconds = after_seconds;
    tenant->rehearsal->callers = {"+15550100001"};
  }
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
  /// How many pieces of audio the caller was sent.
  std::ptrdiff_t pieces() const {
    return std::count_if(twilio->sent.begin(), twilio->sent.end(),
                         [](const auto& sent) { return sent.find(R"("event":"media")") != std::string::npos; });
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

TEST_F(SilentAgent, IsRehearsedFoundOutAndHeardAgainInANewConversation) {
  rehearse(5);
  talk();
  agent_answers_aloud();
  auto heard = pieces();
  EXPECT_GT(heard, 0);
  seconds(4);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 0);
  seconds(2);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 1);
  agent_answers_aloud();
  seconds(9);
  EXPECT_EQ(pieces(), heard);
  EXPECT_TRUE(agent->open());
  EXPECT_EQ(recorded("state"), "talking") << "its socket is good, and its text comes";
  seconds(2);
  EXPECT_FALSE(agent->open());
  EXPECT_EQ(record()["restarts"].GetInt(), 1);
  EXPECT_EQ(counted(R"(tonris_agent_restarts_total{by="vendor",reason="agent_not_audible"})"), 1);
  agent_comes_back();
  heard = pieces();
  agent_answers_aloud();
  EXPECT_GT(pieces(), heard);
  seconds(60);
  EXPECT_EQ(record()["restarts"].GetInt(), 1) << "once a call";
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="planned"})"), 1);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 1);
}

TEST_F(SilentAgent, StaysSilentWhenTheCallsActorCrashes) {
  rehearse(1);
  talk();
  seconds(2);
  break_pen();
  agent->say(agent_answers("The one it crashes over."));
  seconds(1);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  agent_answers_aloud();
  EXPECT_EQ(pieces(), 0);
  seconds(10);
  EXPECT_EQ(counted(R"(tonris_agent_restarts_total{by="vendor",reason="agent_not_audible"})"), 1);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 1);
}

// --- a caller who does not wait for that

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
