#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

#include <tl/expected.hpp>

#include "tools/ctl/setting.hpp"

namespace tonris::ctl {

/// A call that nobody has placed.
struct imagined_call {
  std::string to;
  std::string from;                               ///< "" or a word: withheld
  std::string at;                                 ///< "2026-12-25T10:00Z", with seconds or without; "": now
  std::string call;                               ///< its CallSid, by which agents are drawn for withheld callers; ""
  std::string tenants_file, business_types_file;  ///< "": those of the gateway's settings
};

/// Says to `out` what the gateway would do with that call and why, from TENANTS_FILE and its other settings, without a
/// gateway. What only a running one knows is left out: limits, and agents that fail again and again. False: nobody's
/// number. The error is one line. Blocks on the disk.
[[nodiscard]] tl::expected<bool, std::string> explain_route(const imagined_call& call, const lookup& environment,
                                                            std::string_view env_file, std::ostream& out);

}  // namespace tonris::ctl
