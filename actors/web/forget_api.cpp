#include "actors/web/forget_api.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "actors/access/audit_note.hpp"
#include "actors/access/messages.hpp"
#include "actors/callback/messages.hpp"
#include "actors/notice/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/forget_audio.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds forget_limit{30};

bool is_number(std::string_view text) {
  return model::to_e164(text).has_value();
}
constexpr model::text_rule number_rule{1, 40, is_number, "a phone number in E.164, such as +15551234567"};

/// Whoever keeps something of a call.
struct keepers {
  call_supervisor supervisor;
  call_store store;
  callback_keeper callbacks;
  notice_keeper notices;
  access_registry access;
  dial_keeper dials;  ///< null: they are on no disk
  audio_services audio;
};

keepers keepers_of(http_front& at) {
  const auto& house = at.settings();
  return {house.supervisor,
          house.store,
          house.callbacks,
          house.notices,
          house.access,
          house.webhooks.dials_on_disk,
          {house.store, house.registry, house.numbers.twilio, house.numbers.main, house.counters}};
}

/// One after the other; the supervisor first, which would else write a record anew, and its record last: who asks again
/// after a failure finds what is left by it. Nobody says that it is done before all have.
void forget_everywhere(caf::event_based_actor* self, const keepers& all, const call_asker& asker,
                       const std::vector<model::call_sid>& calls, const std::function<void()>& then) {
  const auto fail = say_unavailable(asker.to);
  for (const auto& call : calls) asker.dials->forget(call);
  const auto records = [=] {
    ask(self, all.store, forget_limit, forget_stored_calls{calls})
        .then([then](stored_calls_forgotten) { then(); }, fail);
  };
  const auto dials = [=] {
    if (!all.dials) return records();
    ask(self, all.dials, forget_limit, keep_dials{}).then([records](dials_kept) { records(); }, fail);
  };
  const auto notices = [=] {
    ask(self, all.notices, forget_limit, forget_events{calls}).then([dials](events_forgotten) { dials(); }, fail);
  };
  const auto callbacks = [=](const found_conversations& found) {
    ask(self, all.callbacks, forget_limit, forget_callbacks{calls, found.conversations})
        .then([notices](callbacks_forgotten) { notices(); }, fail);
  };
  ask(self, all.store, forget_limit, find_conversations_of{calls}).then(callbacks, fail);
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

}  // namespace

void forget_call(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([asker = asker_of(at, asked), all = keepers_of(at),
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_record(self, asker, model::action::forget_calls, [=](const model::call_record& record) {
      if (ringing_call(asker, record))
        return asker.to->send(error_answer(error_code::conflict, "the call goes on: end it first"));
      const std::vector<model::call_sid> calls{record.call};
      const auto entry =
          entry_of(asker.who, "call.forget", record.tenant, R"({"callSid":")" + record.call.value + "\"}");
      forget_audio(self, all.audio, calls, [=](const audio_forgotten& audio) {
        if (audio.left > 0)
          return asker.to->send(error_answer(error_code::unavailable, "Twilio has not deleted a recording: try again"));
        ask(self, all.supervisor, call_answer_limit, forget_ended_calls{calls})
            .then(
                [=](const ended_calls_forgotten& done) {
                  if (!done.alive.empty())
                    return asker.to->send(error_answer(error_code::conflict, "the call goes on: end it first"));
                  forget_everywhere(self, all, asker, calls, [=] {
                    note_then(self, all.access, entry, [asker] {
                      net::http_response gone;
                      gone.status = 204;
                      asker.to->send(std::move(gone));
                    });
                  });
                },
                say_unavailable(asker.to));
      });
    });
  });
}

void forget_number(http_front& at, request_context& asked) {
  std::string number;
  if (!asked.read_json([&](model::json_fields& body) { number = body.required_text("number", number_rule); })) return;
  const auto& house = at.settings();
  find_calls_with wanted{model::to_e164(number).value_or(""), {}};
  if (!asked.by.is_operator()) wanted.tenant = asked.by.tenant;
  house.system->spawn([asker = asker_of(at, asked), all = keepers_of(at), wanted,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, all.store, forget_limit, wanted)
        .then(
            [=](const found_calls_with& found) {
              forget_audio(self, all.audio, found.calls, [=](const audio_forgotten& audio) {
                ask(self, all.supervisor, call_answer_limit, forget_ended_calls{audio.calls})
                    .then(
                        [=](const ended_calls_forgotten& done) {
                          auto ended = audio.calls;
                          std::erase_if(ended, [&](const auto& one) {
                            return std::find(done.alive.begin(), done.alive.end(), one) != done.alive.end();
                          });
                          const auto left = audio.left + (found.has_more ? 1 : 0);
                          const auto json = counted(ended.size(), done.alive.size(), left);
                          const auto entry =
                              entry_of(asker.who, "number.forget", wanted.tenant.value_or(model::tenant_id{}), json);
                          forget_everywhere(self, all, asker, ended, [=] {
                            note_then(self, all.access, entry, [asker, json] { asker.to->send(json_answer(json)); });
                          });
                        },
                        say_unavailable(asker.to));
              });
            },
            say_unavailable(asker.to));
  });
}

}  // namespace tonris::actors
