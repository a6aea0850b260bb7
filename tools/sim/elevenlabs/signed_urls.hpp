#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace tonris::sim {

/// The signatures of signed addresses: each opens one conversation, within its time. Pure.
class signed_urls {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class verdict { good, unknown, used, expired, other_agent };

  [[nodiscard]] std::string issue(const std::string& agent_id, time_point expires);
  [[nodiscard]] verdict use(std::string_view signature, std::string_view agent_id, time_point now);

 private:
  struct entry {
    std::string agent_id;
    time_point expires;
    bool used = false;
  };
  std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace tonris::sim
