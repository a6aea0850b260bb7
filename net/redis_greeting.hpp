#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/redis_reply.hpp"

namespace tonris::net {

/// A script that is run by its hash. Views: what they show outlives every link that is given it.
struct redis_script {
  std::string_view text;
  std::string_view sha1;  ///< of the text, in hexadecimal digits of lower case
};

/// What is said first on a connection.
struct redis_introduction {
  std::string user, password;  ///< both empty: nothing is said of them
  std::uint32_t database = 0;
  std::string client_name;            ///< without blanks
  std::vector<redis_script> scripts;  ///< loaded, so that they are known by their hash
};

/// Which server it is. Another run_id: it was restarted; another replid: what it holds may have another history.
struct redis_server_facts {
  std::string run_id;
  std::string replid;
  std::string version;
};

/// How a greeting ended.
struct redis_welcome {
  enum class verdict : std::uint8_t {
    good,
    away,     ///< not now: a replica, loading, busy
    refused,  ///< not before somebody changes a setting: `why` is for him, one line, without the address
  };
  verdict is = verdict::good;
  redis_server_facts server;
  std::string why;
};

/// The greeting as a machine without a socket: what to send, and what the answers mean. A server is good when it lets
/// us in, is a master of Redis 7.0 or newer that has its data and never drops any of it, and knows our scripts.
class redis_greeting {
 public:
  explicit redis_greeting(const redis_introduction& who);

  [[nodiscard]] const std::string& commands() const noexcept { return commands_; }  ///< all at once
  /// The next answer; then nothing, or how it ended: no answer is awaited any more.
  std::optional<redis_welcome> take(const redis_reply& reply);

 private:
  enum class step : std::uint8_t { auth, select, set_name, role, info, load_script };
  void add(step what, const std::vector<std::string_view>& arguments);
  [[nodiscard]] std::optional<redis_welcome> judge(step what, const redis_reply& reply);
  [[nodiscard]] std::optional<redis_welcome> judge_info(std::string_view info);

  std::string commands_;
  std::vector<step> steps_;
  std::size_t answered_ = 0;
  redis_server_facts server_;
};

}  // namespace tonris::net
