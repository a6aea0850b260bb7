#pragma once

#include <string>

#include <tl/expected.hpp>

#include "model/access/field_seal.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

/// Tenants' secrets sealed anew with the first key of SECRETS_KEY, and a line of what came of it: by a gateway that
/// runs, or in the store of a DATA_DIR whose gateway does not. Blocks. An error is one line.
[[nodiscard]] told rotate_secrets(const tenants_door& at);
[[nodiscard]] told rotate_secrets_in(const std::string& data_dir, const model::field_seal& seal);

}  // namespace tonris::ctl
