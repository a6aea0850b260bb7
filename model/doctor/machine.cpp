#include "model/doctor/machine.hpp"

#include <cstdlib>
#include <string_view>

namespace tonris::model::doctor {

namespace {

constexpr std::uint64_t no_room_mib = 100, little_room_mib = 5 * 1024, few_files = 10'000;
constexpr std::uint64_t spare_descriptors = 200;  // docs/operations.md, When there are many calls
constexpr std::uint64_t few_threads = 200, short_backlog = 1024;
constexpr std::uint64_t memory_of_itself_mib = 300, calls_in_a_mib = 5;
constexpr std::chrono::seconds clock_apart{5}, clock_wrong{60};

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

void judge_disk(const machine_facts& facts, findings& out) {
  if (!facts.data_dir_failure.empty())
    out.push_back(found("data_dir_unusable", {{"directory", facts.data_dir}, {"why", facts.data_dir_failure}}));
  if (facts.data_dir_is_open) out.push_back(found("data_dir_open", {{"directory", facts.data_dir}}));
  if (facts.free_mib && *facts.free_mib < little_room_mib)
    out.push_back(found(*facts.free_mib < no_room_mib ? "disk_full" : "disk_short", {{"free", text(*facts.free_mib)}}));
  if (facts.free_files && *facts.free_files < few_files)
    out.push_back(found("inodes_short", {{"free", text(*facts.free_files)}}));
}

void judge_limits(const machine_facts& facts, findings& out) {
  const auto too_few = [&](const std::optional<std::uint64_t>& now, std::uint64_t wanted, std::string_view code) {
    if (!now || *now >= wanted) return;
    out.push_back(found(
        code,
        {{"limit", text(*now)}, {"now", text(*now)}, {"calls", text(facts.max_calls)}, {"wanted", text(wanted)}}));
  };
  too_few(facts.descriptors, 2 * facts.max_calls + spare_descriptors, "descriptors_short");
  too_few(facts.threads, few_threads, "threads_short");
  too_few(facts.backlog, short_backlog, "backlog_short");
  too_few(facts.ports, 2 * facts.max_calls, "ports_short");  // a conversation's that broke waits a minute
  too_few(facts.memory_mib, memory_of_itself_mib + facts.max_calls / calls_in_a_mib, "memory_short");
}

void judge_clock(const machine_facts& facts, findings& out) {
  if (!facts.clock_is_kept) out.push_back(found("clock_not_kept"));
  if (!facts.clock_off) return;
  const auto apart = std::chrono::seconds{std::abs(facts.clock_off->count())};
  if (apart < clock_apart) return;
  out.push_back(found(apart < clock_wrong ? "clock_off" : "clock_wrong",
                      {{"seconds", std::to_string(apart.count())}, {"host", facts.clock_of}}));
}

}  // namespace

findings judge(const machine_facts& facts) {
  findings out;
  judge_disk(facts, out);
  judge_limits(facts, out);
  judge_clock(facts, out);
  bool is_well = true;
  for (const auto& one : out) is_well = is_well && one.is == severity::note;
  if (is_well) out.push_back(found("machine_good"));
  return out;
}

}  // namespace tonris::model::doctor
