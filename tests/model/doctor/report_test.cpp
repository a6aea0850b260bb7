#include "model/doctor/report.hpp"

#include <gtest/gtest.h>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

findings some() {
  return {found("settings_good"),       found("redis_no_aof"),
          found("secrets_key_missing"), found("slash_added"),
          found("admin_token_missing"), found("setting_wrong", {{"line", "PORT must be a number"}})};
}

TEST(DoctorReport, TellsTheGravestFirst) {
  auto all = some();
  sort(all);
  EXPECT_EQ(test::codes(all), (test::code_list{"setting_wrong", "slash_added", "admin_token_missing", "redis_no_aof",
                                               "secrets_key_missing", "settings_good"}));
  EXPECT_EQ(as_text({all[0], all[3], all[5]}),
            "error    settings        PORT must be a number  [setting_wrong]\n"
            "         why  the gateway does not start with it\n"
            "         fix  docs/configuration.md says what it must be\n"
            "warning  redis           appendonly is off  [redis_no_aof]\n"
            "         why  a restart loses tenants and keys that were changed since the last snapshot\n"
            "         fix  CONFIG SET appendonly yes, and the same in redis.conf\n"
            "ok       settings        all settings are what they must be\n"
            "1 error, 1 warning, 0 notes\n");
}

TEST(DoctorReport, IsJsonForPrograms) {
  EXPECT_EQ(
      as_json({found("redis_no_aof"), found("settings_good")}),
      R"({"findings":[{"severity":"warning","area":"redis","code":"redis_no_aof","what":"appendonly is off",)"
      R"("why":"a restart loses tenants and keys that were changed since the last snapshot",)"
      R"("fix":"CONFIG SET appendonly yes, and the same in redis.conf"},)"
      R"({"severity":"ok","area":"settings","code":"settings_good","what":"all settings are what they must be"}],)"
      R"("errors":0,"warnings":1,"notes":0})"
      "\n");
}

TEST(DoctorReport, EndsByTheWorst) {
  EXPECT_EQ(exit_status({}), 0);
  EXPECT_EQ(exit_status({found("settings_good"), found("secrets_key_missing")}), 0);
  EXPECT_EQ(exit_status({found("redis_no_aof"), found("secrets_key_missing")}), 1);
  EXPECT_EQ(exit_status(some()), 2);
  EXPECT_EQ(exit_status({not_looked_at(area::twilio, "the account", "no time")}), 1);
}

}  // namespace
}  // namespace tonris::model::doctor
