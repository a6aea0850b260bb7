#include "tests/e2e/gateway_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/e2e/shell.hpp"
#include "tests/free_port.hpp"
#include "tests/metric_in.hpp"
#include "tests/openapi/exchange.hpp"
#include "tests/places.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

namespace {

constexpr int first_handed_descriptor = 3;  // sd_listen_fds(3)

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::string fresh_folder() {
  auto pattern = (fs::temp_directory_path() / "tonris-e2e-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  return pattern;
}

}  // namespace

bool may_have_own_files() {
  return shell("unshare --mount mount --bind /etc/hosts /etc/hosts").status == 0;
}

gateway_process::gateway_process(std::map<std::string, std::string> settings, const std::string& tenants,
                                 const surroundings& around)
    : folder_(fresh_folder()),
      tenants_file_(folder_ + "/tenants.json"),
      log_file_(folder_ + "/log"),
      data_dir_(folder_ + "/data"),
      scheme_(settings.contains("TLS_CERT_FILE") ? "https" : "http"),
      descriptors_(around.descriptors) {
  std::ofstream{tenants_file_} << tenants;
  for (const auto& [path, text] : around.files) {
    const auto file = folder_ + "/own-" + std::to_string(own_files_.size());
    std::ofstream{file} << text;
    own_files_.emplace(path, file);
  }
  if (around.whose == door::handed) handed_ = net::listening_socket::bind("127.0.0.1", 0).value();
  port_ = handed_ ? handed_->port() : test::free_port();
  settings.emplace("PORT", std::to_string(port_));
  settings.emplace("HOST", "127.0.0.1");
  settings.emplace("APP_BASE_URL", origin());
  settings.emplace("TENANTS_FILE", tenants_file_);
  settings.emplace("DATA_DIR", data_dir_);
  settings.emplace("LOG_LEVEL", "debug");
  settings.emplace("DRAIN_TIMEOUT", "1");
  for (const char* kept : {"PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"})
    if (const char* value = std::getenv(kept)) environment_.push_back(std::string{kept} + "=" + value);
  if (handed_) environment_.insert(environment_.end(), {"LISTEN_FDS=1", "LISTEN_FDNAMES=tonris.socket"});
  for (const auto& [name, value] : settings) environment_.push_back(name + "=" + value);
  spawn();
}

/// For what is to be done in the process before it is the gateway: "$0" is that program.
std::string gateway_process::shell_line() const {
  std::string line;
  for (const auto& [path, file] : own_files_) line += "mount --bind '" + file + "' '" + path + "' && ";
  if (handed_) line += "LISTEN_PID=$$ ";  // the process that the sockets are for
  return line + "exec \"$0\"";
}

void gateway_process::spawn() {
  std::vector<char*> environment;
  for (auto& line : environment_) environment.push_back(line.data());
  environment.push_back(nullptr);

  const auto program = test::programs() + "/tonris";
  std::vector<std::string> words;
  if (!own_files_.empty()) words = {"unshare", "--mount"};
  if (handed_ || !own_files_.empty()) words.insert(words.end(), {"/bin/sh", "-c", shell_line()});
  words.push_back(program);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawn_file_actions_addchdir_np(&files, folder_.c_str());
  if (handed_) posix_spawn_file_actions_adddup2(&files, handed_->fd(), first_handed_descriptor);
  const int failed = posix_spawnp(&pid_, arguments[0], &files, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("cannot start " + program);
  if (!descriptors_) return;
  const rlimit few{*descriptors_, *descriptors_};  // long before it looks
  if (prlimit(pid_, RLIMIT_NOFILE, &few, nullptr) != 0) throw std::runtime_error("cannot limit its descriptors");
}

gateway_process::~gateway_process() {
  if (sanitized) expect_no_report();
  if (running()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

/// A race or undefined behaviour does not end the process, and leaks are looked for at its orderly end.
void gateway_process::expect_no_report() {
  (void)stop();
  const auto text = log();
  for (const auto* const report : {"Sanitizer: ", "runtime error: "}) {
    const auto at = text.find(report);
    if (at != std::string::npos) ADD_FAILURE() << text.substr(text.rfind('\n', at) + 1, 6000);
  }
}

bool gateway_process::wait_until_healthy(std::chrono::seconds at_most) const {
  if (scheme_ == "https") return log_says("Listening on ", at_most);
  const auto deadline = clock::now() + at_most;
  while (clock::now() < deadline) {
    const auto answer = raw_exchange(port_, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    if (answer.starts_with("HTTP/1.1 200")) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
  }
  return false;
}

void gateway_process::signal(int number) const {
  ::kill(pid_, number);
}

bool gateway_process::running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  pid_ = -1;
  return false;
}

void gateway_process::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  (void)wait_for_end();
}

void gateway_process::start_again() {
  status_ = -1000;
  spawn();
  if (!wait_until_healthy()) throw std::runtime_error("the gateway does not start again: " + log());
}

double gateway_process::metric_in(const std::string& page, const std::string& name) {
  return tonris::test::metric_in(page, name);
}

std::string gateway_process::metrics() const {
  const auto asked = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  // Figures are gathered once a second: what somebody asked for before may be older than what the test just did.
  for (const auto until = clock::now() + std::chrono::seconds{5};;) {
    auto page = raw_exchange(port_, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    if (metric_in(page, "tonris_metrics_gathered_seconds") >= asked || clock::now() >= until) return page;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

bool gateway_process::metric_comes_to(const std::string& name, double value, std::chrono::seconds at_most) const {
  const auto deadline = clock::now() + at_most;
  auto now = metric(name);
  while (now != value && clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    now = metric(name);
  }
  if (now != value) std::fprintf(stderr, "%s is %g, not %g\n", name.c_str(), now, value);
  return now == value;
}

int gateway_process::stop() {
  if (running()) ::kill(pid_, SIGTERM);
  return wait_for_end();
}

int gateway_process::wait_for_end() {
  const auto deadline = clock::now() + std::chrono::seconds{20};
  while (running() && clock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  return pid_ < 0 ? status_ : -1000;
}

std::string gateway_process::log() const {
  std::ifstream in(log_file_);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool gateway_process::log_says(const std::string& text, std::chrono::seconds at_most) const {
  const auto deadline = clock::now() + at_most;
  while (clock::now() < deadline) {
    if (log().find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return false;
}

std::size_t gateway_process::open_descriptors() const {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{"/proc/" + std::to_string(pid_) + "/fd"}, fs::directory_iterator{}));
}

std::string raw_exchange(std::uint16_t port, const std::string& bytes, std::chrono::milliseconds at_most) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto address = loopback(port);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto n = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    const auto deadline = clock::now() + at_most;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
      pollfd ready{fd, POLLIN, 0};
      if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) break;
      char buffer[8192];
      const auto n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  ::close(fd);
  EXPECT_EQ(test::objection_to_exchange(bytes, answer), "");
  return answer;
}

}  // namespace tonris::e2e
