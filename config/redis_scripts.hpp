#pragma once

#include <span>
#include <string_view>

/// The scripts of config/redis/, as the build put them into the program. Each file says above its code what its keys
/// and arguments are and what it answers. Any thread.
namespace tonris::config {

struct redis_script {
  std::string_view name;  ///< the file's, without its ending
  std::string_view text;  ///< all of the file
  std::string_view sha1;  ///< of the text, in hexadecimal digits: its name at Redis
};

namespace redis_scripts {

extern const redis_script open, tenant_put, tenant_drop, tenant_find, tenant_page;  ///< the registry
extern const redis_script access_change, audit_page, key_read, key_used;            ///< keys, and the audit trail
extern const redis_script admit, renew, release;                                    ///< admission and its leases
extern const redis_script counts_open, restore, reserve,
    usage;                                            ///< admission: months after a loss, reservations, what is used
extern const redis_script claim, checkpoint, ticket;  ///< calls that may move to another node
extern const redis_script record_put, record_gone, record_page, record_again, record_taken, record_aged,
    record_trim;                                                        ///< records of ended calls, for every node
extern const redis_script dial_begin, dial_tell, dial_look, dial_drop;  ///< calls that nodes place
extern const redis_script bills_claim, bills_share;                     ///< the vendors' lists of a day

[[nodiscard]] std::span<const redis_script> all();

}  // namespace redis_scripts
}  // namespace tonris::config
