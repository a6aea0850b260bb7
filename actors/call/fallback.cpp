#include "actors/call/fallback.hpp"

#include <string>
#include <utility>

#include "actors/call/timeline_note.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

using model::call_moment;
using model::fallback_answer;
using model::fallback_news;

namespace {

std::string_view what_came(fallback_news news) {
  switch (news) {
    case fallback_news::none: return {};
    case fallback_news::answered: return "the transfer was answered";
    case fallback_news::not_answered: return "nobody answered the transfer";
    case fallback_news::message_taken: return "the message was taken";
    case fallback_news::failed: return "Twilio could not carry out what it was told";
  }
  return {};
}

call_answer to_answer(fallback_answer step, const model::call_checkpoint& call) {
  call_answer answer;
  answer.language = std::move(step.language);
  answer.text = std::move(step.say);
  switch (step.then) {
    case fallback_answer::verb::hang_up:
      answer.then = answer.text.empty() ? call_answer::verb::hang_up : call_answer::verb::say;
      break;
    case fallback_answer::verb::dial:
      answer.then = call_answer::verb::dial;
      answer.number = std::move(step.number);
      answer.caller_id = model::number_in(call.record.to).value_or(std::string{});
      break;
    case fallback_answer::verb::record: answer.then = call_answer::verb::record; break;
  }
  return answer;
}

}  // namespace

void take_news(model::call_checkpoint& call, fallback_news news, call_journal& journal, model::call_record::time now) {
  if (news == fallback_news::answered) call.record.fallback = "transferred";
  if (const auto came = what_came(news); !came.empty())
    write_note(journal, call.record.call, now, call_moment::fallback, came);
}

call_answer next_fallback(model::call_checkpoint& call, const model::tenant* tenant, fallback_news news,
                          answered_questions& answered, call_journal& journal, metrics& counters,
                          model::call_record::time now) {
  const auto reason = call.record.reason.value_or(model::end_reason::internal_error);
  if (model::asks_again(call.fallback, news) && answered.may_repeat())
    return to_answer(model::same_step(tenant, reason, call.fallback, call.from_tenant), call);
  auto step = model::next_step(tenant, reason, call.fallback, news, call.from_tenant);
  const bool moves = call.fallback != step.now;
  call.fallback = step.now;
  take_news(call, news, journal, now);
  auto answer = to_answer(std::move(step), call);
  if (after(reason) != model::aftermath::fallback || !moves) return answer;
  switch (answer.then) {
    case call_answer::verb::dial:
      call.record.fallback = "transfer";
      write_note(journal, call.record.call, now, call_moment::fallback,
                 "transfer to " + model::redacted(answer.number));
      break;
    case call_answer::verb::record:
      call.record.fallback = "voicemail";
      write_note(journal, call.record.call, now, call_moment::fallback, "voicemail");
      break;
    case call_answer::verb::say:
      call.record.fallback = "sentence";
      write_note(journal, call.record.call, now, call_moment::fallback, "a sentence, then hang up");
      break;
    case call_answer::verb::stream:
    case call_answer::verb::hang_up:
    case call_answer::verb::nothing:
    case call_answer::verb::redirect_voice:
    case call_answer::verb::redirect_connect: return answer;
  }
  counters.fallback(call.record.fallback);
  return answer;
}

}  // namespace tonris::actors
