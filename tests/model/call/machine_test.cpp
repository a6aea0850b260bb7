#include "model/call/machine.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using s = call_state;
using e = call_event;
using a = call_action;

struct row {
  s in;
  e what;
  call_step out;
};

// The decisions of docs/architecture.md#the-life-of-a-call and docs/failures.md, written down a second time and
// independently of the table.
constexpr row decided[] = {
    {s::ringing, e::stream_started, {s::connecting, a::open_agent}},
    {s::ringing, e::agent_ready, {s::ringing, a::nothing}},
    {s::ringing, e::agent_waiting, {s::ringing, a::nothing}},
    {s::ringing, e::agent_admitted, {s::ringing, a::nothing}},
    {s::ringing, e::agent_lost, {s::ringing, a::retry_agent}},
    {s::ringing, e::agent_ended, {s::ending, a::nothing}},
    {s::ringing, e::agent_failed, {s::ending, a::nothing}},
    {s::ringing, e::caller_hung_up, {s::ending, a::close_both}},
    {s::ringing, e::stream_dropped, {s::ringing, a::nothing}},
    {s::ringing, e::stream_failed, {s::ending, a::close_both}},
    {s::ringing, e::played_out, {s::ringing, a::nothing}},
    {s::ringing, e::end_requested, {s::ending, a::close_both}},
    {s::ringing, e::legs_closed, {s::ringing, a::nothing}},

    {s::connecting, e::stream_started, {s::connecting, a::nothing}},
    {s::connecting, e::agent_ready, {s::talking, a::go_live}},
    {s::connecting, e::agent_waiting, {s::connecting, a::nothing}},
    {s::connecting, e::agent_admitted, {s::connecting, a::nothing}},
    {s::connecting, e::agent_lost, {s::connecting, a::retry_agent}},
    {s::connecting, e::agent_ended, {s::ending, a::close_stream}},
    {s::connecting, e::agent_failed, {s::ending, a::close_stream}},
    {s::connecting, e::caller_hung_up, {s::ending, a::close_both}},
    {s::connecting, e::stream_dropped, {s::stranded, a::await_caller}},
    {s::connecting, e::stream_failed, {s::ending, a::close_both}},
    {s::connecting, e::played_out, {s::connecting, a::nothing}},
    {s::connecting, e::end_requested, {s::ending, a::close_both}},
    {s::connecting, e::legs_closed, {s::ending, a::nothing}},

    {s::talking, e::stream_started, {s::talking, a::nothing}},
    {s::talking, e::agent_ready, {s::talking, a::nothing}},
    {s::talking, e::agent_waiting, {s::holding, a::nothing}},
    {s::talking, e::agent_admitted, {s::talking, a::nothing}},
    {s::talking, e::agent_lost, {s::holding, a::retry_agent}},
    {s::talking, e::agent_ended, {s::ending, a::play_out}},
    {s::talking, e::agent_failed, {s::ending, a::close_stream}},
    {s::talking, e::caller_hung_up, {s::ending, a::close_both}},
    {s::talking, e::stream_dropped, {s::stranded, a::await_caller}},
    {s::talking, e::stream_failed, {s::ending, a::close_both}},
    {s::talking, e::played_out, {s::talking, a::nothing}},
    {s::talking, e::end_requested, {s::ending, a::close_both}},
    {s::talking, e::legs_closed, {s::ending, a::nothing}},

    {s::holding, e::stream_started, {s::holding, a::nothing}},
    {s::holding, e::agent_ready, {s::talking, a::go_live}},
    {s::holding, e::agent_waiting, {s::holding, a::nothing}},
    {s::holding, e::agent_admitted, {s::talking, a::nothing}},
    {s::holding, e::agent_lost, {s::holding, a::retry_agent}},
    {s::holding, e::agent_ended, {s::ending, a::play_out}},
    {s::holding, e::agent_failed, {s::ending, a::close_stream}},
    {s::holding, e::caller_hung_up, {s::ending, a::close_both}},
    {s::holding, e::stream_dropped, {s::stranded, a::await_caller}},
    {s::holding, e::stream_failed, {s::ending, a::close_both}},
    {s::holding, e::played_out, {s::holding, a::nothing}},
    {s::holding, e::end_requested, {s::ending, a::close_both}},
    {s::holding, e::legs_closed, {s::ending, a::nothing}},

    {s::stranded, e::stream_started, {s::connecting, a::rejoin}},
    {s::stranded, e::agent_ready, {s::stranded, a::nothing}},
    {s::stranded, e::agent_waiting, {s::stranded, a::nothing}},
    {s::stranded, e::agent_admitted, {s::stranded, a::nothing}},
    {s::stranded, e::agent_lost, {s::stranded, a::nothing}},
    {s::stranded, e::agent_ended, {s::ending, a::close_stream}},
    {s::stranded, e::agent_failed, {s::ending, a::close_stream}},
    {s::stranded, e::caller_hung_up, {s::ending, a::close_both}},
    {s::stranded, e::stream_dropped, {s::stranded, a::nothing}},
    {s::stranded, e::stream_failed, {s::ending, a::close_both}},
    {s::stranded, e::played_out, {s::stranded, a::nothing}},
    {s::stranded, e::end_requested, {s::ending, a::close_both}},
    {s::stranded, e::legs_closed, {s::stranded, a::nothing}},

    {s::ending, e::stream_started, {s::ending, a::close_stream}},
    {s::ending, e::agent_ready, {s::ending, a::close_agent}},
    {s::ending, e::agent_waiting, {s::ending, a::nothing}},
    {s::ending, e::agent_admitted, {s::ending, a::nothing}},
    {s::ending, e::agent_lost, {s::ending, a::nothing}},
    {s::ending, e::agent_ended, {s::ending, a::nothing}},
    {s::ending, e::agent_failed, {s::ending, a::nothing}},
    {s::ending, e::caller_hung_up, {s::ending, a::close_both}},
    {s::ending, e::stream_dropped, {s::ending, a::nothing}},
    {s::ending, e::stream_failed, {s::ending, a::close_both}},
    {s::ending, e::played_out, {s::ending, a::close_stream}},
    {s::ending, e::end_requested, {s::ending, a::close_both}},
    {s::ending, e::legs_closed, {s::ended, a::finish}},

    {s::ended, e::stream_started, {s::ended, a::nothing}},
    {s::ended, e::agent_ready, {s::ended, a::nothing}},
    {s::ended, e::agent_waiting, {s::ended, a::nothing}},
    {s::ended, e::agent_admitted, {s::ended, a::nothing}},
    {s::ended, e::agent_lost, {s::ended, a::nothing}},
    {s::ended, e::agent_ended, {s::ended, a::nothing}},
    {s::ended, e::agent_failed, {s::ended, a::nothing}},
    {s::ended, e::caller_hung_up, {s::ended, a::nothing}},
    {s::ended, e::stream_dropped, {s::ended, a::nothing}},
    {s::ended, e::stream_failed, {s::ended, a::nothing}},
    {s::ended, e::played_out, {s::ended, a::nothing}},
    {s::ended, e::end_requested, {s::ended, a::nothing}},
    {s::ended, e::legs_closed, {s::ended, a::nothing}},
};

