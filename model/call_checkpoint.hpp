#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/call_record.hpp"
#include "model/codec_error.hpp"
#include "model/fallback.hpp"
#include "model/ids.hpp"

namespace tonris::model {

/// What another incarnation of a call needs to go on: after a crash of its actor, on the next start of this node, later
/// on another node. Written on every change; the tenant is looked up again by the called number.
struct call_checkpoint {
  struct ticket_state {
    ticket id;
    call_record::time expires;
    bool used = false;
    bool operator==(const ticket_state&) const = default;
  };

  call_record record;
  account_sid account;
  std::string caller_name;
  std::optional<ticket_state> current_ticket;
  unsigned new_streams = 0;  ///< given by connect-action so far
  std::string keys;          ///< pressed so far
  fallback_step fallback = fallback_step::not_begun;
  bool from_tenant = false;  ///< it comes from a tenant's number or by way of one: no transfer (model/fallback.hpp)
  bool operator==(const call_checkpoint&) const = default;
};

/// The whole checkpoint as JSON, "v":1. parse_checkpoint gives the same one back, times to the millisecond; what
/// another version wrote and this one cannot read is refused. At most 1 MiB: of a longer one the oldest lines of the
/// transcript are left out.
[[nodiscard]] std::string to_json(const call_checkpoint& c);
[[nodiscard]] decoded<call_checkpoint> parse_checkpoint(std::string_view json);

}  // namespace tonris::model
