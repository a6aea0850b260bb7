#pragma once

#include <caf/error.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "actors/call/call_store.hpp"
#include "actors/store/database.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Who waits for something to send to the other nodes, and what is shown of how much waits. The call store's.
class outbox_watch {
 public:
  using steady = std::chrono::steady_clock;
  using clock = std::function<call_database::time()>;
  /// `complain`: the database cannot be read.
  outbox_watch(metrics& counters, clock wall_clock, std::function<void(const std::string&)> complain)
      : counters_(counters), wall_clock_(std::move(wall_clock)), complain_(std::move(complain)) {}

  /// In place of whoever asked before.
  void asked_by(caf::typed_response_promise<outbox_read> asker, const read_outbox& wanted);
  /// At the store's end: what is promised keeps it alive.
  void end() { asker_ = {}; }
  /// Something may wait now. False: how much is to be shown later.
  bool look(call_database& db);
  /// Once a second at most: counting what waits is not for free when it is much. False: later.
  bool show(call_database& db);
  static constexpr std::chrono::milliseconds show_wait{1000};

 private:
  // given
  metrics& counters_;
  clock wall_clock_;
  std::function<void(const std::string&)> complain_;
  // state
  read_outbox asked_;
  caf::typed_response_promise<outbox_read> asker_;  ///< pending while nothing waits
  std::optional<steady::time_point> shown_;
};

}  // namespace tonris::actors