TEST(CallMachine, DecidesEveryPairOfStateAndEvent) {
  EXPECT_EQ(std::size(decided), call_state_count * call_event_count);
  for (const auto& r : decided)
    EXPECT_EQ(step(r.in, r.what), r.out) << to_string(r.in) << " + " << to_string(r.what) << " gave "
                                         << to_string(step(r.in, r.what).next) << ", "
                                         << to_string(step(r.in, r.what).action);
}

TEST(CallMachine, NeverLeavesTheEndAndNeverGoesBackFromEnding) {
  for (std::size_t i = 0; i < call_event_count; ++i) {
    EXPECT_EQ(step(s::ended, static_cast<e>(i)).next, s::ended);
    EXPECT_GE(step(s::ending, static_cast<e>(i)).next, s::ending);
  }
}

TEST(CallMachine, FinishesExactlyOnceOnEveryWayOfTenThousand) {
  std::uint32_t seed = 1;
  for (int walk = 0; walk < 10'000; ++walk) {
    s at = s::ringing;
    int finishes = 0;
    for (int i = 0; i < 40; ++i) {
      seed = seed * 1664525 + 1013904223;
      const auto next = step(at, static_cast<e>((seed >> 16) % call_event_count));
      finishes += next.action == a::finish;
      EXPECT_EQ(next.action == a::finish, at != s::ended && next.next == s::ended);
      at = next.next;
    }
    EXPECT_EQ(finishes, at == s::ended ? 1 : 0);
  }
}

TEST(CallMachine, GoesTheWayOfAnOrdinaryCall) {
  s at = s::ringing;
  const auto follow = [&](e what) {
    const auto next = step(at, what);
    at = next.next;
    return next.action;
  };
  EXPECT_EQ(follow(e::stream_started), a::open_agent);
  EXPECT_EQ(follow(e::agent_ready), a::go_live);
  EXPECT_EQ(follow(e::agent_ended), a::play_out);
  EXPECT_EQ(follow(e::played_out), a::close_stream);
  EXPECT_EQ(follow(e::legs_closed), a::finish);
  EXPECT_EQ(at, s::ended);
}

TEST(CallMachine, BringsACallerBackWhoseStreamDropped) {
  s at = s::talking;
  const auto follow = [&](e what) {
    const auto next = step(at, what);
    at = next.next;
    return next.action;
  };
  EXPECT_EQ(follow(e::stream_dropped), a::await_caller);
  EXPECT_EQ(follow(e::agent_lost), a::nothing) << "an agent is sought again when the caller is back";
  EXPECT_EQ(follow(e::stream_started), a::rejoin);
  EXPECT_EQ(follow(e::agent_ready), a::go_live);
  EXPECT_EQ(follow(e::agent_lost), a::retry_agent);
  EXPECT_EQ(at, s::holding);
  EXPECT_EQ(follow(e::agent_ready), a::go_live);
  EXPECT_EQ(at, s::talking);
}

TEST(CallMachine, NamesEveryStateEventAndAction) {
  for (std::size_t i = 0; i < call_state_count; ++i) EXPECT_FALSE(to_string(static_cast<s>(i)).empty());
  for (std::size_t i = 0; i < call_event_count; ++i) EXPECT_FALSE(to_string(static_cast<e>(i)).empty());
}

}  // namespace
}  // namespace tonris::model
