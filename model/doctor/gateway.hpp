#pragma once

#include <string>
#include <string_view>

#include "model/doctor/finding.hpp"
#include "model/doctor/reach.hpp"

namespace tonris::model::doctor {

/// What a gateway that runs says of itself.
struct gateway_facts {
  std::string name;       ///< "The gateway at http://127.0.0.1:3000"
  std::string not_asked;  ///< why not; "": it was
  reach ready;            ///< GET /ready
  bool refuses_token = false;
  bool has_tenants_file = true;  ///< its settings name one
  std::string metrics;           ///< GET /metrics; "" where it could not be had
};
[[nodiscard]] findings judge(const gateway_facts& facts);

/// The sum of a family's values whose labels contain that text (`reason="bad_signature"`); 0 where there is none.
[[nodiscard]] double sum_in(std::string_view metrics, std::string_view family, std::string_view label = {});

}  // namespace tonris::model::doctor
