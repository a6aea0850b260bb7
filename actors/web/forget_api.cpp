#include "actors/web/forget_api.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actors/access/audit_note.hpp"
#include "actors/access/messages.hpp"
#include "actors/call/live_board.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/callback/by_number.hpp"
#include "actors/notice/messages.hpp"
#include "actors/outbound/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/forget_audio.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/call/held_line.hpp"
#include "model/finding/call_query.hpp"
#include "model/json/writer.hpp"
#include "model/phone/mention.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds forget_limit{30};

/// As a record has it, and as a call is found by it. A word is nobody's: those who withhold their numbers are many.
bool is_somebodys(std::string_view text) {
  const auto whose = model::caller_in(text);
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  return model::is_e164(whose) || (model::is_address(whose) && std::ranges::none_of(whose, is_control));
}
constexpr model::text_rule number_rule{
    1, 255, is_somebodys, "a phone number in E.164, such as +15551234567, or an address, such as sip:anna@example.com"};

/// Whoever keeps something of a call.
struct keepers {
  call_supervisor supervisor;
  call_store store;
  callback_keeper_by_number callbacks;
  notice_keeper notices;
  access_registry access;
  dial_keeper dials;          ///< null: they are on no disk
  dial_sharing shared_dials;  ///< null: no other node has any
  audio_services audio;
};

keepers keepers_of(http_front& at) {
  const auto& house = at.settings();
  return {house.supervisor,
          house.store,
          caf::actor_cast<callback_keeper_by_number>(house.callbacks),
          house.notices,
          house.access,
          house.webhooks.dials_on_disk,
          house.webhooks.shared_dials,
          {house.store, house.registry, house.numbers.twilio, house.numbers.main, house.counters}};
}

/// Here, at once, and at Redis, which is told of it as of a call that nobody was asked for: so its id is free there
/// too. The tenant's attempts stay counted. What is on the disk has gone once `written` says so.
void forget_dial(const keepers& all, outbound_dials& dials, model::dial one) {
  dials.forget(one.shown_by);
  if (!all.shared_dials) return;
  one.call = {};
  one.state = model::dial::state_type::asking;
  caf::anon_send(all.shared_dials, dial_is_now{std::move(one), true});
}
void written(caf::event_based_actor* self, const keepers& all, const call_asker& asker,
             const std::function<void()>& then) {
  if (!all.dials) return then();
  ask(self, all.dials, forget_limit, keep_dials{}).then([then](dials_kept) { then(); }, say_unavailable(asker.to));
}

/// One after the other; the supervisor first, which would else write a record anew, and its record last: who asks again
/// after a failure finds what is left by it. Nobody says that it is done before all have.
void forget_everywhere(caf::event_based_actor* self, const keepers& all, const call_asker& asker,
                       const std::vector<model::call_sid>& calls, const std::function<void()>& then) {
  const auto fail = say_unavailable(asker.to);
  for (const auto& call : calls)
    if (auto one = asker.dials->find(call)) forget_dial(all, *asker.dials, *std::move(one));
  const auto records = [=] {
    ask(self, all.store, forget_limit, forget_stored_calls{calls})
        .then([then](stored_calls_forgotten) { then(); }, fail);
  };
  const auto dials = [=] { written(self, all, asker, records); };
  const auto notices = [=] {
    ask(self, all.notices, forget_limit, forget_events{calls}).then([dials](events_forgotten) { dials(); }, fail);
  };
  const auto callbacks = [=](const found_conversations& found) {
    ask(self, all.callbacks, forget_limit, forget_callbacks{calls, found.conversations})
        .then([notices](callbacks_forgotten) { notices(); }, fail);
  };
  ask(self, all.store, forget_limit, find_conversations_of{calls}).then(callbacks, fail);
}

/// Who is on the line, behind our part of a call that nobody here has heard of? Its record says so.
spares_call held_lines_of(const std::vector<model::call_sid>& unknown, const keepers& all) {
  return [unknown = std::unordered_set<model::call_sid>{unknown.begin(), unknown.end()},
          now = all.audio.wall_clock()](const model::call_record& record) {
    return unknown.contains(record.call) && may_hold_the_line(record, now);
  };
}

