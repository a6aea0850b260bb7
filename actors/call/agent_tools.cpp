#include "actors/call/agent_tools.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "actors/call/metrics.hpp"
#include "model/audio/dtmf.hpp"
#include "model/call/later_fact.hpp"
#include "model/phone/cost.hpp"
#include "model/phone/number.hpp"
#include "model/text/base64.hpp"
#include "model/text/utf8.hpp"
#include "model/tool/tool_ledger.hpp"

namespace tonris::actors {

namespace commands = model::tool_commands;
using model::call_moment;
using outcome = call_metrics::client_tool_outcome;

namespace {

constexpr std::size_t most_name_bytes = 64;  // of a tool: it is the agent's word
constexpr std::string_view no_caller = "The caller is not on the line right now.";

std::uint32_t ms_between(caf::actor_clock::time_point from, caf::actor_clock::time_point to) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

}  // namespace

void agent_tools::run(const tool_called& called) {
  const auto& asked = called.request;
  if (!call_.sent_by(call_.life->agent_leg) || call_.is_over()) return;  // nobody waits for an answer any more
  const auto command = model::parse_tool_command(asked);
  if (!command) return answer(asked, model::refused(command.error()));
  std::visit([&](const auto& one) { on(asked, one); }, *command);
}

// --- done at once

/// One who is about to be put through is not hung up on.
void agent_tools::on(const request& asked, const commands::end_call&) {
  answer(asked, model::done("The call ends now."));
  if (transfer_.is_announced()) return;
  if (call_.life->caller_leg) call_.self->send(call_.life->caller_leg, take_back{});
  call_.self->send(call_.life->agent_leg, say_goodbye{});
}

void agent_tools::on(const request& asked, const commands::transfer_call& command) {
  const auto decided = transfer_.ask(command);
  answer(asked, decided.result, decided.allowed);
  if (decided.allowed) transfer_.await_announcement(asked.wants_answer);
}

void agent_tools::on(const request& asked, const commands::send_dtmf& command) {
  const auto& leg = call_.life->caller_leg;
  if (!leg) return answer(asked, model::refused(std::string{no_caller}));
  const auto tones = model::dtmf_ulaw(command.digits);
  if (!tones) return answer(asked, model::refused("These are no keys."));
  call_.self->send(leg, play_keys{model::to_base64(*tones)});
  answer(asked, model::done("The keys are being sent. What you say meanwhile is heard after them."));
}

void agent_tools::on(const request& asked, const commands::hold& command) {
  const auto& leg = call_.life->caller_leg;
  if (!leg) return answer(asked, model::refused(std::string{no_caller}));
  call_.self->send(leg, put_on_hold{command.most});
  answer(asked, model::done("The caller is on hold until you use resume, " + std::to_string(command.most.count()) +
                            " seconds at most. Neither of you hears the other."));
}

void agent_tools::on(const request& asked, const commands::resume&) {
  const auto& leg = call_.life->caller_leg;
  if (!leg) return answer(asked, model::refused(std::string{no_caller}));
  call_.self->send(leg, take_back{});
  answer(asked, model::done("The caller hears you again."));
}

void agent_tools::on(const request& asked, const commands::set_variable& command) {
  auto& variables = call_.life->state.variables;
  if (variables.size() >= most_variables && !variables.contains(command.name))
    return answer(asked, model::refused("No more variables can be set in this call."));
  variables.insert_or_assign(command.name, command.value);
  answer(asked, model::done("It is kept for the rest of the call."));
}

void agent_tools::on(const request& asked, const commands::note& command) {
  const bool is_kept = add_note(command.text);
  answer(asked, is_kept ? model::done("It is in the call's record.")
                        : model::refused("The call's record takes no more notes."));
}

void agent_tools::on(const request& asked, const commands::request_callback& command) {
  const auto& record = call_.record();
  const auto number = command.number.empty() ? std::optional{person_of(record)}
                                             : model::dialled_number(command.number, business_of(record));
  if (!number) return answer(asked, model::refused("That is no phone number."));
  if (!model::is_e164(*number))
    return answer(asked, model::refused("The caller withholds his number: ask him for one."));
  auto text = "Callback wanted: " + *number;
  if (!command.when.empty()) text += ", when: " + command.when;
  if (!command.reason.empty()) text += ", why: " + command.reason;
  const bool is_kept = add_note(std::move(text));
  answer(asked, is_kept ? model::done("The wish to be called back is in the call's record.")
                        : model::refused("The call's record takes no more notes."));
}

void agent_tools::on(const request& asked, const commands::other& command) {
  const auto& leg = call_.life->agent_leg;
  call_.self->send(leg, answer_tool{asked.id, model::unknown_tool(command.name)});
  call_.services->counters->of<call_metrics>().client_tool(outcome::unknown);
  write_down(command.name, asked.id, true, 0, "there is no such tool");
}

// --- keys that the caller is asked for

void agent_tools::on(const request& asked, const commands::collect_digits& command) {
  drop_stale_collection();
  auto& life = *call_.life;
  if (life.collecting) return answer(asked, model::refused("The caller is being asked for keys already."));
  const auto longest = command.timeout * static_cast<std::int64_t>(command.count) + digits_slack;
  life.collecting.emplace(digit_collection{asked.id, asked.name, life.agent_leg.id(),
                                           model::digit_collector{command, call_.steady_now()}, call_.steady_now()});
  call_.self->send(life.agent_leg, await_tool{asked.id, longest});
  if (!command.prompt.empty())
    call_.self->send(life.agent_leg, prompt_agent{"(A note of the telephone system, not of the caller: ask the caller "
                                                  "now, in the language of this conversation: " +
                                                  command.prompt + ")"});
  await_digits();
}

void agent_tools::press(const key_pressed& key) {
  drop_stale_collection();
  auto& collecting = call_.life->collecting;
  keys_.press(key, !collecting);
  if (!collecting) return;
  if (const auto all = collecting->collector.key(std::string_view{&key.digit, 1}, call_.steady_now()))
    digits_are_there(*all);
}

void agent_tools::await_digits() {
  const auto left = call_.life->collecting->collector.deadline() - call_.steady_now();
  call_.self->delayed_send(call_.self, std::max<caf::timespan>(left, caf::timespan{0}), digits_due{});
}

void agent_tools::digits_overdue() {
  drop_stale_collection();
  auto& collecting = call_.life->collecting;
  if (call_.last_word || !collecting) return;
  if (const auto all = collecting->collector.tick(call_.steady_now())) return digits_are_there(*all);
  await_digits();
}

/// Where the tenant wants it, which keys they were is in no event; in the checkpoint they are sealed.
void agent_tools::digits_are_there(const model::digit_collector::collected& what) {
  const auto over = std::move(*std::exchange(call_.life->collecting, std::nullopt));
  const auto result = to_tool_result(what);
  if (call_.life->agent_leg) call_.self->send(call_.life->agent_leg, answer_tool{over.id, result});
  call_.services->counters->of<call_metrics>().client_tool(result.is_error ? outcome::refused : outcome::done);
  const auto shown = call_.tenant().mask_digits ? model::masked_digits(what.digits) : what.digits;
  write_down(over.name, over.id, result.is_error, ms_between(over.began, call_.steady_now()),
             shown + (shown.empty() ? "" : ", ") + std::string{to_string(what.by)});
}

/// The conversation that asked is over: nobody waits for the keys.
void agent_tools::drop_stale_collection() {
  const auto& life = *call_.life;
  const auto& collecting = life.collecting;
  if (collecting && (!life.agent_leg || life.agent_leg.id() != collecting->asked_by)) stop();
}

void agent_tools::stop() {
  auto& collecting = call_.life->collecting;
  if (!collecting) return;
  if (const auto left = collecting->collector.caller_left()) digits_are_there(*left);
}

// --- what became of it

void agent_tools::given_up(const tool_given_up& late) {
  auto& collecting = call_.life->collecting;
  if (collecting && collecting->id == late.id) collecting.reset();
  call_.services->counters->of<call_metrics>().client_tool(outcome::late);
  write_down(late.name, late.id, true, static_cast<std::uint32_t>(model::tool_ledger::patience.count()),
             "not answered in time");
}

void agent_tools::hold_is_over() {
  call_.note(call_moment::tool, "hold: its time is over");
  if (!call_.life->agent_live) return;
  call_.self->send(call_.life->agent_leg,
                   prompt_agent{"(A note of the telephone system, not of the caller: the caller was on hold for as "
                                "long as that may last, and hears you again. Tell him in one short sentence, in the "
                                "language of this conversation, how it goes on.)"});
}

void agent_tools::lives_again() {
  if (call_.life->collecting) await_digits();
}

void agent_tools::answer(const request& asked, const model::tool_result& result, bool last_turn) {
  if (call_.life->agent_leg) call_.self->send(call_.life->agent_leg, answer_tool{asked.id, result, last_turn});
  call_.services->counters->of<call_metrics>().client_tool(result.is_error ? outcome::refused : outcome::done);
  write_down(asked.name, asked.id, result.is_error, 0, result.is_error ? result.text : std::string{});
}

bool agent_tools::add_note(std::string text) {
  return model::add_fact(call_.record(), model::call_record::note{call_.now(), std::move(text), "agent"});
}

void agent_tools::write_down(const std::string& name, const std::string& id, bool failed, std::uint32_t milliseconds,
                             std::string_view detail) {
  const std::string shown{model::utf8_prefix(name, most_name_bytes)};
  (void)model::add_fact(call_.record(),
                        model::call_record::tool_call{call_.now(), shown, id, true, failed, milliseconds});
  call_.note(call_moment::tool, words(shown + (failed ? ", refused" : ", done"), detail));
  call_.save();
}

}  // namespace tonris::actors
