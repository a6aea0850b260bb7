#pragma once

#include <array>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/cache.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/tenant/mirror.hpp"
#include "actors/tenant/numbers.hpp"
#include "actors/tenant/store_messages.hpp"
#include "model/access/field_seal.hpp"

namespace tonris::actors {

using tenant_registry_inside =
    tenant_registry::extend<caf::reacts_to<tenant_store_began>, caf::reacts_to<tenants_changed>>;

/// Who is called by which number: in front of the tenant store, whose answers it keeps. A tenant is fetched at its
/// first call; the last `cache.tenants` that were asked for stay at hand, and a change reaches the next call. While the
/// store cannot be asked, who is at hand is served, however old; so he is when the store has lost tenants and says that
/// there is nobody. Where a store is shared, what is fetched from it is copied to the mirror, and who is not at hand
/// then is served from there. Calls under way keep the tenant they began with. Their secrets are opened here, and
/// nowhere written. Whoever asks for it is given DEFAULT_TENANT where nobody has a number, and only where that is
/// known: a store that cannot be asked, or that has a tenant which cannot be read, does not say so. Ordinary actor; a
/// new life begins with nothing at hand.
struct tenant_registry_state {
  struct config {
    tenant_store store;
    tenant_mirror mirror{};                           ///< of a store that is shared; null: none
    std::shared_ptr<const model::field_seal> seal{};  ///< null: what is sealed stays so
    model::tenant_id default_tenant{};                ///< whose a number is that nobody has; "": nobody's
    metrics* counters = nullptr;
    tenant_cache::limits cache{};
    std::chrono::milliseconds patience{500};  ///< for the store's answer
    std::size_t max_look_ups = 10'000;        ///< under way; beyond them nothing more is asked
    std::chrono::milliseconds mirror_patience{300};
    std::size_t max_copies = 1'000;  ///< waiting for the mirror's disk; more are not kept
  };
  static inline const char* name = "tonris.tenant_registry";

  explicit tenant_registry_state(tenant_registry_inside::pointer actor) : self(actor) {}
  tenant_registry_inside::behavior_type make_behavior(config settings);

 private:
  /// Somebody's question about up to three numbers or one id, some of which the store is asked for, and who stands in.
  struct question {
    struct part {
      std::string form{};     // of a number; "": by id
      model::tenant_id id{};  // whose it must be, where that is known
      tenant_ptr tenant{};
      bool asks = false;     // the store
      bool unknown = false;  // it could not say
    };
    enum place : std::size_t { called, from, forwarded_from, stand_in };
    std::array<part, 4> parts{};
    [[nodiscard]] bool is_answered() const;
    [[nodiscard]] found_tenant answer() const;
  };
  using answered = caf::result<found_tenant>;

  answered on(const find_tenant& wanted);
  answered on(const find_tenant_by_id& wanted);
  answered settle(question asked);
  void ask_store(question asked, caf::typed_response_promise<found_tenant> to);
  void serve_without_store(question asked, caf::typed_response_promise<found_tenant> to, const caf::error& why);
  void copy(const stored_tenant& fetched);
  void look_at(question::part& part, const std::string& number);
  void look_at(question::part& part, const model::tenant_id& id);
  [[nodiscard]] bool take(question::part& part, looked_up_tenant found, bool keep, bool is_lost);
  [[nodiscard]] tenant_ptr parsed(const stored_tenant& stored) const;

  // given
  tenant_registry_inside::pointer self;
  config config_;

  // state
  tenant_cache cache_;
  tenant_numbers numbers_;
  bool knows_all_numbers_ = false;
  std::size_t copies_ = 0;  // waiting for the mirror
};

tenant_registry_inside::behavior_type tenant_registrar(
    tenant_registry_inside::stateful_pointer<tenant_registry_state> self, tenant_registry_state::config settings);

}  // namespace tonris::actors
