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

finding unfit(const std::string& tenant, const std::string& what, severity is = severity::note) {
  auto one = found("agent_unfit",
                   {{"agent", "agent_" + tenant}, {"tenant", tenant}, {"what", what}, {"why", "w"}, {"fix", "f"}});
  one.is = is;
  return one;
}

TEST(DoctorReport, SaysOnceWhatSeveralTenantsHave) {
  findings all;
  for (int i = 1; i <= 12; ++i) all.push_back(unfit("t" + std::to_string(i), "takes no data"));
  all.push_back(unfit("t1", "speaks no Dutch"));
  all.push_back(unfit("t2", "takes no data", severity::warning));
  sort(all);
  EXPECT_EQ(as_text(all),
            "warning  elevenlabs      agent agent_t2, tenant t2: takes no data  [agent_unfit]\n"
            "         why  w\n"
            "         fix  f\n"
            "note     elevenlabs      agent …, tenant …: takes no data (12 times: t1 (agent_t1), t2 (agent_t2), "
            "t3 (agent_t3), t4 (agent_t4), t5 (agent_t5), t6 (agent_t6), t7 (agent_t7), t8 (agent_t8), t9 (agent_t9), "
            "t10 (agent_t10), and 2 more)  [agent_unfit]\n"
            "         why  w\n"
            "         fix  f\n"
            "note     elevenlabs      agent agent_t1, tenant t1: speaks no Dutch  [agent_unfit]\n"
            "         why  w\n"
            "         fix  f\n"
            "0 errors, 1 warning, 2 notes\n");
  const auto json = as_json(all);
  for (int i = 1; i <= 12; ++i)
    EXPECT_NE(json.find("tenant t" + std::to_string(i) + ": takes no data\""), std::string::npos) << i;
  EXPECT_NE(json.find(R"("warnings":1,"notes":13})"), std::string::npos) << "a program gets each";
}

TEST(DoctorReport, NamesNobodyInWhatSeveralAreToDo) {
  const auto missing = [](const std::string& tenant, const std::string& number) {
    return found("fallback_url_missing", {{"number", number}, {"tenant", tenant}});
  };
  const auto text = as_text({missing("a", "+15550100001"), missing("b", "+15550100002")});
  EXPECT_NE(text.find("… of tenant … has no fallback address (2 times: a (+15550100001), b (+15550100002))"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("fix  tonrisctl number attach … --yes\n0 errors, 1 warning, 0 notes"), std::string::npos) << text;
  const auto alone = as_text({missing("a", "+15550100001"), found("number_good", {{"number", "1"}, {"tenant", "a"}}),
                              found("number_good", {{"number", "2"}, {"tenant", "b"}})});
  EXPECT_NE(alone.find("fix  tonrisctl number attach a --yes\n"), std::string::npos) << alone;
  EXPECT_NE(alone.find("2 of tenant b leads here\n"), std::string::npos) << alone;
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
