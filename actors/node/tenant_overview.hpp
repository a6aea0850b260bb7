#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/admission/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "actors/tenant/mirror.hpp"
#include "actors/tenant/store_messages.hpp"
#include "model/access/field_seal.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::actors {

// --- to itself
struct read_overview_again {
  using travels = in_process;
};
struct tell_overview {
  using travels = in_process;
};
struct read_overview_of_copy {
  using travels = in_process;
};
using tenant_overview_actor = tenant_watcher::extend<caf::reacts_to<read_overview_again>, caf::reacts_to<tell_overview>,
                                                     caf::reacts_to<read_overview_of_copy>>;

/// What has to be known of all tenants at once, whoever calls: the vendor's conversations that some have reserved, the
/// tokens of those who have an account of their own at Twilio, which keys of SECRETS_KEY are missing, and whether
/// DEFAULT_TENANT is one of them. Reads every tenant when the store begins a life, in parts, and then those that
/// change. What it tells is whole: nothing before all were read once, and while a reading is under way what was known
/// before. A node that starts while the store is away tells after `patience` what its own copy knows, until then.
/// Whoever is known stays so while the store cannot be asked or has lost tenants. Tells the first time at once, then at
/// most each 100 ms. Ordinary actor.
struct tenant_overview_state {
  static constexpr std::chrono::milliseconds patience{500};

  struct config {
    tenant_store store;
    tenant_mirror copy{};  ///< null: there is none
    admission who_may_come;
    call_store calls;  ///< told how long records stay
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
  /// What concerns others of one tenant.
  struct facts {
    std::uint32_t reserved = 0;               // conversations at the vendor
    account_holder holder{};                  // where it has an account of its own
    std::vector<std::string> missing_keys{};  // those that its secrets want
    std::optional<model::tenant::retention_type> retention{};
  };
  using tenants = std::unordered_map<model::tenant_id, facts>;

  void read_all();
  void read_page(const model::tenant_id& after, std::uint64_t reading);
  void all_read();
  void read_again_later();
  void read_copy(const model::tenant_id& after);
  void read_changed(const std::vector<tenant_change>& changes);
  void take(const looked_up_tenant& found, const model::tenant_id& id, bool is_whole);
  [[nodiscard]] std::optional<facts> facts_of(const stored_tenant& stored) const;
  [[nodiscard]] std::vector<std::string> open(model::tenant& tenant) const;
  void tell_soon();
  void tell();
  void tell_of_reserved();
  void tell_of_accounts();
  void tell_of_retention();
  void tell_of_default();
  void tell_missing_keys() const;

  // given
  tenant_overview_actor::pointer self;
  config config_;

  // state
  tenants known_;                            // those of whom there is anything to tell
  std::optional<tenants> read_;              // by the reading of all that is under way
  std::uint64_t reading_ = 0;                // which one that is
  bool has_read_all_ = false;                // once
  bool is_whole_ = false;                    // the store has all its tenants: who is not there is not
  bool reads_again_ = false;                 // read_overview_again is on its way
  bool tells_ = false;                       // tell_overview is
  std::optional<std::string> default_told_;  // what was said of it last
};

tenant_overview_actor::behavior_type oversee_tenants(
    tenant_overview_actor::stateful_pointer<tenant_overview_state> self, tenant_overview_state::config settings);

}  // namespace tonris::actors
