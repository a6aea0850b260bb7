#pragma once

#include <caf/error.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "actors/admission/books.hpp"
#include "actors/admission/metrics.hpp"
#include "actors/admission/usage_keeper.hpp"
#include "actors/runtime/ask.hpp"

namespace tonris::actors {

/// Gives what changes in the books to the keeper, a second after it did, one snapshot at a time: what changes meanwhile
/// waits for the next. Belongs to one actor, which it calls back on that actor's thread.
class usage_writer {
 public:
  static constexpr std::chrono::seconds pause{1}, keeper_limit{30};
  using was_written = std::function<void(bool)>;

  struct config {
    std::shared_ptr<admission_books> books;
    std::function<void()> remind;                                       ///< of `write`, after `pause`
    std::function<void(const usage_snapshot& what, was_written)> give;  ///< null: nothing is written down
    metrics* counters = nullptr;
  };

  usage_writer() = default;
  explicit usage_writer(config settings) : config_(std::move(settings)) {}

  void changed(const model::tenant_id& tenant, model::usage_month month, const model::call_sid& lease);
  void write_soon();
  void reminded();
  /// `then` once all is written, or cannot be.
  void flush(std::function<void()> then);

 private:
  void write();
  void answer_flushes();

  // given
  config config_;

  // state
  bool reminded_ = false, writing_ = false;
  std::vector<std::function<void()>> flushes_;
};

/// To that keeper, asked by `self`.
template <class Self>
[[nodiscard]] std::function<void(const usage_snapshot&, usage_writer::was_written)> give_to(Self* self,
                                                                                            usage_keeper keeper) {
  if (!keeper) return nullptr;
  return [self, keeper = std::move(keeper)](const usage_snapshot& what, const usage_writer::was_written& then) {
    ask(self, keeper, usage_writer::keeper_limit, write_usage{what})
        .then([then](usage_written) { then(true); }, [then](const caf::error&) { then(false); });
  };
}

}  // namespace tonris::actors
