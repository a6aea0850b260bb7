#include "tools/ctl/check_tenants.hpp"

#include <fstream>

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

TEST_F(Tonrisctl, ChecksATenantsFileAndTellsAllThatIsWrongWithIt) {
  const auto file = (directory / "tenants.json").string();
  const auto check = [&](const std::string& json) {
    std::ofstream{file} << json;
    return tonrisctl({"check-tenants", file});
  };
  EXPECT_EQ(check(R"([{"id":"a","name":"A","twilioPhoneNumber":"+15550100002","settings":{"record":true}}])"), found);
  EXPECT_EQ(out.str(), "tenant a: this version does not act on settings.record\n1 tenants, 0 with mistakes\n");
  EXPECT_EQ(check("[{\"id\":\"a\",\n\"name\":\"A\",\n\"twilioPhoneNumber\":\"555\"},\n"
                  R"({"id":"b","name":"B","twilioPhoneNumber":"+15550100003",
                  "settings":{"businessHours":{"timezone":"Mars/Base"}}}])"),
            not_found);
  EXPECT_NE(out.str().find("line 3, tenant a: twilioPhoneNumber must be"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("line 5, tenant b: settings.businessHours.timezone is in no time zone database"),
            std::string::npos);
  EXPECT_NE(out.str().find("2 tenants, 2 with mistakes"), std::string::npos);
  EXPECT_EQ(check("[{"), cannot);
  EXPECT_NE(err.str().find("line 1: is not JSON"), std::string::npos) << err.str();
  EXPECT_EQ(check("{}"), cannot);
  EXPECT_EQ(tonrisctl({"check-tenants", file + ".missing"}), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: " + file + ".missing cannot be read\n");
}

}  // namespace
}  // namespace tonris::ctl
