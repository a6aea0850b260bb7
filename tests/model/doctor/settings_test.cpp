#include "model/doctor/settings.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;

TEST(SettingsOfTheGateway, AreJudged) {
  struct row {
    std::function<void(settings_facts&)> change;
    code_list finds;
  };
  for (const auto& [change, finds] : {
           row{[](auto&) {}, {"settings_good"}},
           row{[](auto& facts) {
                 facts.mistakes = {"PORT must be", "HOST must be"};
               },
               {"setting_wrong", "setting_wrong"}},
           row{[](auto& facts) { facts.not_acted_on = {"PUBLIC_NODE_URL"}; },
               {"setting_not_acted_on", "settings_good"}},
           row{[](auto& facts) { facts.has_admin_token = false; }, {"admin_token_missing"}},
           row{[](auto& facts) { facts.has_callback_secret = false; }, {"callback_secret_missing"}},
           row{[](auto& facts) { facts.has_secrets_key = false; }, {"secrets_key_missing", "settings_good"}},
           row{[](auto& facts) { facts.open_env_file = ".env"; }, {"env_file_open"}},
           row{[](auto& facts) { facts.tenants_file_failure = "x cannot be read"; }, {"tenants_file_unreadable"}},
           row{[](auto& facts) { facts.tenants_file_mistakes = {"line 3, tenant a: name must be"}; },
               {"tenants_file_mistake"}},
           row{[](auto& facts) { facts.has_time_zones = false; }, {"no_time_zones"}},
           row{[](auto& facts) {
                 facts.tenants = {{"a", "active", {}, ""}, {"b", "suspended", {}, ""}, {"c", "pending", {}, ""}};
               },
               {"tenants_not_active", "settings_good"}},
           row{[](auto& facts) {
                 facts.tenants = {{"a", "active", {"minutesPerMonth", "costPerMonth"}, "agentDrop"}};
               },
               {"limit_is_zero", "limit_is_zero", "failure_rehearsed"}},
       }) {
    settings_facts facts;
    change(facts);
    EXPECT_EQ(codes(judge(facts)), finds);
  }
}

TEST(TenantsThatAreNotActive, AreNamedTheFirstTen) {
  settings_facts facts;
  for (int i = 0; i < 12; ++i) facts.tenants.push_back({"t" + std::to_string(i), "suspended", {}, ""});
  const auto all = judge(facts);
  EXPECT_EQ(
      all[0].what,
      "not active: t0 (suspended), t1 (suspended), t2 (suspended), t3 (suspended), t4 (suspended), t5 (suspended), "
      "t6 (suspended), t7 (suspended), t8 (suspended), t9 (suspended) and 2 more");
}

}  // namespace
}  // namespace tonris::model::doctor
