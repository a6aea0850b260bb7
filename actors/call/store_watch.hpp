#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "actors/call/call_store.hpp"

namespace tonris::actors {

/// Does the call store keep up? Seen from outside: while the disk keeps it waiting, its actor can say nothing. It is
/// behind once what is to be written has waited for longer than `patience`, until that is younger than `caught_up`:
/// said in `trouble`, and in the log when it begins and when it is over. `tick`: one at a time.
class store_watch {
 public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds patience{5}, caught_up{1};

  explicit store_watch(std::shared_ptr<const call_journal> journal) : journal_(std::move(journal)) {}

  void tick(clock::time_point now);  ///< about once a second
  [[nodiscard]] std::shared_ptr<const store_trouble> trouble() const noexcept { return trouble_; }

 private:
  const std::shared_ptr<const call_journal> journal_;
  const std::shared_ptr<store_trouble> trouble_ = std::make_shared<store_trouble>();
  bool is_behind_ = false;
};

}  // namespace tonris::actors
