#include "model/elevenlabs/interruptions.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::model {
namespace {

/// Audio and interruptions in the order they come: "3" is audio of id 3, "!3" an interruption by that id.
struct course {
  std::string name;
  std::vector<std::string> comes;
  std::vector<std::int64_t> played;
};
class Interruptions : public testing::TestWithParam<course> {};

TEST_P(Interruptions, LeaveWhatIsStillToBeHeard) {
  interruptions filter;
  std::vector<std::int64_t> played;
  for (const auto& what : GetParam().comes) {
    if (what[0] == '!')
      filter.interrupted(std::stoll(what.substr(1)));
    else if (filter.admits(std::stoll(what)))
      played.push_back(std::stoll(what));
  }
  EXPECT_EQ(played, GetParam().played);
}
INSTANTIATE_TEST_SUITE_P(
    Courses, Interruptions,
    testing::Values(course{"None", {"0", "0", "1", "1"}, {0, 0, 1, 1}},
                    course{"StragglersOfTheCutTurn", {"3", "!3", "3", "3", "4"}, {3, 4}},
                    course{"StragglersOfAnEarlierTurn", {"2", "3", "!3", "2", "3", "4"}, {2, 3, 4}},
                    course{"TheNextTurnsOwnId", {"3", "!4", "3", "4", "4", "5"}, {3, 4, 4, 5}},
                    course{"BeforeAnyAudio", {"!1", "0", "1", "1"}, {1, 1}},
                    course{"OfIdZero", {"!0", "0", "!0", "0", "1"}, {0, 1}},
                    course{"TwiceByOneIdAroundItsTurn", {"!4", "4", "!4", "4", "5"}, {4, 5}},
                    course{"AnEarlierOneAfterALater", {"!5", "!2", "4", "5"}, {5}},
                    course{"AnEarlierOneAfterACut", {"5", "!5", "!2", "5", "6"}, {5, 6}},
                    course{"ALaterOneAfterACut", {"5", "!5", "!7", "5", "6", "7"}, {5, 7}},
                    course{"ATurnBetweenTwoOthers", {"3", "4", "!3", "3", "4"}, {3, 4, 4}},
                    course{"IdsThatCountChunks",
                           {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "!11", "10", "11", "12", "13"},
                           {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tonris::model
