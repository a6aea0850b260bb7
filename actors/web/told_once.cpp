#include "actors/web/told_once.hpp"

#include "actors/runtime/ask.hpp"
#include "actors/web/twilio_answers.hpp"

namespace tonris::actors {

/// Who answers something has taken what he was told before: it is in the journal then. He is asked twice, for the
/// supervisor tells itself first, or the call.
void answer_once_written(loop_bound* self, const call_supervisor& supervisor, const call_store& store,
                         const model::call_sid& call, const std::shared_ptr<net::http_responder>& to) {
  const auto later = [to](const caf::error&) { to->respond(not_now()); };
  const auto flush = [self, store, to, later](const call_description&) {
    ask(self, store, told_disk_limit, flush_store{}).then([to](store_flushed) { to->respond(no_content()); }, later);
  };
  ask(self, supervisor, told_supervisor_limit, describe_call{call})
      .then(
          [self, supervisor, call, flush, later](const call_description&) {
            ask(self, supervisor, told_supervisor_limit, describe_call{call}).then(flush, later);
          },
          later);
}

}  // namespace tonris::actors
