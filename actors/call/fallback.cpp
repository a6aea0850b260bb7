#include "actors/call/fallback.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/call/metrics.hpp"
#include "actors/call/tenant_news.hpp"
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

/// A number that Twilio takes as ours, and that is known for a tenant's where the transfer comes back to us.
std::string caller_id_of(const model::tenant* tenant, const std::string& called) {
  auto number = model::number_in(called).value_or(std::string{});
  if (tenant == nullptr) return number;
  const auto own = numbers_of(*tenant);
  const bool is_own =
      std::any_of(own.begin(), own.end(), [&](const std::string& one) { return model::is_same_number(one, number); });
  return is_own ? number : tenant->phone_number;
}

call_answer to_answer(fallback_answer step, const model::call_checkpoint& call, const model::tenant* tenant) {
  call_answer answer;
  answer.language = std::move(step.language);
  answer.voice = std::move(step.voice);
  answer.text = std::move(step.say);
  switch (step.then) {
    case fallback_answer::verb::hang_up:
      answer.then = answer.text.empty() ? call_answer::verb::hang_up : call_answer::verb::say;
      break;
    case fallback_answer::verb::dial:
      answer.then = call_answer::verb::dial;
      answer.number = std::move(step.number);
      answer.caller_id = caller_id_of(tenant, call.record.to);
      break;
    case fallback_answer::verb::record: answer.then = call_answer::verb::record; break;
  }
  return answer;
}

}  // namespace

void fallback_of::take(fallback_news news) {
  const bool was_dialled = call_.record.fallback == "transfer";
  if (was_dialled && (news == fallback_news::not_answered || news == fallback_news::failed)) tell_transfer_failed(news);
  if (news == fallback_news::answered) call_.record.fallback = "transferred";
  if (const auto came = what_came(news); !came.empty())
    write_note(*services_.journal, call_.record.call, now_, call_moment::fallback, came);
}

call_answer fallback_of::next(fallback_news news, const std::string& token) {
  auto answer = step(news);
  answered_.add(token, answer);
  return answer;
}

call_answer fallback_of::step(fallback_news news) {
  const auto reason = call_.record.reason.value_or(model::end_reason::internal_error);
  const model::fallback_about about{call_.record.to, call_.record.rule_name};
  if (model::asks_again(call_.fallback, news) && answered_.may_repeat())
    return to_answer(model::same_step(tenant_, reason, call_.fallback, call_.from_tenant, about), call_, tenant_);
  auto next = model::next_step(tenant_, reason, call_.fallback, news, call_.from_tenant, about);
  const bool moves = call_.fallback != next.now;
  call_.fallback = next.now;
  take(news);
  auto answer = to_answer(std::move(next), call_, tenant_);
  const bool has_steps = after(reason) == model::aftermath::fallback || after(reason) == model::aftermath::arranged;
  if (!has_steps || !moves) return answer;
  switch (answer.then) {
    case call_answer::verb::dial: write("transfer", "transfer to " + model::redacted(answer.number)); break;
    case call_answer::verb::record: write("voicemail", "voicemail"); break;
    case call_answer::verb::say: write("sentence", "a sentence, then hang up"); break;
    case call_answer::verb::stream:
    case call_answer::verb::hang_up:
    case call_answer::verb::nothing:
    case call_answer::verb::redirect_voice:
    case call_answer::verb::redirect_connect: break;
  }
  return answer;
}

void fallback_of::tell_transfer_failed(fallback_news news) {
  if (!tenant_) return;
  const auto dialled = model::same_step(tenant_, call_.record.reason.value_or(model::end_reason::internal_error),
                                        model::fallback_step::transferring, call_.from_tenant,
                                        {call_.record.to, call_.record.rule_name});
  tenant_news::transfer_failed(services_, *tenant_, call_, "fallback", dialled.number,
                               news == fallback_news::failed ? "failed" : "not_answered", now_);
}

void fallback_of::write(std::string outcome, std::string_view detail) {
  call_.record.fallback = std::move(outcome);
  write_note(*services_.journal, call_.record.call, now_, call_moment::fallback, detail);
  services_.counters->of<call_metrics>().fallback(call_.record.fallback);
}

}  // namespace tonris::actors
