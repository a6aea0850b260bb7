#include "actors/web/callback_subject.hpp"

#include <utility>

#include "actors/runtime/ask.hpp"

namespace tonris::actors {

namespace {

using subject_found = std::function<void(callback_subject)>;

template <class Question>
void ask_registry(caf::event_based_actor* self, const tenant_registry& registry, const Question& wanted,
                  std::chrono::milliseconds limit, const std::function<void(tenant_ptr)>& then) {
  ask(self, registry, limit, wanted)
      .then([then](const found_tenant& found) { then(found.tenant); }, [then](const caf::error&) { then(nullptr); });
}

void find_tenant_alone(caf::event_based_actor* self, const callback_sources& in, const callback_names& names,
                       std::chrono::milliseconds limit, const subject_found& then) {
  const auto by_id = [=](const subject_found& tell) {
    if (names.tenant.empty()) return tell({});
    ask_registry(self, in.registry, find_tenant_by_id{names.tenant}, limit, [tell](tenant_ptr tenant) {
      tell({std::move(tenant), std::nullopt});
    });
  };
  if (names.called.empty()) return by_id(then);
  ask_registry(self, in.registry, find_tenant{names.called}, limit, [=](tenant_ptr tenant) {
    if (!tenant) return by_id(then);
    then({std::move(tenant), std::nullopt});
  });
}

void find_tenant_of(caf::event_based_actor* self, const callback_sources& in, model::call_record record,
                    std::chrono::milliseconds limit, const subject_found& then) {
  const auto tenant = record.tenant;
  if (tenant.empty()) return then({nullptr, std::move(record)});
  ask_registry(self, in.registry, find_tenant_by_id{tenant}, limit,
               [then, record = std::move(record)](tenant_ptr found) {
                 then({std::move(found), record});
               });
}

}  // namespace

void find_subject(caf::event_based_actor* self, const callback_sources& in, const callback_names& names,
                  std::chrono::milliseconds limit, std::function<void(callback_subject)> then) {
  auto call = names.call;
  if (call.empty() && !names.conversation.empty() && in.conversations)
    call = in.conversations->find(names.conversation).value_or(model::call_sid{});
  if (call.empty()) return find_tenant_alone(self, in, names, limit, then);
  const auto known = [=](const std::string& json) {
    auto record = model::parse_call_record(json);
    if (!record) return find_tenant_alone(self, in, names, limit, then);
    find_tenant_of(self, in, std::move(*record), limit, then);
  };
  const auto stored = [=] {
    ask(self, in.store, limit, find_record{call})
        .then([known](const found_record& found) { known(found.json); }, [known](const caf::error&) { known({}); });
  };
  ask(self, in.supervisor, limit, describe_call{call})
      .then(
          [known, stored](const call_description& found) {
            if (found.json.empty()) return stored();
            known(found.json);
          },
          [stored](const caf::error&) { stored(); });
}

}  // namespace tonris::actors
