#include "model/doctor/machine.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;
using namespace std::chrono_literals;

TEST(Machine, IsJudgedByWhatItHas) {
  struct row {
    const char* name;
    std::function<void(machine_facts&)> change;
    code_list finds;
  };
  for (const auto& [name, change, finds] : {
           row{"well", [](auto&) {}, {"machine_good"}},
           row{"no directory",
               [](auto& facts) { facts.data_dir_failure = "Permission denied"; },
               {"data_dir_unusable"}},
           row{"open directory", [](auto& facts) { facts.data_dir_is_open = true; }, {"data_dir_open"}},
           row{"full", [](auto& facts) { facts.free_mib = 99; }, {"disk_full"}},
           row{"short", [](auto& facts) { facts.free_mib = 100; }, {"disk_short"}},
           row{"inodes", [](auto& facts) { facts.free_files = 9'999; }, {"inodes_short"}},
           row{"descriptors", [](auto& facts) { facts.descriptors = 2'199; }, {"descriptors_short"}},
           row{"few calls",
               [](auto& facts) {
                 facts.descriptors = 1'024;
                 facts.max_calls = 400;
               },
               {"machine_good"}},
           row{"threads", [](auto& facts) { facts.threads = 100; }, {"threads_short"}},
           row{"backlog", [](auto& facts) { facts.backlog = 128; }, {"backlog_short"}},
           row{"ports", [](auto& facts) { facts.ports = 1'000; }, {"ports_short"}},
           row{"memory", [](auto& facts) { facts.memory_mib = 400; }, {"memory_short"}},
           row{"clock", [](auto& facts) { facts.clock_off = -6s; }, {"clock_off"}},
           row{"clock's second", [](auto& facts) { facts.clock_off = 4s; }, {"machine_good"}},
           row{"wrong clock", [](auto& facts) { facts.clock_off = 61s; }, {"clock_wrong"}},
           row{"clock alone", [](auto& facts) { facts.clock_is_kept = false; }, {"clock_not_kept", "machine_good"}},
           row{"nothing known",
               [](auto& facts) {
                 facts = {};
                 facts.data_dir = "data";
               },
               {"machine_good"}},
       }) {
    machine_facts facts;
    facts.data_dir = "/var/lib/tonris";
    facts.free_mib = 50'000;
    facts.free_files = 1'000'000;
    facts.descriptors = 1'048'576;
    facts.threads = 30'000;
    facts.backlog = 4'096;
    facts.ports = 28'000;
    facts.memory_mib = 4'000;
    facts.clock_off = 1s;
    facts.clock_of = "api.twilio.com";
    change(facts);
    EXPECT_EQ(codes(judge(facts)), finds) << name;
  }
}

}  // namespace
}  // namespace tonris::model::doctor
