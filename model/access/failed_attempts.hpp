#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tonris::model {

/// How long the answer to a wrong key waits: 100 ms at first, twice as long each time the same key's id fails again, 5
/// s at most, and as at first again after a minute without. By the key's id and never by the address, which many share;
/// whatever is no key counts under "". A right key never waits. Remembers a bounded number of ids: the ones that were
/// quiet longest are forgotten first.
class failed_attempts {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds least{100}, most{5000};
  static constexpr std::chrono::seconds forgotten_after{60};
  static constexpr std::size_t max_ids = 1024;

  [[nodiscard]] std::chrono::milliseconds wait_after(std::string_view id, time now);
  [[nodiscard]] std::size_t ids() const noexcept { return by_id_.size(); }

 private:
  struct entry {
    std::chrono::milliseconds wait{0};
    time last{};
  };
  void make_room();

  std::map<std::string, entry, std::less<>> by_id_;
};

}  // namespace tonris::model
