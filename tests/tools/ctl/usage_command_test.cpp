#include "tools/ctl/usage_command.hpp"

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

TEST_F(Tonrisctl, TellsWhatCallsUsed) {
  usage = R"({"items":[{"tenantId":"salon-1","day":"2026-11-22","calls":3,"minutes":1.03,"seconds":62,"cost":0.208501,)"
          R"("refused":1,"outcomes":{}},{"tenantId":"zoë","day":"2026-11-23","calls":1200,"minutes":0,"seconds":0,)"
          R"("cost":0,"unconverted":2,"refused":0,"outcomes":{}}],"total":{"calls":1203,"minutes":1.03,"seconds":62,)"
          R"("cost":0.208501,"unconverted":2,"refused":1,"outcomes":{}}})";
  serve(200, "[]");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--by", "tenant,day", "--from", "2026-11-22", "--to",
                       "2026-11-23", "--zone", "Europe/Oslo"}),
            found)
      << err.str();
  EXPECT_EQ(asked_for_usage, "/api/usage?by=tenant%2Cday&from=2026-11-22&to=2026-11-23&zone=Europe%2FOslo");
  EXPECT_EQ(out.str(),
            "TENANT   DAY         CALLS  MINUTES  COST (USD)  REFUSED\n"
            "salon-1  2026-11-22      3     1.03    0.208501        1\n"
            "zoë      2026-11-23   1200        0           0        0\n"
            "all                   1203     1.03    0.208501        1\n"
            "Of 2 calls a part is not in COST: it is billed in a currency that RATES_FILE has no exchange rate for.\n");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--json"}), found);
  EXPECT_EQ(out.str(), usage + "\n");
  usage = "[]";
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file}), cannot);
}

TEST_F(Tonrisctl, SaysWhichVariantIsBetter) {
  usage = R"({"a":{},"b":{},"pValue":1,"says":"not enough yet: about 230 more calls"})";
  serve(200, "[]");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--tenant", "salon-1", "--compare", "old,new", "--outcome",
                       "completed"}),
            found)
      << err.str();
  EXPECT_EQ(asked_for_usage, "/api/usage/variants?tenant=salon-1&a=old&b=new&outcome=completed");
  EXPECT_EQ(out.str(), "not enough yet: about 230 more calls\n");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--tenant", "salon-1", "--compare", "old"}), cannot);
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--compare", "old,new"}), cannot) << "whose?";
}

}  // namespace
}  // namespace tonris::ctl