using calls_type = std::vector<model::call_sid>;

calls_type without(calls_type calls, const calls_type& others) {
  const std::unordered_set<model::call_sid> out{others.begin(), others.end()};
  std::erase_if(calls, [&](const auto& one) { return out.contains(one); });
  return calls;
}

/// From or to a number, of that tenant or of all: those that go on in this gateway, and those that Twilio was asked
/// for, of which nobody knows a CallSid.
struct calls_that_go_on {
  calls_type calls;
  std::size_t coming = 0;           ///< they may be answered yet
  std::vector<model::ticket> lost;  ///< nobody answers with their tickets any more: there is only what was asked for
};
bool is_of(std::string_view number, const std::string& from, const std::string& to) {
  const auto is_it = [&](const std::string& one) {
    return model::shared_end(one) == model::shared_end(number) && model::is_same_number(one, number);
  };
  return is_it(from) || is_it(to);
}
calls_that_go_on going_on(const find_calls_with& wanted, const live_board& live, const outbound_dials& dials) {
  calls_that_go_on found;
  model::call_query query;
  query.tenant = wanted.tenant;
  query.limit = live.size() + 1;
  for (const auto& one : live.list(query))
    if (is_of(wanted.number, one.from, one.to)) found.calls.push_back(one.call);
  const auto now = std::chrono::steady_clock::now();
  for (const auto& ticket : dials.followed()) {
    const auto one = dials.find(ticket);
    if (!one || !one->call.empty()) continue;
    if (wanted.tenant && one->asked.tenant != *wanted.tenant) continue;
    if (!is_of(wanted.number, one->asked.from, one->asked.to)) continue;
    if (now < one->began + model::dials::ticket_life)
      ++found.coming;
    else
      found.lost.push_back(ticket);
  }
  return found;
}

struct lost_dials_forgotten {
  std::size_t forgotten = 0;
  std::size_t placed = 0;  ///< meanwhile somebody has told whose CallSid they have
};
void forget_lost_dials(caf::event_based_actor* self, const keepers& all, const call_asker& asker,
                       const std::vector<model::ticket>& which,
                       const std::function<void(const lost_dials_forgotten&)>& then) {
  lost_dials_forgotten done;
  for (const auto& ticket : which) {
    auto one = asker.dials->find(ticket);
    if (!one) continue;
    if (!one->call.empty()) {
      ++done.placed;
      continue;
    }
    forget_dial(all, *asker.dials, *std::move(one));
    ++done.forgotten;
  }
  // Also where there is none: a former request's may not be off the disk yet.
  written(self, all, asker, [then, done] { then(done); });
}

/// Last, and by the number itself: what was told of nobody's conversations has no call to go with.
void forget_reports(caf::event_based_actor* self, const keepers& all, const call_asker& asker,
                    const find_calls_with& wanted, const std::function<void(const callbacks_with_forgotten&)>& then) {
  ask(self, all.callbacks, forget_limit, forget_callbacks_with{wanted.number, wanted.tenant})
      .then([then](const callbacks_with_forgotten& done) { then(done); }, say_unavailable(asker.to));
}

std::string counted(std::size_t forgotten, std::size_t alive, std::size_t left) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("forgotten", forgotten);
  out.member("alive", alive);
  if (left > 0) out.member("left", left);
  out.close_object();
  return json;
}

struct forgotten_calls {
  calls_type calls;
  std::size_t alive = 0;  ///< they go on, or their callers may be on the line still
  std::size_t left = 0;   ///< as in audio_forgotten
};

