#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// A call that somebody wants placed.
struct dial_request {
  tenant_id tenant;  ///< "" where the key says whose it is
  std::string to;    ///< as it was written; E.164 once it is settled
  std::string from;  ///< likewise; "": the tenant's first number
  agent_id agent;    ///< "": the one that the tenant's calls get
  std::map<std::string, tenant::variable> variables;
  std::optional<tenant::outbound_type::machine_type> machine;  ///< nothing: as the tenant has it
  std::string id;                                              ///< the client's own; "": none
  bool operator==(const dial_request&) const = default;
};
inline constexpr std::size_t max_dial_variables = 20, max_dial_variable_bytes = 8192, max_dial_id_bytes = 64;

/// The body of POST /api/calls, as far as it can be judged without its tenant.
[[nodiscard]] dial_request read_dial_request(std::string_view body, std::size_t most_bytes, json_mistakes& mistakes);
/// The rest: whose numbers and agents they are. `agents`: those that a call of the tenant's may get.
void settle(dial_request& wanted, const tenant& t, const std::vector<agent_id>& agents, json_mistakes& mistakes);

}  // namespace tonris::model
