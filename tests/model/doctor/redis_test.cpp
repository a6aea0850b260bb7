#include "model/doctor/redis.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;
using namespace std::chrono_literals;

void replace(std::string& text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
}

TEST(RedisOfTheSettings, IsJudgedByWhatItTells) {
  struct row {
    const char* name;
    std::function<void(redis_facts&)> change;
    code_list finds;
  };
  for (const auto& [name, change, finds] : {
           row{"well", [](auto&) {}, {"redis_good"}},
           row{"unusable", [](auto& facts) { facts.failure = "REDIS_URL: WRONGPASS"; }, {"redis_unusable"}},
           row{"lost", [](auto& facts) { facts.has_lost_tenants = true; }, {"redis_has_lost_tenants"}},
           row{"no AOF", [](auto& facts) { replace(facts.info, "aof_enabled:1", "aof_enabled:0"); }, {"redis_no_aof"}},
           row{"snapshot",
               [](auto& facts) { replace(facts.info, "rdb_last_bgsave_status:ok", "rdb_last_bgsave_status:err"); },
               {"redis_writes_fail"}},
           row{"fsync", [](auto& facts) { facts.fsync = "no"; }, {"redis_fsync_no"}},
           row{"full", [](auto& facts) { replace(facts.info, "maxmemory:0", "maxmemory:1000001"); }, {"redis_memory"}},
           row{"room", [](auto& facts) { replace(facts.info, "maxmemory:0", "maxmemory:2000000"); }, {"redis_good"}},
           row{"records",
               [](auto& facts) {
                 replace(facts.info, "maxmemory:0", "maxmemory:2000000");
                 facts.records = 9;
                 facts.record_bytes = 1'000'000;
               },
               {"redis_records"}},
           row{"few records",
               [](auto& facts) {
                 replace(facts.info, "maxmemory:0", "maxmemory:2000000");
                 facts.record_bytes = 999'999;
               },
               {"redis_good"}},
           row{"records and no maxmemory",
               [](auto& facts) {
                 facts.info += "total_system_memory:8000000\r\n";
                 facts.record_bytes = 4'000'000;
               },
               {"redis_records"}},
           row{"replicas",
               [](auto& facts) { replace(facts.info, "connected_slaves:0", "connected_slaves:2"); },
               {"redis_replicas_unheeded"}},
           row{"replicas heeded",
               [](auto& facts) {
                 replace(facts.info, "connected_slaves:0", "connected_slaves:2\r\nmin_slaves_good_slaves:2");
               },
               {"redis_good"}},
           row{"open", [](auto& facts) { facts.has_password = false; }, {"redis_open"}},
           row{"open, but here",
               [](auto& facts) {
                 facts.has_password = facts.is_secure = false;
                 facts.host = "127.0.0.1";
               },
               {"redis_good"}},
           row{"plain", [](auto& facts) { facts.is_secure = false; }, {"redis_plain"}},
           row{"slow", [](auto& facts) { facts.took = 60ms; }, {"redis_slow"}},
           row{"clock", [](auto& facts) { facts.clock_off = -3s; }, {"redis_clock"}},
       }) {
    redis_facts facts;
    facts.host = "redis.internal";
    facts.is_secure = facts.has_password = true;
    facts.info =
        "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nused_memory:1000000\r\nmaxmemory:0\r\n"
        "# Persistence\r\nrdb_last_bgsave_status:ok\r\naof_enabled:1\r\naof_last_bgrewrite_status:ok\r\n"
        "aof_last_write_status:ok\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n";
    change(facts);
    EXPECT_EQ(codes(judge(facts)), finds) << name;
  }
}

}  // namespace
}  // namespace tonris::model::doctor
