#pragma once

#include <string>
#include <string_view>

#include "model/outbound/dials.hpp"
#include "model/text/codec_error.hpp"

namespace tonris::model {

/// A dial as it is kept, "v":1: all of it but `began`, which is this process's own clock's. parse_dial gives the same
/// one back, its time to the millisecond; what another version wrote and this one cannot read is refused.
[[nodiscard]] std::string to_json(const dial& one);
[[nodiscard]] decoded<dial> parse_dial(std::string_view json);

}  // namespace tonris::model
