#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/tenant/list.hpp"

// Laws: a tenant that was accepted is written as JSON that gives the same tenant again, but for secrets, of which it
// says that they are set; a refusal says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto tenant = tonris::model::parse_tenant(text);
  if (!tenant && tenant.error().message.empty()) std::abort();
  if (tenant) {
    auto again = tonris::model::parse_tenant(to_json(*tenant));
    if (!again || to_json(*again) != to_json(*tenant)) std::abort();
    again->secrets = tenant->secrets;
    if (*again != *tenant) std::abort();
  }
  const auto list = tonris::model::parse_tenants(text);
  if (!list && (list.error().message.empty() || list.error().line == 0)) std::abort();
  if (list) {
    if (list->refused.empty() != list->mistakes.empty()) std::abort();
    for (const auto& m : list->mistakes)
      if (m.message.empty() || m.tenant.empty() || m.line == 0) std::abort();
  }
  return 0;
}
