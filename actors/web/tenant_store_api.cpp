#include "actors/web/tenant_store_api.hpp"

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/access/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/tenant/mirror.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr std::chrono::minutes restore_limit{2};  // some thousand a second

net::http_response answer_with(const restored_tenants& done) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("restored", static_cast<std::int64_t>(done.restored));
  out.member("there", static_cast<std::int64_t>(done.there));
  out.member("refused", static_cast<std::int64_t>(done.refused));
  out.close_object();
  return json_answer(std::move(json));
}

}  // namespace

void restore_lost_tenants(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  if (!house.mirror)
    return asked.answer(error_answer(error_code::conflict,
                                     "this gateway shares its tenants with no other: none of them "
                                     "are lost without it"));
  house.system->spawn([mirror = house.mirror, access = house.access, counters = house.counters, by = asked.by,
                       to = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, mirror, restore_limit, restore_tenants{})
        .then(
            [self, access, by, to](const restored_tenants& done_so) {
              const auto answer = answer_with(done_so);
              const auto entry = entry_of(by, "tenants.restore", {}, "", answer.body);
              note_then(self, access, entry, [to, answer] { to->send(answer); });
            },
            [to](const caf::error&) { to->send(tenant_store_away()); });
  });
}

void declare_tenants_whole(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  house.system->spawn([store = house.tenants, access = house.access, counters = house.counters,
                       entry = entry_of(asked.by, "tenants.whole"),
                       to = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, store, answer_limit, declare_whole{})
        .then(
            [self, access, entry, to](declared_whole) {
              note_then(self, access, entry, [to] {
                net::http_response fine;
                fine.status = 204;
                to->send(std::move(fine));
              });
            },
            [to](const caf::error&) { to->send(tenant_store_away()); });
  });
}

}  // namespace tonris::actors
