#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tonris::e2e {

/// A name server (DNS over UDP) at a loopback address that only it has. What it answers, and how badly, may be changed
/// while it runs. Played on a thread of its own until destroyed; members may be called on any other.
class name_server {
 public:
  name_server();  ///< throws std::system_error where this user may not serve at port 53
  ~name_server();
  name_server(const name_server&) = delete;
  name_server& operator=(const name_server&) = delete;

  /// /etc/resolv.conf of a process that asks this server and no other.
  [[nodiscard]] std::string resolv_conf() const { return "nameserver " + address_ + "\n"; }

  /// From now on that host has these addresses, of either kind. Of others it is said that there is no such host.
  void tell(const std::string& host, std::vector<std::string> addresses);
  void delay(std::chrono::milliseconds each);
  void lose(std::size_t answers);  ///< the next ones with IPv4 addresses do not come
  void say_nothing(bool silent);

  /// Questions for IPv4 addresses so far, lost ones too: one a look-up, which a system repeats when it was not
  /// answered.
  [[nodiscard]] std::size_t asked() const;
  [[nodiscard]] bool is_asked(std::size_t at_least, std::chrono::seconds at_most = std::chrono::seconds{10}) const;

 private:
  void run();
  /// The answer, when there is to be one, and how late.
  [[nodiscard]] std::string answer_to(const std::string& packet, std::chrono::milliseconds& late);

  int fd_;
  std::string address_;
  mutable std::mutex lock_;  ///< over what follows
  std::map<std::string, std::vector<std::string>> hosts_;
  std::chrono::milliseconds delay_{0};
  std::size_t to_lose_ = 0, asked_ = 0;
  bool silent_ = false;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace tonris::e2e
