#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "actors/store/tenant_database.hpp"
#include "actors/tenant/store_messages.hpp"

namespace tonris::actors::test {

/// The database itself, asked in the test's own time.
inline tenant_store::behavior_type store_over(tenant_store::pointer, std::shared_ptr<tenant_database> db,
                                              const bool* away, std::function<void()>* meanwhile) {
  const auto changed = [](const tenant_change&) {};
  const auto check = [away] {
    if (*away) throw std::runtime_error("away");
  };
  return {
      [db, check](const look_up_tenants& wanted) {
        check();
        looked_up_tenants found;
        for (const auto& one : wanted.wanted) {
          auto& answer = found.found.emplace_back();
          const auto row = one.number.empty() ? db->find(one.id).value() : db->find_by_number(one.number).value();
          if (!row) continue;
          const bool same = row->etag == one.known_etag;
          answer = {same ? looked_up_tenant::outcome::unchanged : looked_up_tenant::outcome::found, *row};
        }
        return found;
      },
      [db, check, changed, meanwhile](const write_tenants& wanted) {
        check();
        if (const auto happens = std::exchange(*meanwhile, nullptr)) happens();
        return tenants_written{db->write(wanted.writes, changed).value()};
      },
      [db, check, changed](const erase_tenant& wanted) {
        check();
        return tenants_written{{db->erase(wanted.id, wanted.want, changed).value()}};
      },
      [db](const read_tenant_page& wanted) { return tenant_page_read{db->page(wanted.after, wanted.most).value()}; },
      [](read_imported_tenants) { return imported_tenants{}; },
      [db](const keep_of_number& wanted) {
        if (!db->keep_of_number(wanted.number, wanted.json)) throw std::runtime_error("not kept");
        return number_kept{};
      },
      [db](const read_kept_of_number& wanted) { return kept_of_number{db->kept_of_number(wanted.number).value()}; },
      [](declare_whole) { return declared_whole{}; },
      [](const watch_tenants&) {},
  };
}

}  // namespace tonris::actors::test
