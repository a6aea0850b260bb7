#include "tools/ctl/check_tenants.hpp"

#include <ostream>

#include "actors/store/tenants_file.hpp"
#include "config/time_zones.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::ctl {

tl::expected<bool, std::string> check_tenants(const std::string& file, std::ostream& out) {
  const auto read = actors::read_tenants_file(file);
  if (!read) return tl::unexpected(read.error());
  for (const auto& m : read->mistakes) out << to_string(m) << '\n';
  for (const auto& t : read->good) {
    if (const auto idle = model::tenant_rules::not_acted_on(t); !idle.empty())
      out << "tenant " << t.id.value << ": this version does not act on " << idle << '\n';
    if (t.legacy_signature)
      out << "tenant " << t.id.value << ": settings.legacySignature takes callbacks that can be sent again for ever\n";
  }
  if (!config::has_time_zones())
    out << "This machine has no time zone database (tzdata): time zones were not checked.\n";
  out << read->good.size() + read->refused.size() << " tenants, " << read->refused.size() << " with mistakes\n";
  return read->mistakes.empty();
}

}  // namespace tonris::ctl
