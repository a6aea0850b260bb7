#pragma once

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tonris::model {

/// Members, each with a time: what a sorted set is in Redis, as far as admission uses one. Nothing goes by itself: only
/// `expire` lets members go. What it does with one member costs the logarithm of all.
class timed_set {
 public:
  using time = std::chrono::steady_clock::time_point;

  timed_set() = default;
  timed_set(const timed_set&) = delete;  // the order looks into the members
  timed_set& operator=(const timed_set&) = delete;
  timed_set(timed_set&&) = default;
  timed_set& operator=(timed_set&&) = default;

  /// Was it none of the members before? One that is there gets that time.
  bool put(const std::string& member, time at) {
    const auto [place, fresh] = times_.try_emplace(member, at);
    if (!fresh) order_.erase({place->second, place->first});
    place->second = at;
    order_.emplace(at, place->first);
    return fresh;
  }
  /// A member's time, where that is later.
  void put_off(const std::string& member, time at) {
    const auto place = times_.find(member);
    if (place != times_.end() && place->second < at) put(member, at);
  }
  /// Was it one?
  bool drop(const std::string& member) {
    const auto place = times_.find(member);
    if (place == times_.end()) return false;
    order_.erase({place->second, place->first});
    times_.erase(place);
    return true;
  }
  /// Those whose time is `until` or earlier go, the earliest first; `gone` is told each.
  template <class Gone>
  void expire(time until, Gone gone) {
    while (!order_.empty() && order_.begin()->first <= until) drop_first(gone);
  }
  void expire(time until) {
    expire(until, [](const std::string&) {});
  }
  template <class Gone>
  void drop_first(Gone gone) {  ///< not of an empty one
    const auto place = times_.find(std::string{order_.begin()->second});
    order_.erase(order_.begin());
    gone(place->first);
    times_.erase(place);
  }

  [[nodiscard]] bool contains(const std::string& member) const { return times_.contains(member); }
  [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
  [[nodiscard]] bool empty() const noexcept { return times_.empty(); }

 private:
  std::unordered_map<std::string, time> times_;
  std::set<std::pair<time, std::string_view>> order_;
};

}  // namespace tonris::model
