// Somebody sets the machine's clock while calls live: NTP after a bad boot, an operator, a virtual machine that slept.
#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::end_reason;
using model::twilio::call_status;
using what = call_answer::verb;

class ClockStep : public SurvivingCall, public testing::WithParamInterface<std::chrono::seconds> {
 protected:
  void set_clock() { clock_set_by += GetParam(); }
  static model::call_record::time time_of(const rapidjson::Value& in, const char* name) {
    return model::parse_iso_time(in[name].GetString()).value();
  }
};

TEST_P(ClockStep, EndsNoCallAndLengthsAreTrue) {
  talk();
  pass(10s);
  set_clock();
  pass(30s);
  EXPECT_EQ(recorded("state"), "talking");
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  set_clock();
  pass(1s);
  caller_comes_back(what_next());
  pass(19s);
  twilio->say(twilio_stop());
  settle();
  const auto ended = record();
  EXPECT_STREQ(ended["endReason"].GetString(), "caller_hung_up");
  EXPECT_NEAR(ended["durationSeconds"].GetDouble(), 60, 0.5);
  for (const auto* list : {"streams", "conversations"})
    for (const auto& one : ended[list].GetArray())
      EXPECT_LE(time_of(one, "startedAt"), time_of(one, "endedAt")) << list;
  EXPECT_LE(time_of(ended, "startedAt"), time_of(ended, "answeredAt"));
}

TEST_P(ClockStep, VoidsNoTicket) {
  const auto answer = rings();
  set_clock();
  pass(19s);
  EXPECT_EQ(redeem(answer.ticket.value).is, redeemed_ticket::outcome::ok);
}

TEST_P(ClockStep, LeavesTheTenantsMaximumLengthAsItIs) {
  tenant->limits.max_call_seconds = 90;
  talk();
  set_clock();
  pass(88s);
  EXPECT_EQ(recorded("state"), "talking");
  pass(3s);
  EXPECT_EQ(recorded("endReason"), "max_duration");
}

TEST_P(ClockStep, BetweenTwoLivesEndsNoCallThatWaits) {
  talk();
  pass(20s);
  call_waits_in_the_nodes_next_life([this] { set_clock(); });
  set_clock();
  pass(50s);
  EXPECT_EQ(what_next().then, what::stream) << "its minute is not over";
  set_clock();
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  settle();
  const auto ended = record();
  EXPECT_STREQ(ended["endReason"].GetString(), "caller_hung_up");
  EXPECT_GE(ended["durationSeconds"].GetDouble(), 50);
  EXPECT_LE(ended["durationSeconds"].GetDouble(), 20 + 50 + 121);
}

INSTANTIATE_TEST_SUITE_P(Rows, ClockStep, testing::Values(30min, 70s, -2h), [](const auto& row) {
  return (row.param < 0s ? "Back" : "Ahead") + std::to_string(std::abs(row.param.count()));
});

}  // namespace
}  // namespace tonris::actors::test
