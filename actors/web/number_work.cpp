#include "actors/web/number_work.hpp"

#include <algorithm>
#include <string_view>

#include "actors/runtime/ask.hpp"
#include "actors/telemetry/log.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;

namespace {

constexpr std::chrono::seconds store_limit{5}, twilio_limit{15};

/// What is behind a field of the number's, as it is now.
std::string_view value_of(const twilio::call_handlers& now, std::string_view field) {
  if (field == "VoiceUrl") return now.voice.url;
  if (field == "VoiceFallbackUrl") return now.fallback.url;
  if (field == "StatusCallback") return now.status.url;
  if (field == "VoiceMethod") return now.voice.method;
  if (field == "VoiceFallbackMethod") return now.fallback.method;
  if (field == "StatusCallbackMethod") return now.status.method;
  return field == "TrunkSid" ? now.trunk : now.application;
}

std::string shown(std::string_view field, std::string_view value) {
  const bool is_address = field.ends_with("Url") || field == "StatusCallback";
  return is_address ? twilio::shown_address(value) : std::string{value};
}

std::vector<number_outcome::change> changes_by(const model::form& fields, const twilio::call_handlers& now) {
  std::vector<number_outcome::change> changes;
  for (const auto& [field, value] : fields) {
    const auto before = value_of(now, field);
    if (before != value) changes.push_back({field, shown(field, before), shown(field, value)});
  }
  return changes;
}

void put(model::json_writer& out, const number_outcome& one) {
  out.open_object();
  out.member("number", one.number);
  if (one.state) {
    out.member("state", to_string(*one.state));
    out.member("voiceUrl", twilio::shown_address(one.calls.voice.url));
    out.member("voiceFallbackUrl", twilio::shown_address(one.calls.fallback.url));
    out.member("statusCallback", twilio::shown_address(one.calls.status.url));
    if (!one.calls.application.empty()) out.member("voiceApplicationSid", one.calls.application);
    if (!one.calls.trunk.empty()) out.member("trunkSid", one.calls.trunk);
    out.member("kept", one.is_kept);
  }
  if (!one.changes.empty()) {
    out.open_list("changes");
    for (const auto& change : one.changes) {
      out.open_object();
      out.member("field", change.field);
      out.member("from", change.from);
      out.member("to", change.to);
      out.close_object();
    }
    out.close_list();
  }
  if (one.failed) {
    out.open_object("error");
    out.member("code", one.failed->code);
    out.member("message", one.failed->words);
    out.close_object();
  }
  out.close_object();
}

}  // namespace

/// REST takes the first of several tokens.
twilio_account account_of(const model::tenant& t, const twilio_account& main) {
  if (t.secrets.account.empty()) return main;
  const auto tokens = auth_tokens_of(t.secrets);
  return {t.secrets.account, config::secret{tokens.empty() ? std::string{} : tokens.front()}};
}

std::optional<twilio_account> account_of_call(const model::account_sid& of_call, const model::tenant& t,
                                              const twilio_account& main) {
  if (of_call == main.sid) return main;
  auto own = account_of(t, main);
  const bool is_its = of_call.empty() || of_call == own.sid;
  return is_its && !own.token.reveal().empty() ? std::optional{std::move(own)} : std::nullopt;
}

std::string to_json(const std::vector<number_outcome>& outcomes) {
  std::string json;
  model::json_writer out{json};
  out.open_list();
  for (const auto& one : outcomes) put(out, one);
  out.close_list();
  return json;
}

number_work::number_work(caf::event_based_actor* self, number_services house, order wanted, told then)
    : self_(self),
      house_(std::move(house)),
      order_(std::move(wanted)),
      told_(std::move(then)),
      account_(account_of(order_.t, house_.main)),
      began_(self->clock().now()) {}

void number_work::start(caf::event_based_actor* self, number_services house, order wanted, told then) {
  std::shared_ptr<number_work>(new number_work(self, std::move(house), std::move(wanted), std::move(then)))->next();
}

void number_work::next() {
  if (next_ == order_.numbers.size()) return told_(std::move(outcomes_));
  outcomes_.push_back({order_.numbers[next_++]});
  if (account_.token.reveal().empty())
    return fail("twilio_token_missing", "the tenant's own token cannot be opened: SECRETS_KEY is another one");
  if (self_->clock().now() - began_ > time_for_all)
    return fail("not_tried", "Twilio took too long over the numbers before; nothing was done to this one");
  find(twilio::numbers_target(account_.sid, current().number), 0);
}

/// Twilio's filter is a pattern, and its lists come in pages.
void number_work::find(std::string target, std::size_t pages) {
  ask(self_, house_.twilio, twilio_limit, ask_twilio{account_, std::move(target)})
      .then(
          [me = shared_from_this(), pages](const twilio_answer& answer) {
            if (answer.status != 200) return me->fail(answer);
            const auto page = twilio::decode_number_page(answer.body);
            if (!page) return me->fail("twilio_unreadable", "Twilio's list of numbers cannot be read");
            const auto found = std::ranges::find_if(page->numbers, [&](const twilio::incoming_number& one) {
              return model::is_same_number(one.number, me->current().number);
            });
            if (found != page->numbers.end()) return me->look_at(*found);
            if (page->next.empty() || pages + 1 >= most_pages)
              return me->fail("twilio_number_unknown",
                              "account " + me->account_.sid.value + " at Twilio has no such number");
            me->find(page->next, pages + 1);
          },
          [me = shared_from_this()](const caf::error&) {
            me->fail(twilio_answer{0, {}, "our own client is gone"});
          });
}

