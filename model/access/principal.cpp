#include "model/access/principal.hpp"

#include <array>
#include <optional>

namespace tonris::model {

namespace {

struct row {
  action what;
  std::string_view name;
  std::optional<scope> needs;  // of a tenant's key; none: the operator alone
};
constexpr std::array<row, action_count> rows{{
    {action::read_calls, "read calls", scope::read},
    {action::control_calls, "control calls", scope::control},
    {action::see_numbers, "see whole numbers of callers", scope::control},
    {action::hear_recordings, "hear recordings", scope::recordings},
    {action::forget_calls, "forget calls", scope::settings},
    {action::read_settings, "read settings", scope::read},
    {action::change_settings, "change settings", scope::settings},
    {action::change_terms, "change terms", std::nullopt},
    {action::list_keys, "list keys", scope::settings},
    {action::change_keys, "change keys", scope::settings},
    {action::manage_tenants, "manage tenants", std::nullopt},
    {action::read_audit, "read the audit trail", std::nullopt},
    {action::operate_the_node, "operate the node", std::nullopt},
}};

constexpr bool stand_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].what != static_cast<action>(i)) return false;
  return true;
}
static_assert(stand_in_order());

const row& row_of(action what) noexcept {
  return rows[static_cast<std::size_t>(what)];
}

}  // namespace

std::string name_of(const principal& who) {
  return who.is_operator() ? "operator" : "key " + who.key_id;
}

std::string_view to_string(action what) noexcept {
  return row_of(what).name;
}

permission may(const principal& who, action what, const tenant_id& whose) noexcept {
  if (who.is_operator()) return permission::granted;
  // What is the operator's alone is refused alike whoever's it is, and so tells nothing.
  if (row_of(what).needs && who.tenant != whose) return permission::not_his;
  return may_ever(who, what) ? permission::granted : permission::not_enough;
}

bool may_ever(const principal& who, action what) noexcept {
  const auto& needs = row_of(what).needs;
  return who.is_operator() || (needs && who.granted.has(*needs));
}

std::string permissions_as_markdown() {
  std::string out{"| what | operator | a tenant's key, for its own tenant |\n|---|---|---|\n"};
  for (const auto& one : rows) {
    out.append("| ").append(one.name).append(" | yes | ");
    out.append(one.needs ? "with `" + std::string{to_string(*one.needs)} + "`" : "no").append(" |\n");
  }
  return out;
}

}  // namespace tonris::model
