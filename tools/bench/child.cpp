#include "tools/bench/child.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace tonris::bench {
namespace {

namespace fs = std::filesystem;

constexpr int exec_failed = 127;

std::vector<std::string> environment_of(const child_plan& plan) {
  std::vector<std::string> lines;
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) lines.push_back(std::string{name} + '=' + value);
  }
  for (const auto& [name, value] : plan.environment) lines.emplace_back(name).append(1, '=').append(value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  pointers.reserve(lines.size() + 1);
  for (auto& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const child_plan& plan, const char* program, char* const* arguments,
                         char* const* environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  reset_signals();
  const int log = open(plan.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int nothing = open("/dev/null", O_RDONLY);
  if (log < 0 || nothing < 0 || chdir(plan.folder.c_str()) != 0) _exit(exec_failed);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execve(program, arguments, environment);
  _exit(exec_failed);
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) == exec_failed) return "could not be run";
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

outcome<void> pin_to(int core) {
  if (core < 0) return {};
  cpu_set_t set;
  CPU_ZERO(&set);
  if (core < CPU_SETSIZE) CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set) == 0) return {};
  return failed("cannot pin to core " + std::to_string(core) + ": " + std::strerror(errno) +
                " (choose with --bench-core and --gateway-core; -1 pins nothing)");
}

outcome<child> child::start(const child_plan& plan) {
  std::error_code error;
  const std::string program = fs::canonical(plan.program, error).string();
  if (error || access(program.c_str(), X_OK) != 0) return failed("there is no program " + plan.program);
  std::vector<std::string> words{program};
  words.insert(words.end(), plan.arguments.begin(), plan.arguments.end());
  std::vector<std::string> lines = environment_of(plan);
  const auto arguments = pointers_to(words);
  const auto environment = pointers_to(lines);
  // The child inherits the pinning of whoever forks it, so that its first thread never runs elsewhere.
  cpu_set_t ours;
  sched_getaffinity(0, sizeof ours, &ours);
  if (const auto pinned = pin_to(plan.core); !pinned) return failed(pinned.error());
  const pid_t pid = fork();
  if (pid == 0) become(plan, program.c_str(), arguments.data(), environment.data());
  sched_setaffinity(0, sizeof ours, &ours);
  if (pid < 0) return failed(std::string{"cannot fork: "} + std::strerror(errno));
  return child{pid, plan.log};
}

child::~child() {
  if (pid_ > 0) stop(0);
}

std::optional<std::string> child::ended() noexcept {
  int status = 0;
  if (!how_ && waitpid(pid_, &status, WNOHANG) == pid_) how_ = describe(status);
  return how_;
}

std::string child::stop(nanos patience) noexcept {
  if (!ended()) kill(pid_, SIGTERM);
  const nanos until = now() + patience;
  while (!ended() && now() < until) usleep(5'000);
  if (ended()) return *how_;
  kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  how_ = "killed";
  return *how_;
}

std::string child::last_words() const {
  std::ifstream file{log_};
  std::string line, kept;
  while (std::getline(file, line)) {
    kept += "    " + line + '\n';
    if (kept.size() > 4000) kept.erase(0, kept.find('\n') + 1);
  }
  return kept;
}

outcome<temporary_folder> temporary_folder::make() {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "tonris-bench-XXXXXX").string();
  if (error || mkdtemp(pattern.data()) == nullptr) return failed("cannot make a temporary folder");
  return temporary_folder{pattern};
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace tonris::bench
