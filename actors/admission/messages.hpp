#pragma once

#include <array>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/message.hpp"
#include "actors/tenant/messages.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/admission/verdict.hpp"
#include "model/call/end_reason.hpp"
#include "model/text/ids.hpp"
#include "model/usage/rates.hpp"

/// What is asked of admission, and told to it.
namespace tonris::actors {

struct admit_call {  // -> admitted; the same call again is the same place
  using travels = in_process;
  model::call_sid call;
  tenant_ptr tenant;
  std::string caller{};            ///< his number; "" where he withholds it
  std::chrono::seconds waited{0};  ///< so far, in line
};
struct admitted {
  using travels = in_process;
  enum class answer : std::uint8_t {
    come_in,
    wait,     ///< in line: ask again after a while
    refused,  ///< a limit is met
    unknown,  ///< nobody can say: the tenant's `limits.whenUnknown` decides
  } is = answer::unknown;
  model::admission_verdict verdict = model::admission_verdict::lost;
  model::agent_id instead{};  ///< come_in: another agent than the call's, where the tenant is at its limit
};

// --- whoever has calls: its places are leases, which it renews
inline constexpr std::chrono::seconds lease_renewal_period{5};
inline constexpr std::size_t leases_a_renewal = 50;
struct live_lease {
  model::call_sid lease;
  model::tenant_id tenant;
  tenant_ptr settings;             ///< null where they are not at hand
  std::chrono::seconds so_far{0};  ///< the call's length
  model::dialled_by dialled{};
};
struct renew_leases {  // -> month_levels
  using travels = in_process;
  std::vector<live_lease> calls;
  bool all_are_told = false;  ///< with these: no call of a former life is left that nobody has told
};
struct month_levels {
  using travels = in_process;
  std::vector<std::pair<model::tenant_id, model::month_level>> tenants;  ///< of those renewed, all that are not fine
};
struct release_lease {
  using travels = in_process;
  model::call_sid lease;
  model::tenant_id tenant;
  std::chrono::seconds length{0};
  bool undo = false;      ///< it was let in, or stood in line, and never began
  std::string caller{};   ///< with undo
  tenant_ptr settings{};  ///< null where they are not at hand
  model::dialled_by dialled{};
};

struct find_in_line {  // -> line_place; an error: nobody can say
  using travels = in_process;
  model::call_sid call;
};
struct line_place {
  using travels = in_process;
  bool is_here = true;  ///< this node was the last that told him to wait, and none has let him in
};

struct find_lease_holder {  // -> lease_holder; an error: nobody can say
  using travels = in_process;
  model::call_sid call;
};
struct lease_holder {
  using travels = in_process;
  enum class who : std::uint8_t {
    nobody,   ///< that lives, but for this node
    another,  ///< node, which lives
    over,     ///< it has ended, wherever that was
  } is = who::nobody;
};

// --- what is to be seen
struct call_refused {  ///< for whatever reason
  using travels = in_process;
  model::tenant_id tenant;
  model::end_reason reason{};
};
struct describe_usage {  // -> tenant_usage
  using travels = in_process;
  tenant_ptr tenant;
};
struct tenant_usage {
  using travels = in_process;
  std::uint64_t calls = 0, waiting = 0, within_minute = 0;
  model::month_sums month{};
  std::uint64_t at_vendor = 0, vendor_calls = 0;               ///< of all tenants with that key; 0: no limit
  std::map<model::end_reason, std::uint64_t> refused_today{};  ///< a day in UTC
};

// --- the node
struct reserve_places {  ///< all there are: who is not among them has none
  using travels = in_process;
  std::vector<std::pair<model::tenant_id, std::uint32_t>> tenants;
};
struct flush_usage {  // -> usage_flushed, once all is written, or cannot be
  using travels = in_process;
};
struct usage_flushed {
  using travels = in_process;
};

/// Who may come in, whatever the counts are kept in.
using admission =
    caf::typed_actor<caf::replies_to<admit_call>::with<admitted>, caf::replies_to<renew_leases>::with<month_levels>,
                     caf::reacts_to<release_lease>, caf::replies_to<find_in_line>::with<line_place>,
                     caf::replies_to<find_lease_holder>::with<lease_holder>, caf::reacts_to<call_refused>,
                     caf::replies_to<describe_usage>::with<tenant_usage>, caf::reacts_to<reserve_places>,
                     caf::replies_to<flush_usage>::with<usage_flushed>>;

}  // namespace tonris::actors
