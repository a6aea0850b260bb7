#pragma once

#include <string>
#include <vector>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor::test {

/// What was found, by its codes.
inline std::vector<std::string> codes(const findings& all) {
  std::vector<std::string> out;
  for (const auto& one : all) out.push_back(one.code);
  return out;
}
using code_list = std::vector<std::string>;

}  // namespace tonris::model::doctor::test
