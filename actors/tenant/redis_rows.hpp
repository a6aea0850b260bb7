#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/store/tenant_rows.hpp"
#include "net/redis_reply.hpp"

/// How the scripts of tenants (config/redis/tenant_*.lua) write things down.
namespace tonris::actors::redis_rows {

/// Numbers stand with blanks between them.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

/// {id, etag, json}
[[nodiscard]] stored_tenant row_of(const net::redis_reply& row);
/// "seq\nid\nnumbers before\nnumbers now", as it is published; nothing when it is none.
[[nodiscard]] std::optional<tenant_change> change_in(std::string_view message);

}  // namespace tonris::actors::redis_rows
