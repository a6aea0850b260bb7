#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/admission/timed_map.hpp"
#include "model/admission/verdict.hpp"
#include "model/text/ids.hpp"
#include "model/usage/month.hpp"

namespace tonris::model {

/// 0: no limit.
struct admission_limits {
  std::uint64_t calls = std::numeric_limits<std::uint64_t>::max();  ///< at once; 0 lets nobody in
  std::uint64_t calls_per_minute = 0;
  std::uint64_t month_seconds = 0, month_microdollars = 0;
  std::uint64_t caller_calls = 0;  ///< of one caller within `caller_window`
  std::chrono::milliseconds caller_window{60'000};
  std::uint64_t vendor_calls = 0;  ///< of all tenants with that key
  bool operator==(const admission_limits&) const = default;
};

/// Who asks. What is "" is not counted.
struct admission_place {
  call_sid call;  ///< names the lease: a retry is the same one
  tenant_id tenant;
  std::string vendor{};  ///< names the vendor's key, and is none
  std::string caller{};  ///< a keyed hash of his number
  usage_month month{};
};

struct lease_renewal {
  call_sid call;
  tenant_id tenant;
  std::string vendor{};
  std::uint64_t epoch = 0;                     ///< 0: never heard, it was taken while nobody could say
  std::int64_t seconds = 0, microdollars = 0;  ///< in all, up to the next renewal
};
struct month_sums {
  std::int64_t seconds = 0, microdollars = 0, calls = 0;  ///< what is booked ahead with it
  bool operator==(const month_sums&) const = default;
};
struct renewal_answer {
  struct remark {
    enum class what : std::uint8_t { ended, fenced, epoch } is = what::ended;
    call_sid call;
    std::uint64_t epoch = 0;  ///< epoch: the one it has
    std::string node{};       ///< fenced: whose it is, where that is another node
    bool operator==(const remark&) const = default;
  };
  struct of_tenant {
    tenant_id tenant;
    month_sums month;
    std::uint64_t live = 0;
    bool operator==(const of_tenant&) const = default;
  };
  bool lost = false;
  std::vector<remark> remarks{};
  std::vector<of_tenant> tenants{};  ///< in the order in which they came first
};

struct lease_release {
  admission_place of;
  std::optional<std::uint64_t> epoch{};        ///< nothing: never heard whether it was let in
  std::int64_t seconds = 0, microdollars = 0;  ///< in all
  bool undo = false;                           ///< it never began: no call was made
};
enum class release_verdict : std::uint8_t { ok, again, fenced, lost };

/// The counts that limits are kept by, as pure rules with the time as an argument: what config/redis/admit.lua,
/// renew.lua and release.lua do in Redis, verdict for verdict (tests/model/admission/contract.hpp has the cases of
/// both), for one process, which owns every lease. A place is a lease named by its CallSid: held until it is released
/// or not renewed for `lease_time`, so that what is forgotten frees itself, and asked for twice it is the same place.
/// Minutes and money are booked ahead up to the next renewal, in absolute sums a call: told twice they are booked once,
/// and what was not used comes back at the end. A release leaves a tombstone, so that an admission which comes late
/// lets nobody in; but for a call that never began and was known to be in, which may ask anew.
///
/// Bounded by the calls that are let in: a refusal writes nothing. Of ended calls the newest `max_ended` are known, and
/// of callers the newest `max_callers`; older ones go, counted.
class admission_table {
 public:
  using time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds lease_time{20'000}, renewal_period{5'000};
  static constexpr std::int64_t slice_seconds = 5;  ///< booked when a call is let in
  static constexpr std::size_t max_ended = 100'000, max_callers = 200'000;

  struct config {
    std::chrono::milliseconds lease = lease_time;
    std::chrono::milliseconds minute{60'000};
    std::chrono::milliseconds settle{std::chrono::minutes{10}};  ///< how long an ended call is known
  };

  explicit admission_table(config settings) : config_(settings) {}
  admission_table() : admission_table(config{}) {}

  [[nodiscard]] admission_answer admit(const admission_place& who, const admission_limits& limits, time now);
  [[nodiscard]] renewal_answer renew(const std::vector<lease_renewal>& calls, usage_month month, time now);
  [[nodiscard]] release_verdict release(const lease_release& what, time now);

  /// Calls at the vendor that are always there for this tenant. Their sum must not be more than the vendor's limit.
  void reserve(const std::string& vendor, const tenant_id& tenant, std::uint64_t calls);
  void forget_reservations(const std::string& vendor);

  // --- what outlives the process is put back
  void restore(const tenant_id& tenant, usage_month month, const month_sums& booked);
  /// What is booked for a call in all: it may be told again, and is then booked once.
  void restore(const call_sid& call, std::int64_t seconds, std::int64_t microdollars, time now);

  /// The counts are not to be trusted before so long: nobody but retries is let in.
  void be_young(time until) { young_until_ = until; }
  void be_grown() { young_until_.reset(); }

  // --- what is known
  [[nodiscard]] std::uint64_t live(const tenant_id& tenant, time now);
  [[nodiscard]] std::uint64_t within_minute(const tenant_id& tenant, time now);
  [[nodiscard]] std::uint64_t at_vendor(const std::string& vendor, time now);
  [[nodiscard]] month_sums month(const tenant_id& tenant, usage_month month) const;
  /// What is booked of a call that goes on; nothing where it has ended, or was never here.
  [[nodiscard]] std::optional<month_sums> booked(const call_sid& call) const;
  [[nodiscard]] std::uint64_t crowded_out() const noexcept { return crowded_out_; }

 private:
  struct lease {
    std::uint64_t epoch = 0;
    std::int64_t seconds = 0, microdollars = 0;
    bool ended = false;
  };
  struct caller_calls {
    timed_set calls;
    std::chrono::milliseconds window{};
  };
  struct tenant_counts {
    timed_set live, minute;
    std::map<usage_month, month_sums> months;
  };
  struct vendor_counts {
    timed_set calls;  // "tenant|call"
    std::map<tenant_id, std::uint64_t> by_tenant, reserved;
  };

  [[nodiscard]] std::optional<admission_answer> refusal(const admission_place& who, const admission_limits& limits,
                                                        tenant_counts& counts, time now);
  [[nodiscard]] bool has_place(vendor_counts& at, const tenant_id& tenant, std::uint64_t limit, time now) const;
  [[nodiscard]] std::uint64_t held_at(vendor_counts& at, time now) const;
  void leave(const std::string& vendor, const tenant_id& tenant, const call_sid& call);
  lease& keep(const call_sid& call, time now);
  void note_caller(const admission_place& who, std::chrono::milliseconds window, time now);
  void sweep(time now);
  template <class Value>
  void crowd_out(timed_map<Value>& from, std::size_t most);
  [[nodiscard]] static std::string caller_key(const admission_place& who);

  // given
  const config config_;

  // state
  timed_map<lease> leases_;  // by call, until it is forgotten
  std::unordered_map<tenant_id, tenant_counts> tenants_;
  timed_map<caller_calls> callers_;  // by tenant and caller, with the time of the last call
  std::unordered_map<std::string, vendor_counts> vendors_;
  std::optional<time> young_until_;
  std::uint64_t crowded_out_ = 0;
};

}  // namespace tonris::model
