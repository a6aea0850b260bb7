#include "actors/web/calls_api.hpp"

#include <caf/event_based_actor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "actors/call/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{2};

using reply = std::shared_ptr<api_reply>;

model::call_sid call_of(const request_context& asked) {
  return {std::string{asked.parameters["CallSid"]}};
}

void send_found(const reply& to, std::string json) {
  to->send(json.empty() ? error_answer(error_code::call_not_found, "no such call is known")
                        : json_answer(std::move(json)));
}

auto say_unavailable(const reply& to) {
  return [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); };
}

}  // namespace

/// Of whom this process knows nothing any more the store may.
void tell_record(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), call = call_of(asked), supervisor = house.supervisor,
                       store = house.store](caf::event_based_actor* self) {
    ask(self, supervisor, answer_limit, describe_call{call})
        .then(
            [=](const call_description& found) {
              if (!found.json.empty()) return send_found(to, found.json);
              ask(self, store, answer_limit, find_record{call})
                  .then([to](const found_record& stored) { send_found(to, stored.json); }, say_unavailable(to));
            },
            say_unavailable(to));
  });
}

void tell_events(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), call = call_of(asked),
                       store = house.store](caf::event_based_actor* self) {
    ask(self, store, answer_limit, find_events{call})
        .then(
            [to](const found_events& found) {
              send_found(to, found.events.empty() ? std::string{} : to_json(found.events));
            },
            say_unavailable(to));
  });
}

}  // namespace tonris::actors
