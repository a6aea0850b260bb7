#include "actors/call/rehearsal.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tonris::actors {
namespace {

using failure = rehearsal::failure;

TEST(Rehearsal, WaitsForWhatIsToBreak) {
  struct row {
    failure what;
    bool needs_agent, needs_stream;
  };
  const std::vector<row> rows{
      {failure::agent_drop, true, false},   {failure::garbage_frame, true, false}, {failure::agent_crash, true, false},
      {failure::caller_drop, false, true},  {failure::caller_crash, false, true},  {failure::call_crash, false, false},
      {failure::slow_vendor, false, false}, {failure::agent_silent, true, false},
  };
  for (const auto& row : rows)
    for (const bool agent : {false, true})
      for (const bool stream : {false, true})
        EXPECT_EQ(rehearsal::can_break(row.what, agent, stream),
                  (agent || !row.needs_agent) && (stream || !row.needs_stream))
            << to_string(row.what) << agent << stream;
}

}  // namespace
}  // namespace tonris::actors
