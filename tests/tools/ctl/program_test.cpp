#include "tools/ctl/program.hpp"

#include <string>
#include <vector>

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

TEST_F(Tonrisctl, RefusesAWrongCommandLineInOneLine) {
  for (const auto& wrong : std::vector<std::vector<std::string>>{
           {},
           {"what"},
           {"why"},
           {"why", "CA1"},
           {"why", some_call.value + "/../x"},
           {"why", some_call.value, "--port", "1"},
           {"why", some_call.value, "--data-dir", data_dir, "--gateway", "http://127.0.0.1:1"},
           {"calls"},
       })
    EXPECT_EQ(tonrisctl(wrong), cannot) << testing::PrintToString(wrong);
}

TEST_F(Tonrisctl, ExplainsItself) {
  EXPECT_EQ(tonrisctl({"--help"}), found);
  EXPECT_NE(out.str().find("why"), std::string::npos);
  EXPECT_EQ(tonrisctl({"why", "--help"}), found);
  EXPECT_NE(out.str().find("--data-dir"), std::string::npos);
}

}  // namespace
}  // namespace tonris::ctl
