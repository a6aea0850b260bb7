#pragma once

#include <caf/make_message.hpp>  // result.hpp needs it before itself
#include <caf/result.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "actors/call/again_watch.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/outbox_watch.hpp"
#include "actors/call/store_file.hpp"
#include "actors/call/store_health.hpp"
#include "actors/call/store_writer.hpp"
#include "actors/store/database.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What the call store gives the other nodes and takes from them (actors/records): what waits to be sent, what has come
/// in, what is asked for again. The store's own, on its thread.
class store_shares {
 public:
  using milliseconds = std::chrono::milliseconds;

  enum class work : std::uint8_t { show, again };  ///< how much waits; whose turn to be sent something again has come

  struct house {
    store_file& file;
    store_writer& writer;
    store_health& health;
    metrics& counters;
    std::function<call_database::time()> wall_clock;
    std::function<void(work what, milliseconds after)> remind;  ///< has `due` called after that time
    std::function<void()> words_are_gone;                       ///< another node has deleted some
  };
  explicit store_shares(house of) : house_(std::move(of)) {}

  void due(work what);
  /// At the store's end.
  void end();

  // --- to the others

  void asked_by(caf::typed_response_promise<outbox_read> asker, const read_outbox& wanted);
  void told(const outbox_sent& what);
  void look();  ///< something may wait to be sent now
  void told(const others_were_told& what);

  void asked_by(caf::typed_response_promise<again_read> asker, const read_again& wanted);
  void told(const again_sent& what);

  /// Of what was just written: what stays here alone is counted, and how much waits for its record is shown.
  void lost(const call_database::left_out& what);

  // --- from them

  [[nodiscard]] caf::result<feed_read> to(const read_feed& asked);
  [[nodiscard]] caf::result<news_taken> to(const take_news& asked);

 private:
  void look_at_asked();
  void show_later();
  void show_held();
  [[nodiscard]] std::function<void(const std::string&)> complaint();

  // given
  house house_;
  // state
  outbox_watch outbox_{house_.counters, house_.wall_clock, complaint()};
  again_watch again_{house_.wall_clock, complaint()};
  bool shows_again_ = false;  // a `due` to show is to come
};

}  // namespace tonris::actors
