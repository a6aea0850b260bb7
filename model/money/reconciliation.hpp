#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/json/writer.hpp"
#include "model/money/money.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// A line of a day: what a call costs by our meter, or by a vendor's bill.
struct billed_call {
  call_sid call;
  tenant_id tenant;  ///< "": the bill does not say; then it is our meter's, where that knows the call
  money amount;
  std::int64_t seconds = 0;  ///< of a line that is the call's own
};

/// What two sides say of a tenant's calls in a currency.
struct drift_row {
  static constexpr std::size_t most_calls = 100;
  /// Calls of one side only.
  struct stray_calls {
    std::size_t count = 0;
    micros amount = 0;
    std::vector<call_sid> calls;  ///< most_calls of them at most
    std::int64_t seconds = 0;
    bool operator==(const stray_calls&) const = default;
  };

  tenant_id tenant;  ///< "": of calls that nobody here knows
  currency in;
  micros ours = 0, theirs = 0;  ///< of the calls that both know
  std::size_t calls = 0;        ///< so many
  stray_calls only_ours, only_theirs;

  [[nodiscard]] micros drift() const noexcept { return theirs - ours; }  ///< positive: the bill is higher
  [[nodiscard]] std::optional<double> drift_percent() const noexcept;    ///< of the bill; nothing when that is 0
  /// More than a hundredth of the bill, and more than a hundredth of the currency's unit.
  [[nodiscard]] bool is_flagged() const noexcept;
  bool operator==(const drift_row&) const = default;
};

/// A row for each tenant and currency of either side, in their order. Lines of one call add up. What one side alone
/// knows is no drift: a bill comes later than a meter, so it stands apart.
[[nodiscard]] std::vector<drift_row> reconcile(std::span<const billed_call> ours, std::span<const billed_call> theirs);

/// Adds what another row of that tenant and currency says, of other calls.
void merge(drift_row& into, const drift_row& more);
/// Of all tenants and currencies, each once, in their order.
[[nodiscard]] std::vector<drift_row> merged(const std::vector<drift_row>& some, const std::vector<drift_row>& more);

/// [{"tenantId","currency","ours","theirs","drift","driftPercent","flagged","calls","onlyOurs":{"count","seconds",
/// "amount","calls":["CA…"]},"onlyTheirs":{…}}]: amounts exact, percent to the hundredth, null where the bill is 0.
[[nodiscard]] std::string to_json(std::span<const drift_row> rows);
/// The same as a member of an object.
void put(json_writer& out, std::string_view name, std::span<const drift_row> rows);

}  // namespace tonris::model
