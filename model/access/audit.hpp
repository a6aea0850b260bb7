#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/ids.hpp"

namespace tonris::model {

/// One administrative change.
struct audit_entry {
  using time = std::chrono::system_clock::time_point;
  std::int64_t seq = 0;  ///< from 1, without end: given by the store
  time at{};
  std::string who;            ///< name_of(principal)
  std::string what;           ///< "tenant.change", "key.create", …
  tenant_id tenant;           ///< "" where it is about none
  std::string before, after;  ///< JSON, what of it changed; "" where there was or is nothing
  std::string secrets;        ///< JSON list of the secrets that changed; "" for none
  bool operator==(const audit_entry&) const = default;
};
inline constexpr std::size_t max_audit_text_bytes = 16 * 1024;

/// {"seq","at","who","what","tenantId","before","after","changedSecrets"}.
[[nodiscard]] std::string to_json(const audit_entry& entry);

/// Puts what differs between two JSON documents into `to`, as a merge patch each way (RFC 7396, without its nulls): the
/// changed members as they were and as they are, down to the objects' leaves. Whatever stands below a member `secrets`
/// is "***" in both, and named in `to.secrets` where it changed. "" is no document. What is longer than
/// max_audit_text_bytes is only told by its size.
void put_change(std::string_view before, std::string_view after, audit_entry& to);

}  // namespace tonris::model