/// Of these calls all but those that go on, and those of which Twilio still keeps something.
void forget_ended(caf::event_based_actor* self, const keepers& all, const call_asker& asker, const calls_type& calls,
                  const std::function<void(const forgotten_calls&)>& then) {
  const auto fail = say_unavailable(asker.to);
  const auto end = [=](std::size_t alive, const audio_forgotten& audio) {
    // Once more: it may have taken a while, and whoever was asked about meanwhile is remembered again.
    ask(self, all.supervisor, call_answer_limit, forget_ended_calls{audio.calls})
        .then(
            [=](const ended_calls_forgotten& again) {
              const forgotten_calls done{without(audio.calls, again.alive), alive + again.alive.size() + audio.spared,
                                         audio.left};
              if (done.calls.empty()) return then(done);
              forget_everywhere(self, all, asker, done.calls, [then, done] { then(done); });
            },
            fail);
  };
  ask(self, all.supervisor, call_answer_limit, forget_ended_calls{calls})
      .then(
          [=](const ended_calls_forgotten& known) {
            forget_audio(self, all.audio, without(calls, known.alive), held_lines_of(known.unknown, all),
                         [end, alive = known.alive.size()](const audio_forgotten& audio) { end(alive, audio); });
          },
          fail);
}

}  // namespace

void forget_call(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([asker = asker_of(at, asked), all = keepers_of(at),
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_record(self, asker, model::action::forget_calls, [=](const model::call_record& record) {
      const auto goes_on = [asker] {
        asker.to->send(error_answer(error_code::conflict, "the call goes on: end it first"));
      };
      if (ringing_call(asker, record)) return goes_on();
      const auto entry =
          entry_of(asker.who, "call.forget", record.tenant, R"({"callSid":")" + record.call.value + "\"}");
      forget_ended(self, all, asker, {record.call}, [=](const forgotten_calls& done) {
        if (done.alive > 0) return goes_on();
        if (done.left > 0)
          return asker.to->send(error_answer(error_code::unavailable, "Twilio has not deleted a recording: try again"));
        note_then(self, all.access, entry, [asker] {
          net::http_response gone;
          gone.status = 204;
          asker.to->send(std::move(gone));
        });
      });
    });
  });
}

void forget_number(http_front& at, request_context& asked) {
  std::string number;
  if (!asked.read_json([&](model::json_fields& body) { number = body.required_text("number", number_rule); })) return;
  const auto& house = at.settings();
  if (house.webhooks.dials->awaits_former_life())
    return asked.answer(
        error_answer(error_code::unavailable, "the calls that the gateway has placed are not known yet: try again"));
  find_calls_with wanted{model::caller_in(number), {}};
  if (!asked.by.is_operator()) wanted.tenant = asked.by.tenant;
  house.system->spawn([asker = asker_of(at, asked), all = keepers_of(at), live = house.live, wanted,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto say = [=](const std::string& json) {
      const auto entry = entry_of(asker.who, "number.forget", wanted.tenant.value_or(model::tenant_id{}), json);
      note_then(self, all.access, entry, [asker, json] { asker.to->send(json_answer(json)); });
    };
    const auto forget_rest = [=](const calls_that_go_on& others, const forgotten_calls& done, bool has_more) {
      forget_lost_dials(self, all, asker, others.lost, [=](const lost_dials_forgotten& dials) {
        const auto alive = done.alive + others.calls.size() + others.coming + dials.placed;
        forget_reports(self, all, asker, wanted, [=](const callbacks_with_forgotten& reports) {
          say(counted(done.calls.size() + dials.forgotten + reports.conversations, alive,
                      done.left + reports.left + (has_more ? 1 : 0)));
        });
      });
    };
    const auto forget = [=](const calls_that_go_on& others, const found_calls_with& found) {
      forget_ended(self, all, asker, without(found.calls, others.calls),
                   [=, more = found.has_more](const forgotten_calls& done) { forget_rest(others, done, more); });
    };
    // Those that go on first: what ends meanwhile is in the store by then.
    const auto others = going_on(wanted, *live, *asker.dials);
    ask(self, all.supervisor, call_answer_limit, forget_ended_calls{})
        .then(
            [=](const ended_calls_forgotten&) {
              ask(self, all.store, forget_limit, wanted)
                  .then([=](const found_calls_with& found) { forget(others, found); }, say_unavailable(asker.to));
            },
            say_unavailable(asker.to));
  });
}

}  // namespace tonris::actors
