#include "actors/node/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string>

namespace tonris::actors {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Unix time at which the machine did.
std::uint64_t machine_start_seconds() {
  std::ifstream stat{"/proc/stat"};
  std::string word;
  std::uint64_t began = 0;
  while (stat >> word)
    if (word == "btime" && stat >> began) return began;
  return 0;
}

}  // namespace

/// The program's name, which may hold anything, stands in brackets before the rest.
std::optional<std::uint64_t> start_ticks(std::string_view stat_line) {
  constexpr int words_before = 20;  // from behind the name on: the 22nd of all
  auto at = stat_line.rfind(')');
  for (int word = 0; word < words_before && at != std::string_view::npos; ++word) at = stat_line.find(' ', at + 1);
  if (at == std::string_view::npos) return std::nullopt;
  const auto text = stat_line.substr(at + 1);
  std::uint64_t ticks = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), ticks);
  return failed == std::errc{} ? std::optional{ticks} : std::nullopt;
}

double process_start_seconds() {
  std::ifstream stat{"/proc/self/stat"};
  std::string line;
  std::getline(stat, line);
  const auto ticks = start_ticks(line);
  const auto machine = machine_start_seconds();
  if (!ticks || machine == 0) return 0;
  return static_cast<double>(machine) + static_cast<double>(*ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double process_cpu_seconds() {
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) != 0) return 0;
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

double most_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace tonris::actors
