#pragma once

#include <optional>

#include "model/call/record.hpp"

namespace tonris::model {

/// Was the call a success, as the vendor judged its conversations? By the last of them that it judged, in the order in
/// which the call had them; but none where it reports an error of one, whatever it calls that: a session that never
/// began comes back as a success. Nothing: it has judged none.
[[nodiscard]] std::optional<bool> judged_success(const call_record& record);

}  // namespace tonris::model
