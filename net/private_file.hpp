#pragma once

#include <string>
#include <system_error>

namespace tonris::net {

/// That file is its owner's alone (0600), whatever the umask is and whoever made it; it is made where there is none and
/// `make` is set. Never opens one that is there: closing it again would give up locks that this process has on it.
[[nodiscard]] std::error_code keep_private(const std::string& path, bool make);

/// May anybody but its owner read what lies in that directory?
[[nodiscard]] bool others_may_enter(const std::string& directory);

}  // namespace tonris::net
