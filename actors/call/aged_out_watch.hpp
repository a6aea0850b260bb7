#pragma once

#include <caf/typed_response_promise.hpp>
#include <functional>
#include <string>
#include <utility>

#include "actors/call/call_store.hpp"
#include "actors/store/database.hpp"

namespace tonris::actors {

/// Who waits for what went because of its age, so as to tell the audit trail. The call store's.
class aged_out_watch {
 public:
  using clock = std::function<call_database::time()>;
  /// `complain`: the database cannot be read.
  aged_out_watch(clock wall_clock, std::function<void(const std::string&)> complain)
      : wall_clock_(std::move(wall_clock)), complain_(std::move(complain)) {}

  /// In place of whoever asked before.
  void asked_by(caf::typed_response_promise<aged_out_read> asker) { asker_ = std::move(asker); }
  [[nodiscard]] bool is_asked() const { return asker_.pending(); }
  /// At the store's end: what is promised keeps it alive.
  void end() { asker_ = {}; }
  /// Something may have gone now.
  void look(call_database& db) {
    if (!is_asked()) return;
    auto gone = db.aged_out_until(wall_clock_());
    if (!gone) return complain_(gone.error().line);
    if (!gone->empty()) asker_.deliver(aged_out_read{std::move(*gone)});
  }

 private:
  // given
  clock wall_clock_;
  std::function<void(const std::string&)> complain_;
  // state
  caf::typed_response_promise<aged_out_read> asker_;  ///< pending while nothing is to be told
};

}  // namespace tonris::actors
