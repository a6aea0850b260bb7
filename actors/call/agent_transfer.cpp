#include "actors/call/agent_transfer.hpp"

#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

using model::call_moment;
using model::transfer_verdict;

agent_transfer::decision agent_transfer::ask(const model::tool_commands::transfer_call& wanted) {
  if (is_announced()) return {model::refused("The caller is being put through already."), false};
  auto& record = call_.record();
  auto& counts = *call_.services->transfers;
  const auto& counted = call_.services->counters->of<call_metrics>();
  auto decided = decide(wanted.number, counts.placed(record.tenant, person_of(record), call_.steady_now()));
  counted.transfer_decided(decided.verdict);
  if (decided.verdict != transfer_verdict::allowed) {
    call_log::info(record, "the agent may not put the caller through ({why})", {{"why", to_string(decided.verdict)}});
    call_.note(call_moment::transfer, words("refused", to_string(decided.verdict)));
    return {model::refused(std::string{told_to_agent(decided.verdict)}), false};
  }
  counts.add(record.tenant, person_of(record), call_.steady_now(), *call_.services->counters);
  begin({std::move(decided.number), wanted.reason});
  return {model::done("Tell the caller now, in one short sentence, that you are putting him through. Say nothing else: "
                      "he is connected as soon as you have said it."),
          true};
}

model::transfer_verdict agent_transfer::ask_for(const std::string& number) {
  auto decided = decide(number, 0);
  call_.services->counters->of<call_metrics>().transfer_decided(decided.verdict);
  const auto& asked_for = call_.life->state.transfer;
  const bool is_repeated = is_announced() && asked_for->number == decided.number;
  if (decided.verdict != transfer_verdict::allowed || is_repeated) return decided.verdict;
  begin({std::move(decided.number), "asked for by the API", false, true});
  await_announcement(false);
  if (!call_.life->agent_live) put_through("by the API");
  return transfer_verdict::allowed;
}

model::transfer_decision agent_transfer::decide(const std::string& number, std::uint32_t placed) const {
  const auto& record = call_.record();
  model::transfer_question question;
  question.requested = number;
  question.caller = person_of(record);
  question.called = business_of(record);
  question.from_tenant = call_.life->state.from_tenant;
  question.placed = placed;
  return model::decide_transfer(call_.tenant(), question);
}

void agent_transfer::begin(model::call_checkpoint::transfer_state wanted) {
  call_.note(call_moment::transfer, "allowed, to " + model::redacted(wanted.number));
  call_.life->state.transfer = std::move(wanted);
  call_.save();
}

/// An agent that waits for no answer of its tool is told as words of the caller's.
void agent_transfer::await_announcement(bool has_answer) {
  call_.self->delayed_send(call_.self, caf::timespan{transfer_announcement_limit}, transfer_due{});
  if (has_answer || !call_.life->agent_live) return;
  call_.self->send(call_.life->agent_leg,
                   ask_for_goodbye{"(A note of the telephone system, not of the caller: the caller is put through now. "
                                   "Tell him so in one short sentence and in the language of this conversation.)"});
}

model::end_reason agent_transfer::reason() const noexcept {
  const auto& transfer = call_.life->state.transfer;
  return transfer && transfer->by_operator ? model::end_reason::operator_transferred : model::end_reason::transferred;
}

bool agent_transfer::is_announced() const noexcept {
  const auto& transfer = call_.life->state.transfer;
  return transfer && !transfer->failed && !call_.is_over();
}

bool agent_transfer::announcement_is_said() {
  if (!is_announced()) return false;
  if (call_.sent_by(call_.life->agent_leg)) put_through("as the agent has told the caller");
  return true;
}

void agent_transfer::overdue() {
  if (is_announced() && !call_.handing_over) put_through("the agent did not say so in time");
}

void agent_transfer::lives_again() {
  if (is_announced()) await_announcement(true);
}

void agent_transfer::begin_anew() {
  auto& transfer = call_.life->state.transfer;
  if (transfer && !transfer->failed) transfer.reset();
}

/// What the caller has not heard yet of the agent's words is played out.
void agent_transfer::put_through(const char* how) {
  const auto& leg = call_.life->agent_leg;
  if (leg) call_.self->send(leg, close_leg{});
  if (call_.life->caller_leg) call_.self->send(call_.life->caller_leg, take_back{});
  call_.end_because(reason(), how, model::call_event::agent_ended);
}

/// As words of the caller's, since a mere update of its context makes no agent speak
/// (docs/protocols/elevenlabs.md#everything-else): he has heard it ring, and waits.
void agent_transfer::conversation_begins() {
  auto& transfer = call_.life->state.transfer;
  if (!transfer || !transfer->failed) return;
  transfer.reset();
  call_.self->send(call_.life->agent_leg,
                   prompt_agent{"(A note of the telephone system, not of the caller: you put the caller through, but "
                                "nobody answered. He is back with you. Tell him so in one short sentence and in the "
                                "language of this conversation, and ask how else you can help.)"});
}

}  // namespace tonris::actors
