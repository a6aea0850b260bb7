#include "model/call/end_reason.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tonris::model {
namespace {

TEST(EndReason, HasItsOwnNameForEveryValue) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < end_reason_count; ++i) names.emplace(to_string(static_cast<end_reason>(i)));
  EXPECT_EQ(names.size(), end_reason_count);
  EXPECT_EQ(to_string(end_reason::caller_hung_up), "caller_hung_up");
  EXPECT_EQ(to_string(end_reason::agent_audio_unknown), "agent_audio_unknown");
  EXPECT_EQ(to_string(end_reason::internal_error), "internal_error");
}

TEST(EndReason, KnowsWhatACallerOnTheLineGetsAfterIt) {
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto r = static_cast<end_reason>(i);
    const bool ordinary = r == end_reason::caller_hung_up || r == end_reason::agent_ended ||
                          r == end_reason::operator_hung_up || r == end_reason::outbound_not_served;
    const bool limit =
        r == end_reason::max_duration || r == end_reason::unknown_number || r == end_reason::tenant_suspended;
    EXPECT_EQ(after(r), ordinary ? aftermath::hang_up
                        : limit  ? aftermath::sentence
                                 : aftermath::fallback)
        << to_string(r);
    EXPECT_FALSE(default_sentence(r).empty()) << to_string(r);
  }
}

TEST(EndReason, KnowsHowMuchAnOperatorShouldCare) {
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto r = static_cast<end_reason>(i);
    // A caller who gets the fallback has lost his call.
    if (after(r) == aftermath::fallback) {
      EXPECT_NE(gravity_of(r), gravity::ordinary) << to_string(r);
    }
    if (after(r) == aftermath::hang_up) {
      EXPECT_EQ(gravity_of(r), gravity::ordinary) << to_string(r);
    }
  }
  EXPECT_EQ(gravity_of(end_reason::agent_auth_failed), gravity::alarm);
  EXPECT_EQ(gravity_of(end_reason::agent_out_of_credit), gravity::alarm);
  EXPECT_EQ(gravity_of(end_reason::internal_error), gravity::alarm);
  EXPECT_EQ(gravity_of(end_reason::unknown_number), gravity::lost);
  EXPECT_EQ(gravity_of(end_reason::max_duration), gravity::ordinary);
}

TEST(EndReason, KnowsWhoCausedIt) {
  EXPECT_EQ(who(end_reason::caller_hung_up), caused_by::caller);
  EXPECT_EQ(who(end_reason::agent_ended), caused_by::agent);
  EXPECT_EQ(who(end_reason::agent_busy), caused_by::vendor);
  EXPECT_EQ(who(end_reason::stream_lost), caused_by::network);
  EXPECT_EQ(who(end_reason::node_full), caused_by::gateway);
  EXPECT_EQ(to_string(who(end_reason::shutdown)), "operator");
}

}  // namespace
}  // namespace tonris::model
