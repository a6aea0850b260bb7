#include "model/doctor/redis.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "model/text/address.hpp"

namespace tonris::model::doctor {

namespace {

constexpr std::int64_t full_percent = 90, most_records_percent = 50;
constexpr std::chrono::milliseconds slow{50}, clock_apart{2'000};

/// A line's value, "name:value"; "" where there is none.
std::string_view value_in(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    auto line = info.substr(0, info.find('\n'));
    info.remove_prefix(std::min(info.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':')
      return line.substr(name.size() + 1);
  }
  return {};
}

std::int64_t number_in(std::string_view info, std::string_view name) {
  const auto text = value_in(info, name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void judge_persistence(const redis_facts& facts, findings& out) {
  const auto& info = facts.info;
  if (value_in(info, "aof_enabled") == "0") out.push_back(found("redis_no_aof"));
  for (const auto& [name, what] : {std::pair{"rdb_last_bgsave_status", "a snapshot"},
                                   {"aof_last_bgrewrite_status", "a rewrite of the append-only file"},
                                   {"aof_last_write_status", "a write to the append-only file"}})
    if (value_in(info, name) == "err") out.push_back(found("redis_writes_fail", {{"what", what}}));
  if (facts.fsync == "no") out.push_back(found("redis_fsync_no"));
}

void judge_memory(std::string_view info, findings& out) {
  const auto most = number_in(info, "maxmemory"), used = number_in(info, "used_memory");
  if (most > 0 && used >= most / 100 * full_percent)
    out.push_back(found("redis_memory", {{"used", std::to_string(used)}, {"most", std::to_string(most)}}));
}

/// Without a maxmemory its machine's is what there is.
void judge_records(const redis_facts& facts, findings& out) {
  auto most = number_in(facts.info, "maxmemory");
  if (most <= 0) most = number_in(facts.info, "total_system_memory");
  if (most > 0 && facts.record_bytes >= most / 100 * most_records_percent)
    out.push_back(found("redis_records", {{"count", std::to_string(facts.records)},
                                          {"bytes", std::to_string(facts.record_bytes)},
                                          {"most", std::to_string(most)}}));
}

void judge_replicas(std::string_view info, findings& out) {
  const auto replicas = number_in(info, "connected_slaves");
  // That line is there only where some have to be in reach.
  if (replicas > 0 && value_in(info, "min_slaves_good_slaves").empty())
    out.push_back(found("redis_replicas_unheeded", {{"count", std::to_string(replicas)}}));
}

void judge_access(const redis_facts& facts, findings& out) {
  if (facts.host.empty() || is_loopback(facts.host)) return;
  if (!facts.has_password) out.push_back(found("redis_open", {{"host", facts.host}}));
  if (!facts.is_secure) out.push_back(found("redis_plain", {{"host", facts.host}}));
}

std::string seconds(std::chrono::milliseconds off) {
  return std::to_string(std::abs(off.count()) / 1000);
}

}  // namespace

findings judge(const redis_facts& facts) {
  if (!facts.failure.empty()) return {found("redis_unusable", {{"why", facts.failure}})};
  findings out;
  if (facts.has_lost_tenants) out.push_back(found("redis_has_lost_tenants"));
  judge_persistence(facts, out);
  judge_memory(facts.info, out);
  judge_records(facts, out);
  judge_replicas(facts.info, out);
  judge_access(facts, out);
  if (facts.took > slow) out.push_back(found("redis_slow", {{"ms", std::to_string(facts.took.count())}}));
  if (facts.clock_off > clock_apart || facts.clock_off < -clock_apart)
    out.push_back(found("redis_clock", {{"seconds", seconds(facts.clock_off)}}));
  if (out.empty())
    out.push_back(found("redis_good", {{"version", std::string{value_in(facts.info, "redis_version")}}}));
  return out;
}

}  // namespace tonris::model::doctor
