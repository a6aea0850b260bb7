// What opens the administration, and what is written of it: keys, sealed secrets, scopes, changes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/access/api_key.hpp"
#include "model/access/audit.hpp"
#include "model/access/field_seal.hpp"
#include "model/access/scope.hpp"
#include "model/text/base64.hpp"
#include "model/text/key_ring.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto ring = parse_key_ring(text)) require(!ring->empty() && ring->size() <= max_ring_keys);
  if (const auto id = api_key_id(text)) require(id->size() == 12 && text.find(*id) == 4);
  if (const auto bytes = from_base64url(text)) require(to_base64url(*bytes) == text);
  if (const auto some = parse_scopes(text)) require(parse_scopes(to_string(*some)) == some);

  static const field_seal seal{derive({{"k1", {}}})};
  const tenant_id tenant{"salon-1"};
  require(!seal.open(text, {tenant, "twilio.authTokens"}));
  require(key_name_of(text).size() <= text.size());

  const auto line = text.find('\n');
  const bool two = line != std::string_view::npos;
  audit_entry entry;
  put_change(text.substr(0, line), two ? text.substr(line + 1) : std::string_view{}, entry);
  require(entry.before.size() <= max_audit_text_bytes && entry.after.size() <= max_audit_text_bytes);
  return 0;
}
