#include "actors/web/found_call.hpp"

#include <utility>

#include "model/outbound/ringing.hpp"

namespace tonris::actors {

namespace {

std::optional<model::dial> ringing_dial(const call_asker& asker) {
  auto dial = asker.dials->find(asker.call);
  return dial && rings(*dial) ? std::move(dial) : std::nullopt;
}

}  // namespace

call_asker asker_of(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  return {std::make_shared<api_reply>(asked),
          asked.by,
          {std::string{asked.parameters["CallSid"]}},
          house.supervisor,
          house.store,
          house.webhooks.dials};
}

std::optional<model::dial> ringing_call(const call_asker& asker, const model::call_record& record) {
  return record.state == model::call_state::ringing ? ringing_dial(asker) : std::nullopt;
}

std::function<void(const caf::error&)> say_unavailable(const std::shared_ptr<api_reply>& to) {
  return [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); };
}

net::http_response no_such_call() {
  return error_answer(error_code::call_not_found, "no such call is known");
}

namespace {

void judge(const call_asker& asker, model::action does, const std::string& json,
           const std::function<void(const model::call_record&)>& then) {
  if (json.empty()) return asker.to->send(no_such_call());
  const auto record = model::parse_call_record(json);
  if (!record)
    return asker.to->send(error_answer(error_code::internal_error, "this version cannot read the call's record"));
  switch (may(asker.who, does, record->tenant)) {
    case model::permission::granted: return then(*record);
    case model::permission::not_enough:
      return asker.to->send(error_answer(error_code::forbidden, "this key is not for that"));
    case model::permission::not_his: return asker.to->send(no_such_call());
  }
}

}  // namespace

void with_record(caf::event_based_actor* self, const call_asker& asker, model::action does,
                 std::function<void(const model::call_record&)> then) {
  ask(self, asker.supervisor, call_answer_limit, describe_call{asker.call})
      .then(
          [self, asker, does, then = std::move(then)](const call_description& found) {
            if (!found.json.empty()) return judge(asker, does, found.json, then);
            if (const auto dial = ringing_dial(asker)) return judge(asker, does, to_json(record_of(*dial)), then);
            ask(self, asker.store, call_answer_limit, find_record{asker.call})
                .then([asker, does, then](const found_record& stored) { judge(asker, does, stored.json, then); },
                      say_unavailable(asker.to));
          },
          say_unavailable(asker.to));
}

}  // namespace tonris::actors
