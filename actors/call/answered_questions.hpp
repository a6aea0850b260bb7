#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "actors/call/messages.hpp"

namespace tonris::actors {

/// What Twilio was told about one call lately. Each of its requests has a token that its retries share: the same token
/// again gets the same answer, and nothing else happens. Where there is none, a step of the fallback is told again this
/// often, and no caller goes in circles. The newest `most` are remembered. Belongs to whoever answers for the call.
class answered_questions {
 public:
  static constexpr std::size_t most = 8;
  static constexpr unsigned most_repeats = 2;

  [[nodiscard]] const call_answer* find(const std::string& token) const noexcept {
    if (token.empty()) return nullptr;
    const auto found = std::find_if(given_.begin(), given_.end(), [&](const auto& one) { return one.first == token; });
    return found == given_.end() ? nullptr : &found->second;
  }
  void add(const std::string& token, const call_answer& answer) {
    if (token.empty() || find(token)) return;
    given_.emplace_back(token, answer);
    if (given_.size() > most) given_.erase(given_.begin());
  }
  [[nodiscard]] bool may_repeat() noexcept {
    if (repeats_ == most_repeats) return false;
    ++repeats_;
    return true;
  }

 private:
  std::vector<std::pair<std::string, call_answer>> given_;
  unsigned repeats_ = 0;
};

}  // namespace tonris::actors
