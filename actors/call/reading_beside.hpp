#pragma once

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/typed_response_promise.hpp>
#include <optional>
#include <string>
#include <utility>

#include "actors/call/call_reader.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/reading_line.hpp"
#include "actors/call/store_health.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// What the call store has read beside it (call_reader.hpp): tenants in turn, by one reader, which is replaced once it
/// fails. `Self` is the store's actor, which owns it; on its thread.
template <class Self>
class reading_beside {
 public:
  reading_beside(Self* self, store_settings::reader open, store_health& health, metrics& counters)
      : self_(self), open_(std::move(open)), health_(health), counters_(counters) {}

  /// The answer to what is asked now: from the file, as it is when its turn comes. `whose`: who asks; nothing: the
  /// operator.
  template <class Answer, class Question>
  [[nodiscard]] caf::typed_response_promise<Answer> read(const std::optional<model::tenant_id>& whose,
                                                         const Question& wanted) {
    auto promise = self_->template make_response_promise<Answer>();
    const auto begin = [this, promise, wanted]() mutable {
      if (!reader_) reader_ = read_calls(self_->system(), open_, counters_);
      ask(self_, reader_, read_limit, wanted)
          .then(
              [this, promise](Answer& found) mutable {
                promise.deliver(std::move(found));
                line_.served();
              },
              [this, promise](const caf::error& why) mutable {
                health_.complain("cannot be read", to_string(why));
                (void)end();
                promise.deliver(why);
                line_.served();
              });
    };
    if (!line_.put(whose ? whose->value : std::string{}, begin)) {
      counters_.of<store_metrics>().read_refused();
      promise.deliver(caf::make_error(caf::sec::runtime_error, "too many questions wait for the call store"));
    }
    return promise;
  }

  /// The reader, which ends; null: there is none now.
  call_reader end() {
    auto reader = std::exchange(reader_, nullptr);
    if (reader) self_->send_exit(reader, caf::exit_reason::user_shutdown);
    return reader;
  }

 private:
  // given
  Self* self_;
  store_settings::reader open_;
  store_health& health_;
  metrics& counters_;
  // state
  call_reader reader_;  ///< null: none was needed, or the last one failed
  reading_line line_;   ///< who waits for it
};

}  // namespace tonris::actors
