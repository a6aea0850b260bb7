#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace tonris::model {

/// The order in which events go out: those of one lane (a webhook and a call) one after the other, each when the one
/// before it was delivered or given up; lanes do not wait for each other. Knows ids alone; the events are in the
/// durable queue, from which a restart fills the lanes again in their order.
class webhook_lanes {
 public:
  static constexpr std::size_t most_in_lane = 100, most = 100'000;

  enum class place { send, wait, full };
  /// send: it is the first of its lane. full: it is not taken, a dead letter at once.
  [[nodiscard]] place add(const std::string& lane, std::string id);
  /// The first of the lane is done with, for better or worse. The next to send, if there is one.
  [[nodiscard]] std::optional<std::string> done(const std::string& lane);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }  ///< events, in all lanes

 private:
  std::unordered_map<std::string, std::deque<std::string>> lanes_;
  std::size_t size_ = 0;
};

}  // namespace tonris::model
