#pragma once

#include <string>

/// Where a test finds what it reads and runs. Functions, because a path in a compiler's flags keeps checkouts from
/// sharing one compiler cache.
namespace tonris::test {

[[nodiscard]] std::string source_dir();  ///< the repository
[[nodiscard]] std::string test_data();   ///< tests/data
[[nodiscard]] std::string programs();    ///< tonris, tonrisctl, tonris-bench, tonris-relay as this build made them

}  // namespace tonris::test
