#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace tonris::model {

/// Members, each with a time and a value: what a sorted set is in Redis, as far as admission uses one. Nothing goes by
/// itself: only `expire` lets members go. What comes in the order of its time costs one allocation and no search among
/// the others; else a step for each member that is later.
template <class Value>
class timed_map {
 public:
  using time = std::chrono::steady_clock::time_point;

  timed_map() = default;
  timed_map(const timed_map&) = delete;  // the order points into the members
  timed_map& operator=(const timed_map&) = delete;
  timed_map(timed_map&& from) noexcept
      : members_(std::move(from.members_)),
        first_(std::exchange(from.first_, nullptr)),
        last_(std::exchange(from.last_, nullptr)) {
    from.members_.clear();
  }
  timed_map& operator=(timed_map&&) = delete;

  /// Was it none of the members before? One that is there gets that time and keeps its value.
  bool put(const std::string& member, time at) { return keep(member, at).second; }
  /// The same, with the value, which stays where it is until it goes.
  std::pair<Value&, bool> keep(const std::string& member, time at) {
    const auto [place, fresh] = members_.try_emplace(member);
    if (!fresh) take_out(*place);
    place->second.at = at;
    put_in(*place);
    return {place->second.value, fresh};
  }
  /// A member's time, where that is later.
  void put_off(const std::string& member, time at) {
    const auto place = members_.find(member);
    if (place == members_.end() || place->second.at >= at) return;
    take_out(*place);
    place->second.at = at;
    put_in(*place);
  }
  /// Was it one?
  bool drop(const std::string& member) {
    const auto place = members_.find(member);
    if (place == members_.end()) return false;
    take_out(*place);
    members_.erase(place);
    return true;
  }
  /// Those whose time is `until` or earlier go, the earliest first; `gone` is told each.
  template <class Gone>
  void expire(time until, Gone gone) {
    while (first_ && first_->second.at <= until) drop_first(gone);
  }
  void expire(time until) {
    expire(until, [](const std::string&) {});
  }
  template <class Gone>
  void drop_first(Gone gone) {  ///< not of an empty one
    auto& first = *first_;
    take_out(first);
    gone(first.first);
    members_.erase(members_.find(first.first));
  }
  void drop_first() {
    drop_first([](const std::string&) {});
  }

  [[nodiscard]] Value* find(const std::string& member) {  ///< null: it is none
    const auto place = members_.find(member);
    return place == members_.end() ? nullptr : &place->second.value;
  }
  [[nodiscard]] const Value* find(const std::string& member) const {
    const auto place = members_.find(member);
    return place == members_.end() ? nullptr : &place->second.value;
  }
  [[nodiscard]] time first_time() const { return first_->second.at; }              ///< not of an empty one
  [[nodiscard]] const Value& first_value() const { return first_->second.value; }  ///< likewise
  [[nodiscard]] bool contains(const std::string& member) const { return members_.contains(member); }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] bool empty() const noexcept { return members_.empty(); }

 private:
  struct entry;
  using node = std::pair<const std::string, entry>;
  struct entry {
    Value value{};
    time at{};
    node *before = nullptr, *behind = nullptr;
  };

  void put_in(node& what) {
    auto* before = last_;
    while (before && before->second.at > what.second.at) before = before->second.before;
    auto* const behind = before ? before->second.behind : first_;
    what.second.before = before;
    what.second.behind = behind;
    (before ? before->second.behind : first_) = &what;
    (behind ? behind->second.before : last_) = &what;
  }
  void take_out(node& what) {
    const auto& [value, at, before, behind] = what.second;
    (before ? before->second.behind : first_) = behind;
    (behind ? behind->second.before : last_) = before;
  }

  std::unordered_map<std::string, entry> members_;
  node *first_ = nullptr, *last_ = nullptr;  // by time
};

struct no_value {};
using timed_set = timed_map<no_value>;

}  // namespace tonris::model
