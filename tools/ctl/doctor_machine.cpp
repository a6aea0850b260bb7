/// The doctor's look at this machine: disk, descriptors, clock, kernel.
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "model/doctor/machine.hpp"
#include "model/text/address.hpp"
#include "model/text/http_date.hpp"
#include "net/private_file.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

namespace {

namespace fs = std::filesystem;
using model::doctor::machine_facts;

/// Numbers of a file of /proc.
std::optional<std::uint64_t> number_in(const char* file) {
  std::ifstream in{file};
  std::uint64_t number = 0;
  if (in >> number) return number;
  return std::nullopt;
}

std::optional<std::uint64_t> ports_out() {
  std::ifstream in{"/proc/sys/net/ipv4/ip_local_port_range"};
  std::uint64_t first = 0, last = 0;
  if (in >> first >> last && last >= first) return last - first + 1;
  return std::nullopt;
}

std::optional<std::uint64_t> memory_mib() {
  std::ifstream in{"/proc/meminfo"};
  for (std::string name; in >> name;) {
    std::uint64_t kib = 0;
    if (name == "MemAvailable:" && in >> kib) return kib / 1024;
    in.ignore(256, '\n');
  }
  return std::nullopt;
}

std::optional<std::uint64_t> limit_of(__rlimit_resource_t what) {
  rlimit limit{};
  if (::getrlimit(what, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_max;
}

/// Where it would be made, the first directory above that is there.
fs::path nearest(fs::path directory) {
  std::error_code ignored;
  directory = fs::absolute(directory, ignored);
  while (!fs::exists(directory, ignored) && directory.has_relative_path()) directory = directory.parent_path();
  return directory;
}

void look_at_disk(const std::string& data_dir, machine_facts& facts) {
  std::error_code ignored;
  const auto there = nearest(data_dir);
  const bool is_made = fs::exists(data_dir, ignored);
  facts.data_dir = data_dir;
  if (is_made && !fs::is_directory(data_dir, ignored))
    facts.data_dir_failure = "it is no directory";
  else if (::access(there.c_str(), W_OK | X_OK) != 0)
    facts.data_dir_failure = std::generic_category().message(errno);
  facts.data_dir_is_open = is_made && facts.data_dir_failure.empty() && net::others_may_enter(data_dir);
  struct statvfs disk {};
  if (::statvfs(there.c_str(), &disk) != 0) return;
  constexpr std::uint64_t mib = 1024UL * 1024;
  facts.free_mib = disk.f_bavail * disk.f_frsize / mib;
  if (disk.f_files > 0) facts.free_files = disk.f_favail;
}

bool is_clock_kept() {
  timex about{};
  return ::adjtimex(&about) != TIME_ERROR && (about.status & STA_UNSYNC) == 0;
}

/// Against Twilio's, whose answers have a date, whatever they are.
void look_at_clock(const patient& p, const remaining_time& time, machine_facts& facts) {
  facts.clock_is_kept = is_clock_kept();
  const auto web = web_asker::make();
  const auto read = model::read_address(p.settings.twilio_api_base_url);
  if (!web || !read) return;
  const auto answer = (*web)->ask("GET", p.settings.twilio_api_base_url + "/", {}, "", time.for_one());
  const auto theirs = model::parse_http_date(answer.date);
  if (!theirs) return;
  facts.clock_of = read->host;
  facts.clock_off = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - *theirs;
}

}  // namespace

findings look_at_machine(const patient& p, const remaining_time& time) {
  machine_facts facts;
  facts.max_calls = p.settings.max_calls;
  look_at_disk(p.settings.data_dir, facts);
  facts.descriptors = limit_of(RLIMIT_NOFILE);
  facts.threads = limit_of(RLIMIT_NPROC);
  facts.backlog = number_in("/proc/sys/net/core/somaxconn");
  facts.ports = ports_out();
  facts.memory_mib = memory_mib();
  look_at_clock(p, time, facts);
  return judge(facts);
}

}  // namespace tonris::ctl
