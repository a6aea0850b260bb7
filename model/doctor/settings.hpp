#pragma once

#include <string>
#include <vector>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor {

/// What of a tenant's own settings keeps its calls from its agent.
struct tenant_facts {
  std::string id;
  std::string status;                    ///< as in its document
  std::vector<std::string> zero_limits;  ///< names of settings.limits that are 0
  std::string rehearses;                 ///< the failure; ""
};

/// How the gateway is set up, as far as it can be read without it.
struct settings_facts {
  std::vector<std::string> mistakes;      ///< a line each, without values
  std::vector<std::string> not_acted_on;  ///< names
  bool has_admin_token = true, has_callback_secret = true, has_secrets_key = true;
  std::string open_env_file;         ///< its name, where others may read it; ""
  std::string tenants_file_failure;  ///< ""
  std::vector<std::string> tenants_file_mistakes;
  bool has_time_zones = true;
  std::vector<tenant_facts> tenants;
};
[[nodiscard]] findings judge(const settings_facts& facts);

}  // namespace tonris::model::doctor
