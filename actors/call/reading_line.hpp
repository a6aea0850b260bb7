#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace tonris::actors {

/// Who waits for one who serves: tenants in turn, each in the order in which it asked. One owner, on one thread.
class reading_line {
 public:
  static constexpr std::size_t most = 256, most_of_one = 16;

  /// `begin` is called when its turn has come: at once where nobody is served. `whose`: a tenant's id; "": the
  /// operator's. False: there is no room.
  [[nodiscard]] bool put(const std::string& whose, std::function<void()> begin);
  void served();  ///< the one whose turn it was is: the next begins

 private:
  void begin_next();

  std::map<std::string, std::deque<std::function<void()>>> waiting_;  ///< no deque is empty
  std::size_t count_ = 0;
  std::string last_;  ///< whose turn it was
  bool is_serving_ = false;
};

}  // namespace tonris::actors
