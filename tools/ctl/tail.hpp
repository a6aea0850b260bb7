#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>

#include "tools/ctl/gateway.hpp"

namespace tonris::ctl {

struct tail_wanted {
  std::string call;    ///< CallSid; "": all calls
  std::string tenant;  ///< "": of all tenants
  bool as_json = false;
  std::chrono::milliseconds patience{40'000};  ///< a gateway that says nothing for so long is gone; it beats each 15 s
  std::chrono::milliseconds pause{1'000};      ///< before a connection that broke is made anew
  std::chrono::milliseconds most_pause{30'000};  ///< after each that came to nothing twice as long, so long at most
};

/// Writes what happens to calls, a line each, until the one call has ended, `out` takes no more, or a gateway refuses
/// what another try will not mend, such as a tenant that is not there: its words go to `err`. A connection that breaks
/// is made anew, and goes on behind what was seen: what is lost then is said. What keeps it from being made, such as
/// too many who watch, goes to `err` when it begins, and it is tried on. Blocks. What the program ends with.
[[nodiscard]] int follow_calls(const gateway& of, const tail_wanted& wanted, std::ostream& out, std::ostream& err);

}  // namespace tonris::ctl
