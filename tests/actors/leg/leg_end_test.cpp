#include "actors/leg/leg_end.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::end_reason;
using net::errc;

constexpr std::array every_error{errc::resolve_failed,
                                 errc::connect_refused,
                                 errc::no_descriptors,
                                 errc::connect_timeout,
                                 errc::tls_failed,
                                 errc::certificate_refused,
                                 errc::handshake_refused,
                                 errc::handshake_timeout,
                                 errc::read_timeout,
                                 errc::idle_timeout,
                                 errc::reset,
                                 errc::closed,
                                 errc::protocol_error,
                                 errc::not_text,
                                 errc::bad_utf8,
                                 errc::too_big,
                                 errc::slow_peer,
                                 errc::aborted,
                                 errc::internal,
                                 errc::bad_url,
                                 errc::address_refused};

/// What is no loss of the connection as such.
struct row {
  errc why;
  end_reason of_stream, of_agent;
};
constexpr std::array rows{
    row{errc::protocol_error, end_reason::stream_protocol_error, end_reason::agent_protocol_error},
    row{errc::not_text, end_reason::stream_protocol_error, end_reason::agent_protocol_error},
    row{errc::bad_utf8, end_reason::stream_protocol_error, end_reason::agent_protocol_error},
    row{errc::too_big, end_reason::stream_protocol_error, end_reason::agent_protocol_error},
    row{errc::slow_peer, end_reason::slow_caller, end_reason::slow_agent},
};
row expected_of(errc why) {
  for (const auto& one : rows)
    if (one.why == why) return one;
  return {why, end_reason::stream_lost, end_reason::agent_lost};
}

TEST(LegEnd, IsTheStreamsLossUnlessTwilioBrokeTheRulesOrReadsTooSlowly) {
  for (const auto why : every_error) {
    const auto end = meaning_of_lost_stream({why, 1006, {}});
    EXPECT_EQ(end.how, caller_leg_end::failed);
    EXPECT_EQ(end.reason, expected_of(why).of_stream) << to_string(why);
    EXPECT_EQ(end.detail, to_string(why));
  }
}

TEST(LegEnd, IsTheAgentsLossUnlessItBrokeTheRulesOrReadsTooSlowly) {
  for (const auto why : every_error) {
    if (why == errc::closed) continue;  // the vendor's code says more: model/call/vendor_close
    const auto end = meaning_of_lost_agent({why, 1006, {}}, true, std::nullopt);
    EXPECT_EQ(end.how, agent_leg_end::failed);
    EXPECT_EQ(end.reason, expected_of(why).of_agent) << to_string(why);
    EXPECT_EQ(end.detail, to_string(why));
    EXPECT_EQ(end.close_code, 1006u);
  }
}

TEST(LegEnd, SaysOfAnAgentThatNeverSpokeThatItCannotBeReached) {
  for (const auto why : {errc::reset, errc::idle_timeout, errc::aborted})
    EXPECT_EQ(meaning_of_lost_agent({why, 1006, {}}, false, std::nullopt).reason, end_reason::agent_unreachable);
  const auto end = meaning_of_lost_agent({errc::closed, 1000, {}}, false, std::nullopt);
  EXPECT_EQ(end.how, agent_leg_end::failed);
  EXPECT_EQ(end.reason, end_reason::agent_protocol_error);
}

TEST(LegEnd, BelievesAnErrorFrameMoreThanABrokenConnectionButNotThanBrokenRules) {
  const model::elevenlabs::failure error{1008, "value_error", "not allowed", {}};
  EXPECT_EQ(meaning_of_lost_agent({errc::reset, 1006, {}}, true, error).reason, end_reason::agent_refused);
  EXPECT_EQ(meaning_of_lost_agent({errc::closed, 1000, {}}, true, error).how, agent_leg_end::failed);
  EXPECT_EQ(meaning_of_lost_agent({errc::too_big, 1009, {}}, true, error).reason, end_reason::agent_protocol_error);
}

struct refusal {
  net::error error;
  end_reason reason;
  std::string_view detail_ends_with;
};
TEST(LegEnd, SaysWhyTheAgentsSocketDidNotOpen) {
  const refusal refusals[] = {
      {{errc::connect_timeout, "", 0}, end_reason::agent_timeout, to_string(errc::connect_timeout)},
      {{errc::handshake_timeout, "api.example: TLS", 0}, end_reason::agent_timeout, ": api.example: TLS"},
      {{errc::connect_refused, "", 0}, end_reason::agent_unreachable, to_string(errc::connect_refused)},
      {{errc::handshake_refused, "", 401}, end_reason::agent_auth_failed, to_string(errc::handshake_refused)},
      {{errc::handshake_refused, "", 404}, end_reason::agent_not_found, to_string(errc::handshake_refused)},
  };
  for (const auto& one : refusals) {
    const auto end = meaning_of_no_agent(one.error);
    EXPECT_EQ(end.how, agent_leg_end::failed);
    EXPECT_EQ(end.reason, one.reason) << end.detail;
    EXPECT_TRUE(end.detail.ends_with(one.detail_ends_with)) << end.detail;
    EXPECT_FALSE(end.close_code);
  }
}

TEST(WhyNotAudible, SaysForHowLongTheCallerHasHeardNothing) {
  using time = media_counters::heard_clock::time_point;
  constexpr time now{3600s};
  const auto heard = [&](time at) { return why_not_audible(now, at); };
  EXPECT_EQ(heard(now - 13400ms), "the agent answers, and nothing of it was heard for 13 s");
  EXPECT_EQ(heard(now - 100ms), "the agent answers, and nothing of it was heard for 10 s") << "silence was played";
  EXPECT_EQ(heard({}), "the agent answers, and nothing of it was heard for 10 s") << "never heard";
}

}  // namespace
}  // namespace tonris::actors::test
