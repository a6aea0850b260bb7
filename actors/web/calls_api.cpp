#include "actors/web/calls_api.hpp"

#include <caf/event_based_actor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "actors/call/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/call/record.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{2};

using reply = std::shared_ptr<api_reply>;

model::call_sid call_of(const request_context& asked) {
  return {std::string{asked.parameters["CallSid"]}};
}

auto say_unavailable(const reply& to) {
  return [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); };
}

void send_found(const reply& to, std::string json) {
  to->send(json.empty() ? error_answer(error_code::call_not_found, "no such call is known")
                        : json_answer(std::move(json)));
}

/// May he read it? Another's call looks like nobody's.
bool is_for(const model::principal& who, const std::string& record) {
  if (who.is_operator()) return true;
  const auto call = model::parse_call_record(record);
  return call && may(who, model::action::read_calls, call->tenant) == model::permission::granted;
}

/// Of whom this process knows nothing any more the store may. "" where nobody does.
template <class Then>
void look_for_call(caf::event_based_actor* self, const call_supervisor& supervisor, const call_store& store,
                   const model::call_sid& call, const reply& to, Then then) {
  ask(self, supervisor, answer_limit, describe_call{call})
      .then(
          [=](const call_description& found) {
            if (!found.json.empty()) return then(found.json);
            ask(self, store, answer_limit, find_record{call})
                .then([then](const found_record& stored) { then(stored.json); }, say_unavailable(to));
          },
          say_unavailable(to));
}

}  // namespace

void tell_record(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), call = call_of(asked), who = asked.by,
                       supervisor = house.supervisor, store = house.store,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    look_for_call(self, supervisor, store, call, to, [to, who](const std::string& record) {
      send_found(to, is_for(who, record) ? record : std::string{});
    });
  });
}

void tell_events(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), call = call_of(asked), who = asked.by,
                       supervisor = house.supervisor, store = house.store,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto tell = [self, to, call, store] {
      ask(self, store, answer_limit, find_events{call})
          .then(
              [to](const found_events& found) {
                send_found(to, found.events.empty() ? std::string{} : to_json(found.events));
              },
              say_unavailable(to));
    };
    if (who.is_operator()) return tell();
    look_for_call(self, supervisor, store, call, to, [to, who, tell](const std::string& record) {
      if (is_for(who, record)) return tell();
      send_found(to, {});
    });
  });
}

}  // namespace tonris::actors
