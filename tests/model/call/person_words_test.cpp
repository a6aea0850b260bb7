#include "model/call/person_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/call/end_reason.hpp"

namespace tonris::model {
namespace {

TEST(PersonWords, SpeakOfThePersonWhomTheBusinessCalled) {
  struct row {
    std::string ours, placed;
  };
  for (const auto& [ours, placed] : std::vector<row>{
           {"", ""},
           {"The caller hung up.", "The person called hung up."},
           {"caused by the caller", "caused by the person called"},
           {"The caller's stream, and the caller's audio", "The called person's stream, and the called person's audio"},
           {"20 frames from the caller, 30 to the caller, none",
            "20 frames from the person called, 30 to the person "
            "called, none"},
           {"Its caller heard nothing", "The person called heard nothing"},
           {"the callers, limits.callerCalls, a caller, another caller",
            "the callers, limits.callerCalls, a caller, "
            "another caller"},
       }) {
    EXPECT_EQ(of_person("inbound", ours), ours);
    EXPECT_EQ(of_person("", ours), ours);
    EXPECT_EQ(of_person("outbound-api", ours), placed);
  }
}

TEST(PersonWords, LeaveNoCallerInTheReasonOfAPlacedCall) {
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto told = of_person("outbound-api", explain(static_cast<end_reason>(i)));
    EXPECT_EQ(told.find("he caller "), std::string::npos) << told;
    EXPECT_EQ(told.find("he caller'"), std::string::npos) << told;
  }
}

}  // namespace
}  // namespace tonris::model
