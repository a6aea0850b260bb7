#include "actors/web/calls_api.hpp"

#include <caf/event_based_actor.hpp>
#include <functional>
#include <string>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/web/found_call.hpp"
#include "model/call/story.hpp"
#include "model/finding/other_party.hpp"

namespace tonris::actors {

namespace {

using events = std::vector<model::timeline_event>;

void ask_for_record(http_front& at, request_context& asked,
                    std::function<void(caf::event_based_actor*, const call_asker&, const model::call_record&)> then) {
  const auto& house = at.settings();
  house.system->spawn(
      [asker = asker_of(at, asked), then = std::move(then), counters = house.counters](caf::event_based_actor* self) {
        guard(self, *counters);
        with_record(self, asker, model::action::read_calls,
                    [self, asker, then](const model::call_record& record) { then(self, asker, record); });
      });
}

void with_events(caf::event_based_actor* self, const call_asker& asker, std::function<void(const events&)> then) {
  ask(self, asker.store, call_answer_limit, find_events{asker.call})
      .then([then = std::move(then)](const found_events& found) { then(found.events); }, say_unavailable(asker.to));
}

}  // namespace

void tell_record(http_front& at, request_context& asked) {
  ask_for_record(at, asked, [](caf::event_based_actor*, const call_asker& asker, const model::call_record& record) {
    const bool whole = may(asker.who, model::action::see_numbers, record.tenant) == model::permission::granted;
    asker.to->send(json_answer(to_json(whole ? record : model::without_other_number(record))));
  });
}

/// Of a call whose record is not there yet, or no more, the operator is told all the same; of one of which nothing is
/// written yet, as while it rings, that it is known.
void tell_timeline(http_front& at, request_context& asked) {
  const auto answer = [](const call_asker& asker) {
    return [asker](const events& all) { asker.to->send(json_answer(to_json(all))); };
  };
  if (!asked.by.is_operator())
    return ask_for_record(at, asked, [=](caf::event_based_actor* self, const call_asker& asker, const auto&) {
      with_events(self, asker, answer(asker));
    });
  const auto& house = at.settings();
  house.system->spawn([asker = asker_of(at, asked), answer, counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_events(self, asker, [self, asker, answer](const events& all) {
      if (!all.empty()) return answer(asker)(all);
      with_record(self, asker, model::action::read_calls, [=](const model::call_record&) { answer(asker)(all); });
    });
  });
}

void tell_why(http_front& at, request_context& asked) {
  ask_for_record(at, asked,
                 [](caf::event_based_actor* self, const call_asker& asker, const model::call_record& record) {
                   with_events(self, asker, [asker, record](const events& all) {
                     asker.to->send(net::make_response(200, "text/plain; charset=utf-8", call_summary(all, record)));
                   });
                 });
}

}  // namespace tonris::actors
