#include "actors/call/fallback.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/call/metrics.hpp"
#include "actors/call/tenant_news.hpp"
#include "actors/call/timeline_note.hpp"
#include "model/call/supervision.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/route.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors {

using model::call_moment;
using model::fallback_answer;
using model::fallback_news;
using outcome_type = model::call_record::transfer::outcome_type;

namespace {

/// What comes of a step is what Twilio tells when it asks for the next.
constexpr const char* told_by = "callback";

bool is_transfer(const model::call_checkpoint& call) {
  return call.record.reason && model::is_transfer(*call.record.reason);
}

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
      answer.caller_id = caller_id_of(tenant, business_of(call.record));
      if (is_transfer(call) && tenant != nullptr && tenant->transfer) {
        answer.ringing = std::chrono::seconds{tenant->transfer->ring_seconds};
        if (tenant->transfer->warm) answer.whisper_for = call.record.call;
      }
      break;
    case fallback_answer::verb::record: answer.then = call_answer::verb::record; break;
  }
  return answer;
}

/// "+45 20" is read as numbers; its digits alone are read one by one.
std::string spelled(std::string_view number) {
  std::string text;
  for (const char c : number)
    if (c >= '0' && c <= '9') text.append(text.empty() ? "" : " ").push_back(c);
  return text;
}

}  // namespace

bool returns_to_agent(const model::call_checkpoint& call, const model::tenant* tenant, fallback_news news) {
  using no_answer = model::tenant::transfer_type::no_answer_type;
  if (!is_transfer(call) || !call.transfer || call.transfer->failed) return false;
  if (news != fallback_news::not_answered && news != fallback_news::failed) return false;
  if (tenant == nullptr || tenant->status != model::tenant::status_type::active || !tenant->transfer) return false;
  return tenant->transfer->no_answer == no_answer::agent && call.new_streams < model::supervision::max_new_streams;
}

transfer_words words_of_transfer(const model::call_checkpoint& call, const model::tenant* tenant) {
  if (!call.transfer || tenant == nullptr || !tenant->transfer) return {};
  transfer_words said;
  said.text = tenant->transfer->whisper.value_or("A call is put through to you.");
  const auto caller = spelled(person_of(call.record));
  if (!call.caller_name.empty()) said.text.append(" ").append(call.caller_name).append(".");
  if (model::is_e164(person_of(call.record))) said.text.append(" ").append(caller).append(".");
  if (!call.transfer->reason.empty()) said.text.append(" ").append(call.transfer->reason);
  said.language = model::language_at(*tenant, business_of(call.record)).value_or("");
  said.voice = tenant->sentences.voice.value_or("");
  return said;
}

void fallback_of::take(fallback_news news) {
  if (is_by_agent()) return end_transfer(news);
  const bool was_dialled = call_.record.fallback == "transfer";
  if (was_dialled && (news == fallback_news::not_answered || news == fallback_news::failed)) tell_transfer_failed(news);
  if (news == fallback_news::answered && call_.record.fallback != "transferred") came_to("transferred");
  if (const auto came = what_came(news); !came.empty())
    write_note(services_, call_.record, now_, call_moment::fallback, came);
}

call_answer fallback_of::next(fallback_news news, const std::string& token) {
  auto answer = step(news);
  answered_.add(token, answer);
  return answer;
}

call_answer fallback_of::step(fallback_news news) {
  const auto reason = call_.record.reason.value_or(model::end_reason::internal_error);
  // Who was called hears none of the sentences that are for callers, and leaves no message.
  if (model::twilio::is_outbound(call_.record.direction) && !is_by_agent()) {
    take(news);
    call_.fallback = model::fallback_step::over;
    return {call_answer::verb::hang_up};
  }
  model::fallback_about about{business_of(call_.record), call_.record.rule_name};
  if (call_.transfer && !call_.transfer->failed) about.transfer_to = call_.transfer->number;
  if (model::asks_again(call_.fallback, news) && answered_.may_repeat())
    return to_answer(model::same_step(tenant_, reason, call_.fallback, call_.from_tenant, about), call_, tenant_);
  auto next = model::next_step(tenant_, reason, call_.fallback, news, call_.from_tenant, about);
  const bool moves = call_.fallback != next.now;
  call_.fallback = next.now;
  take(news);
  auto answer = to_answer(std::move(next), call_, tenant_);
  const bool has_steps = after(reason) == model::aftermath::fallback || after(reason) == model::aftermath::arranged;
  if (!has_steps || !moves) return answer;
  if (is_by_agent() && answer.then == call_answer::verb::dial) {
    begin_transfer(answer);
    return answer;
  }
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
                                        {business_of(call_.record), call_.record.rule_name});
  tell_transfer_failed("fallback", dialled.number, news);
}

void fallback_of::tell_transfer_failed(const std::string& which, const std::string& number, fallback_news news) {
  if (!tenant_ || (news != fallback_news::not_answered && news != fallback_news::failed)) return;
  tenant_news::transfer_failed(services_, *tenant_, call_, which, number,
                               news == fallback_news::failed ? "failed" : "not_answered", now_);
}

bool fallback_of::is_by_agent() const {
  return is_transfer(call_) && call_.transfer;
}

void fallback_of::begin_transfer(const call_answer& answer) {
  call_.record.transfers.push_back({now_, answer.number, call_.transfer->reason, outcome_type::ringing});
  write_note(services_, call_.record, now_, call_moment::transfer, "rings at " + model::redacted(answer.number));
  services_.counters->of<call_metrics>().transfer(outcome_type::ringing);
}

/// Only the first news counts: what comes later is of a message.
void fallback_of::end_transfer(fallback_news news) {
  auto& transfers = call_.record.transfers;
  if (news == fallback_news::none || transfers.empty() || transfers.back().outcome != outcome_type::ringing) return;
  auto& transfer = transfers.back();
  transfer.outcome = news == fallback_news::answered       ? outcome_type::answered
                     : news == fallback_news::not_answered ? outcome_type::not_answered
                                                           : outcome_type::failed;
  transfer.outcome_at = now_;
  transfer.outcome_source = told_by;
  write_note(services_, call_.record, now_, call_moment::transfer, what_came(news));
  services_.counters->of<call_metrics>().transfer(transfer.outcome);
  tell_transfer_failed("agent" + std::to_string(transfers.size()), transfer.number, news);
}

void fallback_of::came_to(std::string outcome) {
  auto& record = call_.record;
  record.fallback = std::move(outcome);
  record.fallback_at = now_;
  record.fallback_source = told_by;
}

void fallback_of::write(std::string outcome, std::string_view detail) {
  came_to(std::move(outcome));
  write_note(services_, call_.record, now_, call_moment::fallback, detail);
  services_.counters->of<call_metrics>().fallback(call_.record.fallback);
}

}  // namespace tonris::actors
