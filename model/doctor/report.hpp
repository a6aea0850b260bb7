#pragma once

#include <string>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor {

/// The gravest first, then by area; among those as they came.
void sort(findings& all);

/// A block each, with why and fix, and a sum; of what is ok a line. What several tenants have is one, with their number
/// and the first ten. For a terminal.
[[nodiscard]] std::string as_text(const findings& sorted);
/// {"findings":[{"severity","area","code","what","why","fix"}],"errors":1,"warnings":0,"notes":2}
[[nodiscard]] std::string as_json(const findings& sorted);

/// How the doctor ends: 0, nothing is worse than a note; 1, a warning; 2, an error.
[[nodiscard]] int exit_status(const findings& all) noexcept;

}  // namespace tonris::model::doctor
