#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "model/call/record.hpp"
#include "model/call/timeline.hpp"
#include "model/finding/call_query.hpp"
#include "model/text/ids.hpp"

namespace tonris::ctl {

/// What a gateway that may be down has left in its DATA_DIR. Only read; blocks on the disk; errors are one line.

/// Nothing: it does not know the call.
[[nodiscard]] tl::expected<std::vector<model::timeline_event>, std::string> stored_events(const std::string& data_dir,
                                                                                          const model::call_sid& call);
/// Of a call that has not ended: as far as its checkpoint tells. Nothing: it does not know the call.
[[nodiscard]] tl::expected<std::optional<model::call_record>, std::string> stored_record(const std::string& data_dir,
                                                                                         const model::call_sid& call);

/// Those that fit, ended or not, the newest first; what cannot be read is left out.
[[nodiscard]] tl::expected<std::vector<model::call_record>, std::string> stored_calls(const std::string& data_dir,
                                                                                      const model::call_query& query);

}  // namespace tonris::ctl
