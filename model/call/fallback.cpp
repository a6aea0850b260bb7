#include "model/call/fallback.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/call/sentences.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/route.hpp"

namespace tonris::model {

namespace {

constexpr std::array<std::string_view, 4> step_names{"not_begun", "transferring", "taking_message", "over"};

using verb = fallback_answer::verb;

/// What Twilio brings along may be ahead of what was written down before a crash.
fallback_step reached(fallback_step at, fallback_news news) noexcept {
  switch (news) {
    case fallback_news::none:
    case fallback_news::failed: return at;
    case fallback_news::not_answered: return std::max(at, fallback_step::transferring);
    case fallback_news::answered:
    case fallback_news::message_taken: return fallback_step::over;
  }
  return fallback_step::over;
}

bool nothing_is_owed(end_reason why, fallback_news news) noexcept {
  return after(why) == aftermath::hang_up || news == fallback_news::answered || news == fallback_news::message_taken;
}

/// What of the tenant's document this call's fallback follows.
struct arrangement {
  bool none = true;  ///< a sentence, and the end
  std::optional<std::string> transfer_to;
  bool voicemail = false;
  const std::optional<std::string>* say_first = nullptr;  ///< the tenant's own words, before the first step
  std::optional<tenant::sentence> own_sentence{};         ///< the same, as one of its sentences
  bool announced = false;                                 ///< the caller knows that he is put through
};

std::optional<std::string> number_of(const std::string& transfer_to) {
  return transfer_to.empty() ? std::nullopt : std::optional{transfer_to};
}

arrangement while_closed(const tenant& t) {
  if (!t.business_hours) return {};
  const auto& closed = t.business_hours->closed;
  return {
      false, number_of(closed.transfer_to),
      closed.what == tenant::action::voicemail || (closed.what == tenant::action::transfer && t.fallback.voicemail)};
}

arrangement by_rule(const tenant& t, std::string_view name) {
  for (const auto& rule : t.caller_rules)
    if (rule.name == name) return {false, number_of(rule.transfer_to), t.fallback.voicemail};
  return {};
}

/// By `limits.overflow`: what the tenant has for failures does not happen.
arrangement while_over_limit(const tenant& t) {
  const auto& chosen = t.limits.overflow;
  arrangement found;
  found.none = false;
  if (chosen.what == tenant::action::transfer) found.transfer_to = number_of(chosen.transfer_to);
  found.voicemail = chosen.what == tenant::action::voicemail;
  if (t.sentences.texts.contains(tenant::sentence::busy)) found.own_sentence = tenant::sentence::busy;
  return found;
}

arrangement by_agent(const tenant& t, std::string_view number) {
  const bool voicemail = t.transfer && t.transfer->no_answer == tenant::transfer_type::no_answer_type::voicemail;
  arrangement found{false, number_of(std::string{number}), voicemail || t.fallback.voicemail};
  found.announced = true;
  return found;
}

arrangement arranged_for(const tenant& t, end_reason why, const fallback_about& call) {
  if (is_transfer(why)) return by_agent(t, call.transfer_to);
  if (why == end_reason::closed) return while_closed(t);
  if (why == end_reason::sent_on) return by_rule(t, call.rule);
  return while_over_limit(t);
}

/// A call to a number of the tenant's own would come back to us, and end here again.
bool can_be_called(const tenant& t, const std::optional<std::string>& number, bool from_tenant) {
  if (from_tenant || !number) return false;
  const auto own = numbers_of(t);
  return std::none_of(own.begin(), own.end(), [&](const auto& one) { return is_same_number(one, *number); });
}

arrangement arrangement_for(const tenant* t, end_reason why, bool from_tenant, const fallback_about& call) {
  if (t == nullptr || t->status != tenant::status_type::active) return {};
  arrangement found;
  if (after(why) == aftermath::fallback)
    found = {false, t->fallback.transfer_to, t->fallback.voicemail, &t->fallback.say};
  if (after(why) == aftermath::arranged) found = arranged_for(*t, why, call);
  if (!can_be_called(*t, found.transfer_to, from_tenant)) found.transfer_to.reset();
  return found;
}

/// The fallback of one call: which words come before which step.
struct fallback_words {
  const tenant* t;
  const fallback_about& call;
  const arrangement& arranged;

