#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "tools/ctl/gateway.hpp"
#include "tools/ctl/refusal.hpp"

namespace tonris::net {
struct redis_options;
}  // namespace tonris::net

namespace tonris::ctl {

/// Where tenants are asked for and changed, by the words of the API (docs/tenants.md): a gateway that runs, or the
/// store behind it. Blocks. An error is one line.
using tenants_door = std::function<tl::expected<net::http_response, std::string>(
    std::string_view method, const std::string& path, std::string body)>;

[[nodiscard]] tenants_door tenants_of(const gateway& of, std::chrono::milliseconds patience);
/// The store in that DATA_DIR, of which no gateway may run: it is locked for as long as the door lives.
[[nodiscard]] tl::expected<tenants_door, std::string> tenants_in(const std::string& data_dir);
/// The store that gateways share, whether any runs or not. `data_dir`: what this machine's gateway remembers of it, if
/// there is one.
[[nodiscard]] tl::expected<tenants_door, std::string> tenants_in_redis(const net::redis_options& options,
                                                                       const std::string& data_dir);

// Each answers with what is to be printed.
using told = tl::expected<std::string, refusal>;

// Of a shared store that has lost its tenants, at a gateway that runs.
[[nodiscard]] told restore_tenants(const tenants_door& at);  ///< from that gateway's copy
[[nodiscard]] told declare_whole(const tenants_door& at);    ///< all are there again

[[nodiscard]] told list_tenants(const tenants_door& at);  ///< a line each: id, status, number, name
[[nodiscard]] tl::expected<std::vector<std::string>, refusal> ids_of_tenants(const tenants_door& at);
[[nodiscard]] told export_tenants(const tenants_door& at);  ///< a JSON list, as TENANTS_FILE is one
[[nodiscard]] told show_tenant(const tenants_door& at, const std::string& id);
[[nodiscard]] told create_tenant(const tenants_door& at, std::string document);
[[nodiscard]] told edit_tenant(const tenants_door& at, const std::string& id, std::string merge_patch);
[[nodiscard]] told delete_tenant(const tenants_door& at, const std::string& id);
/// Those of a JSON list, made or replaced. Who is refused is told; the others are brought in all the same.
struct imported_list {
  std::size_t made = 0, replaced = 0;
  std::string mistakes;  ///< a line each; "": none
};
[[nodiscard]] tl::expected<imported_list, std::string> import_tenants(const tenants_door& at, std::string_view list);

}  // namespace tonris::ctl
