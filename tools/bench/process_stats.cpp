#include "tools/bench/process_stats.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tonris::bench {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::filesystem::path proc(pid_t pid) {
  return std::filesystem::path{"/proc"} / std::to_string(pid);
}

}  // namespace

std::uint64_t number_after(std::string_view text, std::string_view name) noexcept {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; at += name.size()) {
    const bool line_start = at == 0 || text[at - 1] == '\n';
    std::size_t from = at + name.size();
    if (!line_start || from >= text.size() || text[from] != ':') continue;
    ++from;
    while (from < text.size() && (text[from] == ' ' || text[from] == '\t')) ++from;
    std::uint64_t value = 0;
    std::from_chars(text.data() + from, text.data() + text.size(), value);
    return value;
  }
  return 0;
}

process_usage usage_of(pid_t pid) {
  process_usage usage;
  clockid_t clock{};
  if (clock_getcpuclockid(pid, &clock) == 0) usage.cpu = on_clock(clock);
  usage.at = now();
  std::error_code error;
  std::filesystem::directory_iterator thread{proc(pid) / "task", error};
  for (; !error && thread != std::filesystem::directory_iterator{}; thread.increment(error)) {
    const std::string status = text_of(thread->path() / "status");
    usage.voluntary += number_after(status, "voluntary_ctxt_switches");
    usage.involuntary += number_after(status, "nonvoluntary_ctxt_switches");
  }
  return usage;
}

process_memory memory_of(pid_t pid) {
  const std::string rollup = text_of(proc(pid) / "smaps_rollup");
  return {number_after(rollup, "Rss"), number_after(rollup, "Pss")};
}

double load_average() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

}  // namespace tonris::bench
