#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/admission/messages.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "actors/tenant/store_messages.hpp"
#include "model/access/field_seal.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::actors {

// --- to itself
struct read_overview_again {
  using travels = in_process;
};
using tenant_overview_actor = tenant_watcher::extend<caf::reacts_to<read_overview_again>>;

/// What has to be known of all tenants at once, whoever calls: the vendor's conversations that some have reserved, the
/// tokens of those who have an account of their own at Twilio, which keys of SECRETS_KEY are missing, and whether
/// DEFAULT_TENANT is one of them. Reads every tenant when the store begins a life, in parts, and then those that
/// change. Ordinary actor.
struct tenant_overview_state {
  struct config {
    tenant_store store;
    admission who_may_come;
    std::shared_ptr<account_tokens> accounts;
    std::shared_ptr<const model::field_seal> seal;
    /// Told what is wrong, for /ready; "": nothing.
    std::function<void(std::string)> trouble = [](const std::string&) {};
    std::uint64_t vendor_calls = 0;                      ///< conversations that there are at all; 0: nobody said
    model::tenant_id default_tenant{};                   ///< DEFAULT_TENANT; "": none
    std::function<void(std::string)> default_trouble{};  ///< what is wrong with it; "": nothing any more
    metrics* counters = nullptr;
  };
  static inline const char* name = "tonris.tenant_overview";

  explicit tenant_overview_state(tenant_overview_actor::pointer actor) : self(actor) {}
  tenant_overview_actor::behavior_type make_behavior(config settings);

 private:
  void read_all();
  void read_page(const model::tenant_id& after, std::uint64_t reading);
  void read_changed(const std::vector<tenant_change>& changes);
  void take(const stored_tenant& stored);
  void open(model::tenant& tenant);
  void forget(const model::tenant_id& tenant);
  void tell();
  void tell_of_default();
  void tell_missing_keys() const;

  // given
  tenant_overview_actor::pointer self;
  config config_;

  // state
  std::unordered_map<model::tenant_id, std::uint32_t> reserved_;  // those that have any
  std::unordered_map<model::tenant_id, model::tenant> accounts_;  // those that have one of their own
  bool default_is_there_ = false;
  std::optional<std::string> default_told_;                       // what was said of it last
  std::map<model::tenant_id, std::vector<std::string>> missing_;  // the keys that its secrets want
  std::uint64_t reading_ = 0;                                     // which reading of all is under way
};

tenant_overview_actor::behavior_type oversee_tenants(
    tenant_overview_actor::stateful_pointer<tenant_overview_state> self, tenant_overview_state::config settings);

}  // namespace tonris::actors
