#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "model/json/fields.hpp"

namespace tonris::model {

/// JSON Merge Patch (RFC 7396): `patch` applied to `document`. Members that the patch sets to null go, objects are
/// merged, everything else is replaced. Both are hostile texts of at most `max_bytes`; the mistakes are the patch's.
[[nodiscard]] tl::expected<std::string, json_mistakes> merge_patch(std::string_view document, std::string_view patch,
                                                                   std::size_t max_bytes);

}  // namespace tonris::model
