#include "tools/sim/twilio/connection_overrides.hpp"

#include <gtest/gtest.h>

namespace tonris::sim {
namespace {

using namespace std::chrono_literals;

TEST(SimConnectionOverrides, AreTwiliosOwnWhereAnAddressSaysNothing) {
  for (const auto* url : {"https://gw/x", "https://gw/x#", "https://gw/x?rc=5"}) {
    const auto how = overrides_of(url);
    EXPECT_EQ(how.retries, 1u) << url;
    EXPECT_TRUE(how.on_connect);
    EXPECT_FALSE(how.on_read || how.on_4xx || how.on_5xx);
    EXPECT_EQ(how.connect, 5s);
    EXPECT_EQ(how.read, 15s);
    EXPECT_EQ(how.total, 15s);
  }
}

TEST(SimConnectionOverrides, AreReadFromTheFragment) {
  std::vector<violation> faults;
  const auto how =
      overrides_of("https://gw/x?a=1#rc=0&rp=rt,5xx&ct=100&rt=4000&tt=9000&sni=y&e=ashburn,dublin", &faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(how.retries, 0u);
  EXPECT_TRUE(how.on_read && how.on_5xx);
  EXPECT_FALSE(how.on_connect || how.on_4xx) << "a list replaces Twilio's own";
  EXPECT_EQ(how.connect, 100ms);
  EXPECT_EQ(how.read, 4s);
  EXPECT_EQ(how.total, 9s);
}

TEST(SimConnectionOverrides, LeaveWhatTwilioDoesNotKnowAsItIs) {
  for (const auto* pair : {"rc=6", "rc=-1", "rc=", "rc", "ct=99", "ct=10001", "rt=15001", "tt=15001", "rp=", "rp=3xx",
                           "sni=maybe", "e=", "timeout=3", "=", "rt=1s"}) {
    std::vector<violation> faults;
    const auto how = overrides_of("https://gw/x#" + std::string{pair}, &faults);
    EXPECT_EQ(faults.size(), 1u) << pair;
    EXPECT_EQ(how.retries, 1u) << pair;
    EXPECT_EQ(how.connect, 5s) << pair;
    EXPECT_EQ(how.read, 15s) << pair;
    EXPECT_EQ(how.total, 15s) << pair;
    EXPECT_TRUE(how.on_connect) << pair;
  }
}

}  // namespace
}  // namespace tonris::sim
