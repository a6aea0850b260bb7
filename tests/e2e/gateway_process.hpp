#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/listening_socket.hpp"

namespace tonris::e2e {

/// Who owns the listening socket: the gateway, or, as under systemd, this process, which hands it to each of the
/// gateway's lives and keeps it between them.
enum class door { own, handed };

/// What the process meets where it starts, beside its settings.
struct surroundings {
  std::optional<rlim_t> descriptors{};  ///< it may open so many at most
  door whose = door::own;
  /// What these paths hold for it alone, by a mount namespace of its own. Where may_have_own_files.
  std::map<std::string, std::string> files{};
};

/// May this user give a process files of its own?
[[nodiscard]] bool may_have_own_files();

/// The real binary as a child process, on a free loopback port, its log in a file of the test's own.
class gateway_process {
 public:
  /// `settings` are environment variables over sensible ones; tenants is the JSON of TENANTS_FILE.
  gateway_process(std::map<std::string, std::string> settings, const std::string& tenants,
                  const surroundings& around = {});
  ~gateway_process();  ///< kill -9 when it still runs; where there are sanitizers their reports fail the test
  gateway_process(const gateway_process&) = delete;
  gateway_process& operator=(const gateway_process&) = delete;

  [[nodiscard]] bool wait_until_healthy(std::chrono::seconds at_most = std::chrono::seconds{20}) const;
  void signal(int number) const;
  void kill();                       ///< -9, and waited for
  void start_again();                ///< after its end: same port, same settings, same DATA_DIR, same log
  [[nodiscard]] int stop();          ///< SIGTERM, then as wait_for_end
  [[nodiscard]] int wait_for_end();  ///< at most 20 s; its exit status, -signal when killed, -1000 when it hangs
  [[nodiscard]] bool running();
  [[nodiscard]] std::string log() const;
  [[nodiscard]] bool log_says(const std::string& text, std::chrono::seconds at_most = std::chrono::seconds{5}) const;
  [[nodiscard]] std::string origin() const { return scheme_ + "://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] std::size_t open_descriptors() const;
  [[nodiscard]] std::string metrics() const;  ///< what GET /metrics says of this moment
  /// A value of that, by the start of its line up to the value; 0 when absent.
  [[nodiscard]] static double metric_in(const std::string& page, const std::string& name);
  [[nodiscard]] double metric(const std::string& name) const { return metric_in(metrics(), name); }
  /// Whether that metric has the value within `at_most`: what a call leaves behind is put down a little after its
  /// caller has hung up.
  [[nodiscard]] bool metric_comes_to(const std::string& name, double value,
                                     std::chrono::seconds at_most = std::chrono::seconds{10}) const;
  [[nodiscard]] const std::string& data_dir() const noexcept { return data_dir_; }
  [[nodiscard]] const std::string& tenants_file() const noexcept { return tenants_file_; }

 private:
  void spawn();
  [[nodiscard]] std::string shell_line() const;
  void expect_no_report();

  std::string folder_, tenants_file_, log_file_, data_dir_, scheme_;
  std::vector<std::string> environment_;
  std::optional<rlim_t> descriptors_;
  std::optional<net::listening_socket> handed_;
  std::map<std::string, std::string> own_files_;  ///< what is mounted where
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int status_ = -1000;
};

/// One plain HTTP/1.1 exchange, held against docs/openapi.yaml; what came until the peer closed or after `at_most`.
[[nodiscard]] std::string raw_exchange(std::uint16_t port, const std::string& bytes,
                                       std::chrono::milliseconds at_most = std::chrono::milliseconds{3000});

}  // namespace tonris::e2e