  [[nodiscard]] fallback_answer sentence(tenant::sentence which) const {
    auto words = sentence_for(t, which, call.called);
    fallback_answer answer;
    answer.say = std::move(words.text);
    answer.language = std::move(words.language);
    answer.voice = std::move(words.voice);
    return answer;
  }
  /// The tenant's own words, once, else the sentence.
  [[nodiscard]] fallback_answer first(bool own_words_said, tenant::sentence otherwise) const {
    if (!own_words_said && arranged.own_sentence) return sentence(*arranged.own_sentence);
    if (own_words_said || !arranged.say_first || !*arranged.say_first) return sentence(otherwise);
    fallback_answer answer;
    answer.say = **arranged.say_first;
    answer.language = language_at(*t, call.called).value_or("");
    answer.voice = t->sentences.voice.value_or("");
    return answer;
  }
  [[nodiscard]] fallback_answer transfer() const {
    auto answer = arranged.announced ? fallback_answer{} : first(false, tenant::sentence::connecting);
    answer.then = verb::dial;
    answer.number = *arranged.transfer_to;
    answer.now = fallback_step::transferring;
    return answer;
  }
  [[nodiscard]] fallback_answer message(bool own_words_said) const {
    auto answer = first(own_words_said, tenant::sentence::message);
    answer.then = verb::record;
    answer.now = fallback_step::taking_message;
    return answer;
  }
};

}  // namespace

std::string_view to_string(fallback_step s) noexcept {
  return step_names[static_cast<std::size_t>(s) % step_names.size()];
}

std::optional<fallback_step> parse_fallback_step(std::string_view text) noexcept {
  const auto found = std::find(step_names.begin(), step_names.end(), text);
  if (found == step_names.end()) return std::nullopt;
  return static_cast<fallback_step>(found - step_names.begin());
}

std::chrono::seconds asks_within(fallback_step at, std::chrono::seconds ringing) noexcept {
  constexpr std::chrono::seconds request_takes{3};
  switch (at) {
    case fallback_step::not_begun: return request_takes;
    case fallback_step::transferring: return ringing + request_takes;
    case fallback_step::taking_message: return twiml::longest_message + request_takes;
    case fallback_step::over: break;
  }
  return std::chrono::seconds{0};
}

fallback_answer next_step(const tenant* t, end_reason why, fallback_step at, fallback_news news, bool from_tenant,
                          const fallback_about& call) {
  if (nothing_is_owed(why, news)) return {};
  const auto arranged = arrangement_for(t, why, from_tenant, call);
  const fallback_words words{t, call, arranged};
  if (arranged.none) return words.sentence(sentence_of(why));
  const auto from = reached(at, news);
  const bool begun = from != fallback_step::not_begun;
  if (!begun && arranged.transfer_to) return words.transfer();
  if (from < fallback_step::taking_message && arranged.voicemail) return words.message(begun);
  return words.first(begun, sentence_of(why));
}

bool asks_again(fallback_step at, fallback_news news) noexcept {
  if (at == fallback_step::over) return false;  // the last words are the same however often they are asked for
  switch (news) {
    case fallback_news::none: return at > fallback_step::not_begun;
    case fallback_news::answered:
    case fallback_news::not_answered: return at > fallback_step::transferring;
    case fallback_news::message_taken:
    case fallback_news::failed: return false;
  }
  return false;
}

fallback_answer same_step(const tenant* t, end_reason why, fallback_step at, bool from_tenant,
                          const fallback_about& call) {
  const auto arranged = arrangement_for(t, why, from_tenant, call);
  if (!arranged.none) {
    const fallback_words words{t, call, arranged};
    if (at == fallback_step::transferring && arranged.transfer_to) return words.transfer();
    if (at == fallback_step::taking_message && arranged.voicemail)
      return words.message(arranged.transfer_to.has_value());
  }
  return next_step(t, why, at, fallback_news::none, from_tenant, call);
}

}  // namespace tonris::model
