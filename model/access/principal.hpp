#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/access/scope.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// Who asks the administration API.
struct principal {
  enum class kind : std::uint8_t { node_operator, tenant } is = kind::node_operator;
  tenant_id tenant{};    ///< "" of the operator
  scopes granted{};      ///< of a tenant's key
  std::string key_id{};  ///< …

  [[nodiscard]] bool is_operator() const noexcept { return is == kind::node_operator; }
  bool operator==(const principal&) const = default;
};
/// As the audit trail calls him: "operator", "key 0123456789ab".
[[nodiscard]] std::string name_of(const principal& who);

/// What the administration API does.
enum class action : std::uint8_t {
  read_calls,        ///< records, events, what is live, usage
  control_calls,     ///< make, end, transfer a call
  see_numbers,       ///< of callers and of those who are called, whole; else their first five characters
  hear_recordings,   ///< recordings and what was said in them
  forget_calls,      ///< all that is kept of them, for ever
  read_settings,     ///< the tenant's document, and what a call would come to
  change_settings,   ///< of that document what is the tenant's own business
  change_terms,      ///< of that document what is the operator's: id, status, numbers, limits, outbound
  list_keys,         ///< the tenant's keys, without what opens anything
  change_keys,       ///< make and revoke them
  manage_tenants,    ///< list them all, sign up, remove
  read_audit,        ///< who changed what
  operate_the_node,  ///< what is about all of them: the nodes, the numbers at Twilio
};
inline constexpr std::size_t action_count = 13;
[[nodiscard]] std::string_view to_string(action what) noexcept;  ///< "read calls"

enum class permission : std::uint8_t {
  granted,
  not_enough,  ///< 403: his own, but his key is not for that
  not_his,     ///< 404: another tenant's, which looks like nobody's
};

/// May he do that to `whose`? The operator may do everything. A tenant's key what its scopes are for, to its own
/// tenant; of whatever else is another's it learns nothing.
[[nodiscard]] permission may(const principal& who, action what, const tenant_id& whose) noexcept;

/// Could he do that to anybody? What is found then still has to be his.
[[nodiscard]] bool may_ever(const principal& who, action what) noexcept;

/// The table of docs/access.md.
[[nodiscard]] std::string permissions_as_markdown();

}  // namespace tonris::model
