/// The Twilio webhooks' part for calls that would have no record: the supervisor does not answer in time, or who had
/// the call was killed.
#include <chrono>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/web/twilio_answers.hpp"
#include "actors/web/twilio_webhooks.hpp"
#include "model/call/sentences.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using model::end_reason;

namespace {

constexpr std::chrono::milliseconds registry_limit{1000}, supervisor_limit{1500};
// Of a caller who has heard an apology: nobody waits for that.
constexpr std::chrono::seconds apology_limit{10}, apology_pause{1};
constexpr unsigned most_apology_tries = 5;

}  // namespace

/// The supervisor itself does not answer: nothing but a sentence is left.
void twilio_webhooks::apologise(const twilio::voice_request& request, const tenant_ptr& tenant, const responder& to) {
  call_log::error(request, tenant, "refused: the call supervisor did not answer");
  to->respond(apology(request.direction));
  tell_of_apology({request, tenant, 1});
}

/// Behind what it has not answered, so that it ends what came of that, or writes the call down.
void twilio_webhooks::tell_of_apology(const apology_given& one) {
  ask(this, config_.supervisor, apology_limit, note_apology{one.request, one.tenant})
      .then([](apology_noted) {},
            [this, one](const caf::error&) {
              if (one.tries < most_apology_tries)
                return delayed_send(this, caf::timespan{one.tries * apology_pause},
                                    apology_given{one.request, one.tenant, one.tries + 1});
              call_log::error(one.request, one.tenant, "it has no record: the call supervisor does not answer");
              config_.counters->of<call_metrics>().call_refused(end_reason::internal_error);
            });
}

/// Whoever had the call went before anything of it was written down. Now it has its record, and its caller what follows
/// a lost call, unless that has been under way: of that nobody knows how far it came.
void twilio_webhooks::take_lost(const signed_request& request, const connect_action& asked,
                                const call_answer& otherwise, const responder& to) {
  const auto lost = twilio::parse_voice_request(request.fields);
  if (!lost) return answer(otherwise, to);
  const bool has_begun = asked.news != model::fallback_news::none;
  const auto write = [this, lost = *lost, token = asked.token, otherwise, has_begun, to](const found_tenant& found) {
    refuse_call as{lost, found.tenant, end_reason::node_lost, {}, token, found.from_tenant};
    ask(this, config_.supervisor, supervisor_limit, std::move(as))
        .then([this, otherwise, has_begun,
               to](const call_answer& decided) { answer(has_begun ? otherwise : decided, to); },
              [this, otherwise, to](const caf::error&) { answer(otherwise, to); });
  };
  const auto whose =
      asked.outbound ? find_tenant{lost->from} : find_tenant{lost->to, lost->from, lost->forwarded_from, true};
  ask(this, config_.registry, registry_limit, whose)
      .then([write, signer = request.signer](const found_tenant& found) { write(as_seen_by(signer, found)); },
            [write](const caf::error&) { write({}); });
}

}  // namespace tonris::actors
