#pragma once

#include <string>
#include <vector>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor {

/// How the gateway is set up, as far as it can be read without it.
struct settings_facts {
  std::vector<std::string> mistakes;      ///< a line each, without values
  std::vector<std::string> not_acted_on;  ///< names
  bool has_admin_token = true, has_callback_secret = true, has_secrets_key = true;
  std::string open_env_file;         ///< its name, where others may read it; ""
  std::string tenants_file_failure;  ///< ""
  std::vector<std::string> tenants_file_mistakes;
  bool has_time_zones = true;
};
[[nodiscard]] findings judge(const settings_facts& facts);

}  // namespace tonris::model::doctor