void number_work::look_at(const twilio::incoming_number& there) {
  says(there.calls);
  ask(self_, house_.store, store_limit, read_kept_of_number{model::meeting_form(current().number)})
      .then(
          [me = shared_from_this(), there](const kept_of_number& known) {
            if (known.json.empty()) return me->go_on(there, {});
            const auto kept = twilio::parse_kept_handlers(known.json);
            if (!kept) return me->fail("store_unreadable", "what was kept of the number cannot be read");
            me->go_on(there, *kept);
          },
          [me = shared_from_this()](const caf::error&) {
            me->fail("store_unavailable", "the store does not say what is kept of the number; nothing was changed");
          });
}

void number_work::go_on(const twilio::incoming_number& there, const twilio::kept_handlers& kept) {
  current().is_kept = !kept.empty();
  switch (order_.what) {
    case kind::look: return finish();
    case kind::attach: return attach(there, kept);
    case kind::detach: return detach(there, kept);
  }
}

void number_work::attach(const twilio::incoming_number& there, const twilio::kept_handlers& kept) {
  const auto plan = twilio::plan_attach(there.calls, house_.origin, kept);
  current().changes = changes_by(plan.fields, there.calls);
  if (plan.fields.empty() || order_.only_says) return finish();
  const auto change = [me = shared_from_this(), there, fields = plan.fields] {
    me->post(there, fields, [me] {
      if (me->current().state == twilio::number_state::attached) return me->finish();
      me->fail("twilio_refused", "Twilio took the change, and shows something else");
    });
  };
  if (plan.keep == kept) return change();
  keep(to_json(plan.keep), [me = shared_from_this(), change] {
    me->current().is_kept = true;
    change();
  });
}

void number_work::detach(const twilio::incoming_number& there, const twilio::kept_handlers& kept) {
  if (kept.empty() && current().state != twilio::number_state::elsewhere)
    return fail("nothing_kept", "what was there before is not known: enter it in Twilio's console");
  const auto fields = twilio::plan_detach(there.calls, house_.origin, kept);
  current().changes = changes_by(fields, there.calls);
  if (order_.only_says) return finish();
  const auto forget = [me = shared_from_this()] {
    me->keep("", [me] {
      me->current().is_kept = false;
      me->finish();
    });
  };
  if (!fields.empty()) return post(there, fields, forget);
  if (kept.empty()) return finish();
  forget();
}

void number_work::post(const twilio::incoming_number& there, const model::form& fields, std::function<void()> then) {
  current().may_be_changed = true;
  ask(self_, house_.twilio, twilio_limit,
      ask_twilio{account_, twilio::number_target(account_.sid, there.sid), twilio::form_body(fields)})
      .then(
          [me = shared_from_this(), then](const twilio_answer& answer) {
            me->current().may_be_changed = answer.sent && (answer.status < 400 || answer.status >= 500);
            if (answer.status != 200) return me->fail(answer);
            const auto now = twilio::decode_number(answer.body);
            if (!now) return me->fail("twilio_unreadable", "Twilio took the change, but what it shows cannot be read");
            me->says(now->calls);
            log::info("Number {number} at Twilio is {state} now",
                      {{"number", me->current().number}, {"state", to_string(*me->current().state)}});
            then();
          },
          [me = shared_from_this()](const caf::error&) {
            me->fail(twilio_answer{0, {}, "our own client is gone"});
          });
}

void number_work::keep(std::string json, std::function<void()> then) {
  const bool forgets = json.empty();
  ask(self_, house_.store, store_limit, keep_of_number{model::meeting_form(current().number), std::move(json)})
      .then([then](number_kept) { then(); },
            [me = shared_from_this(), forgets](const caf::error&) {
              me->fail("store_unavailable", forgets ? "it was put back, but what was kept of it cannot be forgotten"
                                                    : "what was there cannot be kept, so nothing was changed");
            });
}

void number_work::says(const twilio::call_handlers& now) {
  current().calls = now;
  current().state = twilio::state_of(now, house_.origin);
}

void number_work::finish() {
  next();
}

void number_work::fail(std::string code, std::string words) {
  current().failed = {std::move(code), std::move(words)};
  next();
}

/// What an answer means that is not the one that was hoped for.
void number_work::fail(const twilio_answer& answer) {
  if (!answer.sent) return fail("twilio_busy", answer.why);
  if (answer.status == 0)
    return fail("twilio_no_answer", "Twilio did not answer (" + answer.why + "): whether it did anything is not known");
  const auto error = twilio::decode_rest_error(answer.body);
  std::string said = "Twilio answered with status " + std::to_string(answer.status);
  if (error.code != 0) said.append(", code ").append(std::to_string(error.code));
  if (!error.message.empty()) said.append(": ").append(error.message);
  switch (answer.status) {
    case 401:
    case 403: return fail("twilio_unauthorized", said);
    case 404: return fail("twilio_number_unknown", said);
    case 429: return fail("twilio_busy", said + "; it did nothing");
    default: return fail(answer.status >= 500 ? "twilio_unavailable" : "twilio_refused", said);
  }
}

}  // namespace tonris::actors
