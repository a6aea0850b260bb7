#pragma once

#include <caf/all.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/access/messages.hpp"

namespace tonris::actors::test {

/// What a store of keys holds in a test, and how it fails.
struct kept_access {
  std::map<std::string, model::kept_api_key> keys;
  std::vector<model::audit_entry> trail;
  std::map<std::string, std::chrono::sys_days> used;
  int found = 0;            ///< how often a key was asked for
  bool is_away = false;     ///< refuses whatever it is asked
  bool holds_back = false;  ///< of find_api_key: it looks, and answers when `answer_all` is called
  std::vector<std::function<void()>> held;

  /// Lets the store give them, on its own time: a promise is its actor's.
  void answer_all() const { caf::anon_send(caf::actor_cast<access_store>(store), mark_api_key_used{}); }
  caf::actor_addr store;
};

inline access_store::behavior_type fake_access_store(access_store::pointer self, std::shared_ptr<kept_access> kept) {
  kept->store = self->address();
  static const auto away = [] { return caf::make_error(caf::sec::runtime_error, "away"); };
  return {
      [=](const find_api_key& wanted) -> caf::result<found_api_key> {
        ++kept->found;
        if (kept->is_away) return away();
        found_api_key answer;
        if (const auto found = kept->keys.find(wanted.id); found != kept->keys.end()) answer.key = found->second;
        if (!kept->holds_back) return answer;
        auto promise = self->make_response_promise<found_api_key>();
        kept->held.push_back([promise, answer]() mutable { promise.deliver(answer); });
        return promise;
      },
      [=](const add_api_key& wanted) -> caf::result<added_api_key> {
        if (kept->is_away) return away();
        if (kept->keys.size() >= model::max_api_keys_of_a_tenant) return added_api_key{true};
        kept->keys[wanted.key.id] = wanted.key;
        kept->trail.push_back(wanted.entry);
        return added_api_key{};
      },
      [=](const remove_api_keys& wanted) -> caf::result<removed_api_keys> {
        if (kept->is_away) return away();
        removed_api_keys removed;
        for (const auto& [id, key] : kept->keys)
          if (key.tenant == wanted.tenant && (wanted.id.empty() || wanted.id == id)) removed.ids.push_back(id);
        for (const auto& id : removed.ids) kept->keys.erase(id);
        if (!removed.ids.empty()) kept->trail.push_back(wanted.entry);
        return removed;
      },
      [=](const mark_api_key_used& wanted) {
        if (!wanted.id.empty()) kept->used[wanted.id] = wanted.day;
        for (auto& one : std::exchange(kept->held, {})) one();
      },
      [=](const list_api_keys& wanted) -> caf::result<listed_api_keys> {
        if (kept->is_away) return away();
        listed_api_keys all;
        for (const auto& [id, key] : kept->keys)
          if (key.tenant == wanted.tenant) all.keys.push_back(key);
        return all;
      },
      [=](const note_change& wanted) -> caf::result<change_noted> {
        if (kept->is_away) return away();
        kept->trail.push_back(wanted.entry);
        return change_noted{};
      },
      [=](const list_audit& wanted) -> caf::result<audit_page> {
        if (kept->is_away) return away();
        audit_page page;
        for (auto one = kept->trail.rbegin(); one != kept->trail.rend(); ++one)
          if (wanted.tenant.empty() || one->tenant == wanted.tenant) page.entries.push_back(*one);
        if (page.entries.size() > wanted.most) {
          page.entries.resize(wanted.most);
          page.next = 7;
        }
        return page;
      },
  };
}

/// Keys of a ring of one, good for tests alone.
inline std::shared_ptr<const model::api_key_digests> some_digests() {
  return std::make_shared<const model::api_key_digests>(model::derive({{"k1", {1, 2, 3}}}));
}

}  // namespace tonris::actors::test
