#pragma once

#include <caf/typed_response_promise.hpp>
#include <functional>
#include <string>
#include <utility>

#include "actors/call/call_store.hpp"
#include "actors/store/database.hpp"

namespace tonris::actors {

/// Who waits for a node that has missed records, so as to send them again. The call store's.
class again_watch {
 public:
  using clock = std::function<call_database::time()>;
  /// `complain`: the database cannot be read.
  again_watch(clock wall_clock, std::function<void(const std::string&)> complain)
      : wall_clock_(std::move(wall_clock)), complain_(std::move(complain)) {}

  /// In place of whoever asked before.
  void asked_by(caf::typed_response_promise<again_read> asker, const read_again& wanted) {
    asker_ = std::move(asker);
    wanted_ = wanted;
  }
  /// At the store's end: what is promised keeps it alive.
  void end() { asker_ = {}; }
  /// Some node may have asked now.
  void look(call_database& db) {
    if (!asker_.pending()) return;
    auto part = db.again(wanted_.most, wanted_.most_bytes, wall_clock_());
    if (!part) return complain_(part.error().line);
    if (!part->node.empty()) asker_.deliver(again_read{std::move(*part), db.name()});
  }

 private:
  // given
  clock wall_clock_;
  std::function<void(const std::string&)> complain_;
  // state
  read_again wanted_;
  caf::typed_response_promise<again_read> asker_;  ///< pending while no node asks
};

}  // namespace tonris::actors
