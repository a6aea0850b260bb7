#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace tonris::actors {

/// Names that the log tells once a process. They may come from outside: whoever sends ever new ones is not remembered
/// without end. Any thread.
class named_once {
 public:
  static constexpr std::size_t most = 32;
  /// Whether it is new: seen for the first time, and one of the first `most`.
  bool is_new(std::string_view name) {
    const std::scoped_lock lock{lock_};
    return seen_.size() < most && seen_.emplace(name).second;
  }

 private:
  std::mutex lock_;
  std::set<std::string, std::less<>> seen_;
};

}  // namespace tonris::actors
