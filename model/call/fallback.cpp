#include "model/call/fallback.hpp"

#include <algorithm>
#include <array>

#include "model/phone/number.hpp"
#include "model/twilio/twiml.hpp"

namespace tonris::model {

namespace {

constexpr std::array<std::string_view, 4> step_names{"not_begun", "transferring", "taking_message", "over"};

constexpr std::string_view before_transfer = "One moment, I am connecting you.";
constexpr std::string_view before_message = "Nobody is free right now. Please leave a message after the tone.";

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

bool has_fallback(const tenant* t, end_reason why) noexcept {
  return after(why) == aftermath::fallback && t != nullptr && t->status == tenant::status_type::active;
}

/// A call to the number that was called would come back to us, and end here again.
bool can_transfer(const tenant& t, bool from_tenant) {
  return !from_tenant && t.fallback.transfer_to && !is_same_number(*t.fallback.transfer_to, t.phone_number);
}

fallback_answer sentence(end_reason why) {
  return {verb::hang_up, std::string{default_sentence(why)}, {}, {}, fallback_step::over};
}

/// The tenant's own words, once, else ours: English, whatever the tenant speaks.
fallback_answer spoken(const tenant& t, bool own_words_said, std::string_view otherwise) {
  fallback_answer answer;
  if (t.fallback.say && !own_words_said) {
    answer.say = *t.fallback.say;
    answer.language = t.language.value_or("");
  } else {
    answer.say = otherwise;
  }
  return answer;
}

fallback_answer transfer(const tenant& t) {
  auto answer = spoken(t, false, before_transfer);
  answer.then = verb::dial;
  answer.number = *t.fallback.transfer_to;
  answer.now = fallback_step::transferring;
  return answer;
}

fallback_answer message(const tenant& t, bool own_words_said) {
  auto answer = spoken(t, own_words_said, before_message);
  answer.then = verb::record;
  answer.now = fallback_step::taking_message;
  return answer;
}

}  // namespace

std::string_view to_string(fallback_step s) noexcept {
  return step_names[static_cast<std::size_t>(s) % step_names.size()];
}

std::optional<fallback_step> parse_fallback_step(std::string_view text) noexcept {
  const auto found = std::find(step_names.begin(), step_names.end(), text);
  if (found == step_names.end()) return std::nullopt;
  return static_cast<fallback_step>(found - step_names.begin());
}

std::chrono::seconds asks_within(fallback_step at) noexcept {
  constexpr std::chrono::seconds request_takes{3};
  switch (at) {
    case fallback_step::not_begun: return request_takes;
    case fallback_step::transferring: return twiml::default_ringing + request_takes;
    case fallback_step::taking_message: return twiml::longest_message + request_takes;
    case fallback_step::over: break;
  }
  return std::chrono::seconds{0};
}

fallback_answer next_step(const tenant* t, end_reason why, fallback_step at, fallback_news news, bool from_tenant) {
  if (nothing_is_owed(why, news)) return {};
  if (!has_fallback(t, why)) return sentence(why);
  const auto from = reached(at, news);
  const bool begun = from != fallback_step::not_begun;
  if (!begun && can_transfer(*t, from_tenant)) return transfer(*t);
  if (from < fallback_step::taking_message && t->fallback.voicemail) return message(*t, begun);
  return spoken(*t, begun, default_sentence(why));
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

fallback_answer same_step(const tenant* t, end_reason why, fallback_step at, bool from_tenant) {
  if (has_fallback(t, why)) {
    const bool transferred = can_transfer(*t, from_tenant);
    if (at == fallback_step::transferring && transferred) return transfer(*t);
    if (at == fallback_step::taking_message && t->fallback.voicemail) return message(*t, transferred);
  }
  return next_step(t, why, at, fallback_news::none, from_tenant);
}

}  // namespace tonris::model
