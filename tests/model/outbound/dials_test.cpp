#include "model/outbound/dials.hpp"

#include <string>

#include <gtest/gtest.h>

#include "model/outbound/search.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using enum dial_verdict;
using state = dial::state_type;

const dials::time start{std::chrono::hours{1}};
const call_sid first{"CA00000000000000000000000000000001"}, second{"CA00000000000000000000000000000002"};

dial to(const std::string& number, const std::string& ticket, const std::string& id = {},
        const std::string& tenant = "salon-1") {
  dial one;
  one.asked.tenant = {tenant};
  one.asked.from = "+4570999999";
  one.asked.to = number;
  one.asked.id = id;
  one.shown_by = {ticket};
  return one;
}

tenant::outbound_type rules(std::uint32_t per_minute, std::uint32_t per_day) {
  tenant::outbound_type all;
  all.enabled = true;
  all.per_minute = per_minute;
  all.per_day = per_day;
  return all;
}

class Dials : public testing::Test {
 protected:
  dials::begun begin(const dial& one, dials::time now = start, dial_verdict judged = allowed) {
    return all.begin(one, judged, rules(60, 10'000), now);
  }
  dials all;
};

TEST_F(Dials, KnowATicketForOneCallOnly) {
  EXPECT_EQ(begin(to("+4570123456", "t1")).verdict, allowed);
  EXPECT_EQ(all.redeem({"t2"}, first, start), nullptr) << "nobody can make one up";
  ASSERT_NE(all.redeem({"t1"}, first, start), nullptr);
  EXPECT_NE(all.redeem({"t1"}, first, start), nullptr) << "Twilio asks again";
  EXPECT_EQ(all.redeem({"t1"}, second, start), nullptr) << "it is that call's now";
  EXPECT_EQ(begin(to("+4570123457", "t3")).verdict, allowed);
  EXPECT_EQ(all.redeem({"t3"}, first, start), nullptr) << "a call has one ticket";
}

TEST_F(Dials, KeepATicketForTenMinutesAndWhatIsReportedWithItForADay) {
  (void)begin(to("+4570123456", "t1"));
  EXPECT_EQ(all.open(start), 1u);
  EXPECT_EQ(all.redeem({"t1"}, first, start + dials::ticket_life), nullptr);
  EXPECT_EQ(all.open(start + dials::ticket_life), 0u);
  EXPECT_NE(all.report({"t1"}, first, start + 23h), nullptr);
  EXPECT_EQ(all.report({"t1"}, first, start + dials::kept_for), nullptr);
  EXPECT_EQ(all.size(), 0u);
  EXPECT_FALSE(all.is_taken(first));
}

TEST_F(Dials, MakeRoomForOneThatSomebodyHasAnswered) {
  for (std::size_t i = 0; i < dials::most; ++i)
    all.restore(
        [&] {
          auto one = to("+4570123456", "t" + std::to_string(i));
          one.began = start;
          one.over = true;
          one.state = state::placed;
          return one;
        }(),
        start);
  ASSERT_EQ(all.size(), dials::most);
  auto others = to("+4570123457", "theirs");
  others.began = start + 1s;
  all.restore(others, start + 1s);
  EXPECT_EQ(all.size(), dials::most);
  EXPECT_NE(all.redeem({"theirs"}, first, start + 1s), nullptr);
  EXPECT_EQ(all.forgotten(), 1u);
}

TEST(DialsEnded, ServeNobodyWhoWasTakenBackAndNoMachine) {
  auto one = to("+4570123456", "t1");
  using machine_type = tenant::outbound_type::machine_type;
  using twilio::answered_by;
  const auto hears = [&](answered_by who) {
    one.heard = who_answered{who, {}, {}};
    return ended_before(one);
  };
  one.machine = machine_type::hang_up;
  EXPECT_EQ(ended_before(one), std::nullopt);
  EXPECT_EQ(hears(answered_by::human), std::nullopt);
  EXPECT_EQ(hears(answered_by::unknown), std::nullopt);
  EXPECT_EQ(hears(answered_by::machine), end_reason::machine_answered);
  EXPECT_EQ(hears(answered_by::fax), end_reason::machine_answered);
  one.machine = machine_type::go_on;
  EXPECT_EQ(hears(answered_by::machine), std::nullopt);
  one.hung_up = true;
  EXPECT_EQ(ended_before(one), end_reason::operator_hung_up);
}

TEST_F(Dials, CallNobodyTwiceForOneId) {
  EXPECT_EQ(begin(to("+4570123456", "t1", "order-7")).before, nullptr);
  const auto again = begin(to("+4570123456", "t2", "order-7"));
  ASSERT_NE(again.before, nullptr);
  EXPECT_EQ(again.before->shown_by.value, "t1");
  EXPECT_EQ(again.before->state, state::asking);
  EXPECT_FALSE(again.differs);
  EXPECT_NE(begin(to("+4570123456", "t2", "order-7"), start, quiet_hours).before, nullptr)
      << "a call that was placed is found, whatever holds by now";
  EXPECT_TRUE(begin(to("+4570123457", "t2", "order-7")).differs);
  EXPECT_EQ(begin(to("+4570123457", "t2", "order-7", "salon-2")).before, nullptr) << "ids are a tenant's own";
  all.placed({"t1"}, first);
  EXPECT_EQ(begin(to("+4570123456", "t9", "order-7")).before->call, first);
  EXPECT_EQ(all.size(), 2u);
}

TEST_F(Dials, GiveAnIdBackOfWhichNobodyIsCalled) {
  (void)begin(to("+4570123456", "t1", "order-7"));
  all.forget({"t1"});
  EXPECT_EQ(begin(to("+4570123456", "t2", "order-7")).before, nullptr);
  EXPECT_EQ(all.redeem({"t1"}, first, start), nullptr);
}

TEST_F(Dials, KeepAnUnknownOneOpenForItsCall) {
  (void)begin(to("+4570123456", "t1", "order-7"));
  all.is_unknown({"t1"});
  EXPECT_EQ(all.find(ticket{"t1"})->state, state::unknown);
  EXPECT_EQ(begin(to("+4570123456", "t2")).verdict, being_called) << "two of them could not be told apart";
  EXPECT_EQ(begin(to("+4570123457", "t3")).verdict, allowed);
  all.looks_again({"t1"});
  EXPECT_EQ(all.find(ticket{"t1"})->state, state::asking);
  ASSERT_NE(all.report({"t1"}, first, start), nullptr);
  EXPECT_EQ(all.find(ticket{"t1"})->state, state::placed);
  all.is_unknown({"t1"});
  EXPECT_EQ(all.find(ticket{"t1"})->state, state::placed) << "what is known stays known";
  EXPECT_EQ(begin(to("+4570123456", "t4")).verdict, allowed);
}

TEST_F(Dials, BlockANumberNoLongerThanItsTicketIsGood) {
  (void)begin(to("+4570123456", "t1"));
  all.is_unknown({"t1"});
  EXPECT_EQ(begin(to("+4570123456", "t2"), start + dials::ticket_life - 1s).verdict, being_called);
  EXPECT_EQ(begin(to("+4570123456", "t2"), start + dials::ticket_life).verdict, allowed);
}

TEST_F(Dials, CountAttemptsWhateverComesOfThem) {
  const auto few = rules(2, 3);
  const auto attempt = [&](int i, dials::time now) {
    const auto name = std::to_string(i);
    const auto verdict = all.begin(to("+457012345" + name, "t" + name), allowed, few, now).verdict;
    all.forget({"t" + name});
    return verdict;
  };
  EXPECT_EQ(attempt(0, start), allowed);
  EXPECT_EQ(attempt(1, start + 30s), allowed);
  EXPECT_EQ(attempt(2, start + 59s), too_many_a_minute);
  EXPECT_EQ(attempt(3, start + 60s), allowed) << "the first is over a minute old";
  EXPECT_EQ(attempt(4, start + 2h), too_many_a_day);
  EXPECT_EQ(attempt(5, start + 24h), allowed) << "the day began with the first";
  EXPECT_EQ(all.begin(to("+4570123459", "other", "", "salon-2"), allowed, few, start + 24h).verdict, allowed);
}

TEST_F(Dials, CountNoAttemptThatTheSettingsRefuse) {
  const auto few = rules(1, 1);
  EXPECT_EQ(all.begin(to("+4570123456", "t1"), not_allowed, few, start).verdict, not_allowed);
  EXPECT_EQ(all.begin(to("+4570123456", "t1"), allowed, few, start).verdict, allowed);
}

TEST_F(Dials, HaveABoundOfOpenOnesAndOfAll) {
  auto now = start;
  std::size_t made = 0;
  const auto one_more = [&] {
    const auto name = std::to_string(made++);
    return begin(to("+45" + name, "t" + name, "", "tenant" + std::to_string(made % 300)), now).verdict;
  };
  for (std::size_t i = 0; i < dials::most_open; ++i) ASSERT_EQ(one_more(), allowed);
  EXPECT_EQ(one_more(), full);
  while (all.size() < dials::most) {
    now += dials::ticket_life;
    for (std::size_t i = 0; i < dials::most_open; ++i) ASSERT_EQ(one_more(), allowed);
  }
  now += dials::ticket_life;
  EXPECT_EQ(all.forgotten(), 0u);
  EXPECT_EQ(one_more(), allowed);
  EXPECT_EQ(all.size(), dials::most);
  EXPECT_EQ(all.forgotten(), 1u);
  EXPECT_EQ(all.find(ticket{"t0"}), nullptr) << "the oldest";
}

TEST_F(Dials, GoOnInTheNodesNextLife) {
  (void)begin(to("+4570123456", "t1", "order-7"));
  (void)begin(to("+4570123457", "t2", "order-8"), start + 1s);
  all.placed({"t2"}, second);
  dials next;
  const auto now = start + 9min;
  for (const auto* name : {"t1", "t2"}) next.restore(*all.find(ticket{name}), now);
  next.restore(*all.find(ticket{"t2"}), now);
  EXPECT_EQ(next.size(), 2u);
  EXPECT_EQ(next.find(ticket{"t1"})->state, state::unknown) << "nobody waits for Twilio's answer any more";
  EXPECT_EQ(next.begin(to("+4570123456", "t3", "order-7"), allowed, rules(60, 100), now).before->shown_by.value, "t1");
  EXPECT_EQ(next.begin(to("+4570123456", "t3"), allowed, rules(60, 100), now).verdict, being_called);
  EXPECT_EQ(next.find(second)->shown_by.value, "t2");
  EXPECT_NE(next.redeem({"t2"}, second, now), nullptr);
  EXPECT_EQ(next.redeem({"t1"}, first, start + dials::ticket_life), nullptr) << "its ten minutes go on";
  EXPECT_EQ(next.report({"t1"}, first, start + dials::kept_for), nullptr) << "and its day";
  dials late;
  late.restore(*all.find(ticket{"t1"}), start + dials::kept_for);
  EXPECT_EQ(late.size(), 0u);
}

TEST_F(Dials, CountWhatTheFormerLifeHasTried) {
  const auto few = rules(2, 3);
  for (const auto* name : {"1", "2"})
    ASSERT_EQ(all.begin(to(std::string{"+457012345"} + name, std::string{"t"} + name), allowed, few, start).verdict,
              allowed);
  const auto tried = *all.attempts_of({"salon-1"});
  const auto attempt = [&](dials& of, dials::time now) {
    return of.begin(to("+4570123459", "t9"), allowed, few, now).verdict;
  };
  dials next;
  next.restore(tried, start + 30s);
  EXPECT_EQ(attempt(next, start + 30s), too_many_a_minute);
  EXPECT_EQ(attempt(next, start + 60s), allowed);
  next.forget({"t9"});
  EXPECT_EQ(attempt(next, start + 2h), too_many_a_day);
  next.restore(dial_attempts{{"salon-1"}, {}, 0, {}}, start + 2h);
  EXPECT_EQ(attempt(next, start + 2h), too_many_a_day) << "what is counted here already stays";
}

TEST_F(Dials, TellWhichRingAndOfWhichNobodyKnows) {
  const auto names = [&](dials::time now) {
    std::string text;
    for (const auto& one : all.unsettled(now)) text += one.shown_by.value + " ";
    return text;
  };
  (void)begin(to("+4570123456", "t1"));
  EXPECT_EQ(names(start), "") << "Twilio is being asked";
  EXPECT_EQ(all.coming(start), 1u);
  all.is_unknown({"t1"});
  EXPECT_EQ(names(start), "t1 ");
  EXPECT_EQ(names(start + dials::ticket_life), "") << "what comes now is not served";
  EXPECT_EQ(all.coming(start), 0u);
  all.placed({"t1"}, first);
  EXPECT_EQ(names(start + 1h), "t1 ");
  EXPECT_EQ(all.coming(start), 1u);
  EXPECT_EQ(all.coming(start + dials::ticket_life), 0u) << "who answers now is not served";
  ASSERT_NE(all.redeem({"t1"}, first, start), nullptr);
  EXPECT_EQ(names(start), "") << "it is answered";
  (void)begin(to("+4570123457", "t2"));
  all.placed({"t2"}, second);
  all.is_over({"t2"});
  EXPECT_EQ(names(start), "");
  EXPECT_EQ(all.coming(start), 0u);
}

twilio::listed_call listed(const call_sid& sid, std::chrono::seconds after, const std::string& number = "+4570123456",
                           const std::string& direction = "outbound-api") {
  return {sid, number, "+4570999999", direction, std::chrono::sys_seconds{1'000'000s} + after};
}

TEST(SearchForACall, FindsTheOneThatFits) {
  auto wanted = to("+4570123456", "t1");
  wanted.began_at = std::chrono::sys_seconds{1'000'000s};
  const auto nobodys = [](const call_sid&) { return false; };
  EXPECT_EQ(find_placed(wanted, {listed(first, 1s)}, nobodys), first);
  EXPECT_EQ(find_placed(wanted, {listed(first, -5s)}, nobodys), first) << "clocks differ";
  EXPECT_EQ(find_placed(wanted, {listed(first, -6s)}, nobodys), std::nullopt) << "an older one";
  EXPECT_EQ(find_placed(wanted, {listed(first, 1s, "+4570123457")}, nobodys), std::nullopt);
  EXPECT_EQ(find_placed(wanted, {listed(first, 1s, "+4570123456", "inbound")}, nobodys), std::nullopt);
  EXPECT_EQ(find_placed(wanted, {listed(first, 1s), listed(second, 2s)}, nobodys), std::nullopt)
      << "nobody can tell which";
  EXPECT_EQ(
      find_placed(wanted, {listed(first, 1s), listed(second, 2s)}, [](const call_sid& call) { return call == first; }),
      second);
  EXPECT_EQ(find_placed(wanted, {}, nobodys), std::nullopt);
}

TEST(UntakenCall, EndsForTheReasonThatTwilioGives) {
  using twilio::call_status;
  EXPECT_EQ(unanswered_reason(call_status::busy), end_reason::callee_busy);
  EXPECT_EQ(unanswered_reason(call_status::no_answer), end_reason::callee_no_answer);
  EXPECT_EQ(unanswered_reason(call_status::failed), end_reason::callee_unreachable);
  EXPECT_EQ(unanswered_reason(call_status::canceled), end_reason::call_canceled);
  EXPECT_EQ(unanswered_reason(call_status::completed), end_reason::stream_never_came);
  EXPECT_EQ(unanswered_reason(call_status::canceled, true), end_reason::operator_hung_up);
  EXPECT_EQ(unanswered_reason(call_status::completed, true), end_reason::operator_hung_up);
  EXPECT_EQ(unanswered_reason(call_status::busy, true), end_reason::callee_busy) << "that was first";
}

/// What other nodes may learn first of them: until one is over, or another's.
TEST_F(Dials, AreFollowedUntilNothingIsToCome) {
  (void)begin(to("+4570123456", "t1"));
  EXPECT_EQ(all.followed(), std::vector<ticket>{{"t1"}}) << "Twilio is asked for it";
  all.is_unknown({"t1"});
  EXPECT_EQ(all.followed().size(), 1u);
  all.placed({"t1"}, first);
  EXPECT_EQ(all.followed().size(), 1u) << "it rings";
  ASSERT_NE(all.redeem({"t1"}, first, start), nullptr);
  EXPECT_EQ(all.followed().size(), 1u) << "it talks here";
  all.is_over({"t1"});
  EXPECT_TRUE(all.followed().empty());
}

TEST_F(Dials, AreLeftToTheNodeThatServesThem) {
  (void)begin(to("+4570123456", "t1"));
  all.placed({"t1"}, first);
  all.is_elsewhere({"t1"});
  EXPECT_FALSE(is_here(*all.find(ticket{"t1"})));
  EXPECT_TRUE(all.followed().empty());
  EXPECT_TRUE(all.unsettled(start).empty());
  EXPECT_EQ(all.coming(start), 0u) << "no drain waits for it";
  ASSERT_NE(all.redeem({"t1"}, first, start), nullptr) << "should Twilio ask here after all";
  EXPECT_TRUE(is_here(*all.find(ticket{"t1"})));
  all.is_elsewhere({"t1"});
  EXPECT_TRUE(is_here(*all.find(ticket{"t1"}))) << "late news";
}

TEST_F(Dials, AreFoundByTheClientsIdBeforeTheyAreBegun) {
  EXPECT_EQ(all.find_before(to("+4570123456", "t1", "order-7").asked).before, nullptr);
  (void)begin(to("+4570123456", "t1", "order-7"));
  const auto same = all.find_before(to("+4570123456", "t2", "order-7").asked);
  ASSERT_NE(same.before, nullptr);
  EXPECT_FALSE(same.differs);
  EXPECT_TRUE(all.find_before(to("+4570123457", "t2", "order-7").asked).differs);
  EXPECT_EQ(all.find_before(to("+4570123456", "t2").asked).before, nullptr) << "without one";
}

}  // namespace
}  // namespace tonris::model
