#include "model/call/trouble.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using reason = end_reason;

struct row {
  std::string name;
  end_reason end;
  trouble_signs signs;
  std::optional<end_reason> troubled;
};
class CallTrouble : public testing::TestWithParam<row> {};
TEST_P(CallTrouble, IsSeenThroughAnOrdinaryEnd) {
  const auto& [name, end, signs, troubled] = GetParam();
  const auto found = trouble_of(end, signs);
  ASSERT_EQ(found.has_value(), troubled.has_value());
  if (!found) return;
  EXPECT_EQ(found->reason, *troubled);
  EXPECT_EQ(found->unheard, signs.unheard);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, CallTrouble,
    testing::Values(
        row{"NothingWasWrong", reason::caller_hung_up, {{}, false, 2s}, {}},
        row{"BlackHole", reason::caller_hung_up, {reason::slow_agent, false, 42s}, reason::slow_agent},
        row{"AStreamThatDidNotComeBack", reason::caller_hung_up, {reason::stream_lost, false, 3s}, reason::stream_lost},
        row{"HeGoesAsItBreaks", reason::caller_hung_up, {reason::stream_lost, false, 2999ms}, {}},
        row{"Healed", reason::caller_hung_up, {reason::agent_lost, true, 5s}, {}},
        row{"HealedAndThenSilent", reason::caller_hung_up, {reason::agent_lost, true, 30s}, reason::agent_not_audible},
        row{"Deaf", reason::caller_hung_up, {reason::agent_not_hearing, false, 0s}, reason::agent_not_hearing},
        row{"DeafNoMore", reason::caller_hung_up, {reason::agent_not_hearing, true, 5s}, {}},
        row{"SilenceWithoutACause", reason::caller_hung_up, {{}, false, 30s}, reason::agent_not_audible},
        row{"AThoughtfulCaller", reason::caller_hung_up, {{}, false, 29s}, {}},
        row{"AnOperatorHelps", reason::operator_hung_up, {reason::slow_agent, false, 9s}, reason::slow_agent},
        row{"UntilTheTimeIsUp", reason::max_duration, {reason::slow_agent, false, 9s}, reason::slow_agent},
        row{"TheAgentSaidGoodbye", reason::agent_ended, {reason::agent_lost, false, 60s}, {}},
        row{"AnEndThatSaysItItself", reason::agent_lost, {reason::agent_lost, false, 60s}, {}}),
    [](const auto& of) { return of.param.name; });

}  // namespace
}  // namespace tonris::model
