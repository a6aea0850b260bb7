#pragma once

#include <cstdint>
#include <string_view>

namespace tonris::net {

/// What a Redis says by the first word of an error. None of these commands was executed, but for `other`: that may be
/// a script which failed half way.
enum class redis_refusal : std::uint8_t {
  other,
  readonly,     ///< it is a replica now
  loading,      ///< it reads its data from the disk
  moved,        ///< another node of the cluster has the slot
  oom,          ///< its memory is full
  busy,         ///< a script does not end
  misconf,      ///< it cannot write its snapshot, and so takes no writes
  noreplicas,   ///< too few replicas are with it
  masterdown,   ///< a replica that has lost its master
  clusterdown,  ///< the cluster serves nothing
  noauth,       ///< it wants a password
  wrongpass,    ///< not this one
  noperm,       ///< the user may not do that
  noscript,     ///< the script is not known there (any more)
};

/// Of an error's text. Some servers wrap the word of a command within a script: "ERR Error running script (…):
/// -READONLY …".
[[nodiscard]] redis_refusal refusal_of(std::string_view failure) noexcept;
[[nodiscard]] std::string_view to_string(redis_refusal what) noexcept;  ///< "READONLY"; "ERR" for `other`

/// The server we want is another one, or this one later: the connection is of no use any more.
[[nodiscard]] bool ends_connection(redis_refusal what) noexcept;
/// Somebody has to change a setting.
[[nodiscard]] bool is_operators_fault(redis_refusal what) noexcept;

}  // namespace tonris::net
