#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/admission/table.hpp"
#include "model/admission/verdict.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// The gateway's own key at the vendor, by the name that it is counted under.
inline constexpr std::string_view shared_vendor_key = "shared";
/// Whose key at the vendor the tenant's conversations use, by a name that is no secret: a key of the tenant's own
/// stands apart from the gateway's, in the counts and in everything else that is kept by key.
[[nodiscard]] std::string vendor_of(const tenant& t);

/// What a tenant's `limits` are to the counts. `vendor_calls`: what the gateway's key may hold at once, 0: nobody
/// knows; a key of the tenant's own may hold what its `limits.vendorCalls` say. Whoever may use the burst price has
/// three times that, 300 at most, as the vendor does.
[[nodiscard]] admission_limits limits_of(const tenant& t, std::uint64_t vendor_calls) noexcept;
/// A tenant that may use no minutes, or no money: there is nothing to count.
[[nodiscard]] std::optional<admission_verdict> refused_outright(const tenant& t) noexcept;

/// How far a month's minutes or money are used.
enum class month_level : std::uint8_t {
  fine,
  nearly,  ///< four fifths: agents are told to wrap up
  over,    ///< live calls are closed
};
[[nodiscard]] month_level level_of(const month_sums& used, const tenant& t) noexcept;

/// May a caller over that limit wait for his turn? Not for another month, and not for calling too often.
[[nodiscard]] bool is_worth_waiting(admission_verdict v) noexcept;

}  // namespace tonris::model
