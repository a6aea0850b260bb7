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

constexpr std::chrono::milliseconds registry_limit{1000}, supervisor_limit{1500}, holder_limit{400}, store_limit{1000};
// A lease, and a little (docs/limits.md).
constexpr std::chrono::seconds holder_pause{25};
constexpr unsigned most_holder_looks = 5;  // while Redis does not say
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

/// Another node may have the call, and Twilio's way to it only leads by us: its record is that node's to write, and
/// Twilio asks again, for that node to be asked.
void twilio_webhooks::ask_for_holder(const lost_call& lost, const call_answer& otherwise, const responder& to) {
  if (!config_.who_may_come) return answer_lost(lost, otherwise, to);
  ask(this, config_.who_may_come, holder_limit, find_lease_holder{lost.request.call})
      .then(
          [this, lost, otherwise, to](const lease_holder& known) {
            if (known.is == lease_holder::who::nobody)
              return if_unrecorded(
                  lost, [this, lost, otherwise, to] { answer_lost(lost, otherwise, to); },
                  [this, otherwise, to] { answer(otherwise, to); });
            leave_to_holder(lost, known.is == lease_holder::who::over, otherwise, to);
          },
          [this, lost, otherwise, to](const caf::error&) { leave_to_holder(lost, false, otherwise, to); });
}

/// What a transfer or a voicemail came to Twilio tells once: of that nobody is asked again.
void twilio_webhooks::leave_to_holder(const lost_call& lost, bool is_over, const call_answer& otherwise,
                                      const responder& to) {
  const bool asks_again = !lost.has_begun && lost.redirects < max_redirects;
  answer(asks_again ? call_answer::redirect(call_answer::verb::redirect_connect, lost.redirects) : otherwise, to);
  if (!is_over && (lost.redirects == 0 || !asks_again)) look_later(lost);
}

/// Its place may be forgotten, or it never had one, while its record came from whoever had it.
void twilio_webhooks::if_unrecorded(const lost_call& lost, const std::function<void()>& then,
                                    const std::function<void()>& otherwise) {
  ask(this, config_.store, store_limit, find_record{lost.request.call})
      .then([then, otherwise](const found_record& found) { found.json.empty() ? then() : otherwise(); },
            [then](const caf::error&) { then(); });
}

/// Whose lease has run out by then is gone.
void twilio_webhooks::look_later(lost_call lost) {
  const auto& call = lost.request.call;
  if (lost.looks == 0 && awaited_holders_ >= most_awaited_holders)
    return call_log::warn(call, nullptr, "another node has it; whether that node lives is not looked after: too many");
  awaited_holders_ += lost.looks == 0 ? 1 : 0;
  ++lost.looks;
  delayed_send(this, caf::timespan{holder_pause}, std::move(lost));
}

void twilio_webhooks::look_for_holder(const lost_call& lost) {
  const auto leave = [this] { --awaited_holders_; };
  const auto take = [this, lost, leave] {
    leave();
    if_unrecorded(
        lost, [this, lost] { write_lost(lost, [](const caf::expected<call_answer>&) {}); }, [] {});
  };
  ask(this, config_.who_may_come, holder_limit, find_lease_holder{lost.request.call})
      .then([take, leave](const lease_holder& known) { known.is == lease_holder::who::nobody ? take() : leave(); },
            [this, lost, take](const caf::error&) { lost.looks < most_holder_looks ? look_later(lost) : take(); });
}

/// Whoever had the call went before anything of it was written down. Now it has its record, and its caller what follows
/// a lost call, unless that has been under way: of that nobody knows how far it came.
void twilio_webhooks::answer_lost(const lost_call& lost, const call_answer& otherwise, const responder& to) {
  write_lost(lost, [this, has_begun = lost.has_begun, otherwise, to](const caf::expected<call_answer>& decided) {
    answer(!decided || has_begun ? otherwise : *decided, to);
  });
}

void twilio_webhooks::write_lost(const lost_call& lost, told_lost then) {
  const auto write = [this, lost, then = std::move(then)](const found_tenant& found) {
    refuse_call as{lost.request, found.tenant, end_reason::node_lost, {}, lost.token, found.from_tenant};
    if (lost.looks > 0) as.placed = lost.asked_at;  // its caller has heard his sentence, and has gone
    ask(this, config_.supervisor, supervisor_limit, std::move(as))
        .then([then](const call_answer& decided) { then(decided); }, [then](const caf::error& why) { then(why); });
  };
  const auto& request = lost.request;
  const auto whose =
      lost.outbound ? find_tenant{request.from} : find_tenant{request.to, request.from, request.forwarded_from, true};
  ask(this, config_.registry, registry_limit, whose)
      .then([write, signer = lost.signer](const found_tenant& found) { write(as_seen_by(signer, found)); },
            [write](const caf::error&) { write({}); });
}

}  // namespace tonris::actors
