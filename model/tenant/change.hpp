#pragma once

#include <cstdint>
#include <optional>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Why a document that is good in itself cannot take the place of another.
enum class change_refusal : std::uint8_t {
  another_id,
  terms,   ///< what is the operator's to say is another, and it is not he who changes it
  status,  ///< it does not follow the one before
};

/// `former`: null for a new tenant. Secrets that a document only names as they were shown are kept from it afterwards.
[[nodiscard]] std::optional<change_refusal> refused_change(const tenant* former, const tenant& now,
                                                           bool may_change_terms);

/// Rules that a document keeps to by naming a secret as it was shown: to be asked again once what is behind it was kept
/// (keep_former), where there may be nothing.
void refuse_without_secret(const tenant& t, json_mistakes& mistakes);

}  // namespace tonris::model
