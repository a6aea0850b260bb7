#pragma once

#include <string>
#include <vector>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// A place of the document that sends callers to another number.
struct way_out {
  std::string path;                 ///< "settings.fallback.transferTo"
  const std::string* to = nullptr;  ///< E.164; the tenant's own text
};
/// All of them. They borrow the tenant.
[[nodiscard]] std::vector<way_out> ways_out_of(const tenant& t);

}  // namespace tonris::model
