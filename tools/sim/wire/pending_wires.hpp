#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tools/sim/wire/wire.hpp"

namespace tonris::sim {

/// Wires whose signed address has not been dialled yet, by signature. One that never is goes after its time, with the
/// next that comes. Loop thread only.
class pending_wires {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void keep(std::string signature, std::shared_ptr<wire> laid, time_point now, time_point until);
  [[nodiscard]] std::shared_ptr<wire> take(std::string_view signature);  ///< null when there is none

 private:
  struct entry {
    std::shared_ptr<wire> laid;
    time_point until;
  };
  std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace tonris::sim
