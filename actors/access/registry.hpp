#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "actors/access/messages.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// The access registry: knows keys by the ids that were asked for lately, those that are there and those that are not,
/// and asks its store for all others. Ordinary actor. What is revoked opens nothing once the revocation is answered;
/// what another node has revoked, once `remembers` is over.
struct access_registry_state {
  struct config {
    access_store store;
    std::shared_ptr<const model::api_key_digests> digests;
    std::function<std::chrono::system_clock::time_point()> wall_clock;
    std::function<model::api_key_seed()> random;
    metrics* counters = nullptr;
    /// How long an answer of the store's is good, from when it was asked; none: until a change here. For a store that
    /// others change as well.
    std::optional<std::chrono::milliseconds> remembers{};
  };
  static inline const char* name = "tonris.access_registry";
  static constexpr std::size_t max_known = 20'000;
  static constexpr std::chrono::seconds store_limit{2};

  explicit access_registry_state(access_registry::pointer actor) : self(actor) {}
  access_registry::behavior_type make_behavior(config settings);

 private:
  using known_key = std::optional<model::kept_api_key>;  // none: there is none of that id
  using time = caf::actor_clock::time_point;
  struct known_id {
    std::string id;
    known_key key;
    time asked;  // the store
  };

  caf::result<checked_api_key> check(const check_api_key& wanted);
  caf::result<created_api_key> create(const create_api_key& wanted);
  caf::result<removed_api_keys> revoke(const revoke_api_keys& wanted);
  [[nodiscard]] checked_api_key verdict(const std::string& text, const std::string& id, known_key& key);
  known_id* find(const std::string& id);
  known_id& remember(const std::string& id, known_key key, time asked);
  void forget(const std::string& id);
  void forget_tenant(const model::tenant_id& tenant);

  // given
  access_registry::pointer self;
  config config_;

  // state
  std::list<known_id> known_;  // the one asked for last in front
  std::unordered_map<std::string, std::list<known_id>::iterator> by_id_;
  std::uint64_t changes_ = 0;  // of what is kept: an answer that was under way meanwhile is not remembered
};

access_registry::behavior_type run_access_registry(access_registry::stateful_pointer<access_registry_state> self,
                                                   access_registry_state::config settings);

}  // namespace tonris::actors
