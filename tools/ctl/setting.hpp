#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/dotenv.hpp"

namespace tonris::ctl {

using lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// A setting as the gateway reads it: of the environment, else of `.env`. An empty value means the default, "", and
/// wins over what comes after it.
[[nodiscard]] std::string setting(std::string_view name, const lookup& environment, const config::dotenv& file);

/// The text of `.env`; "" where there is none, as for the gateway.
[[nodiscard]] std::string env_text(const std::string& path);

}  // namespace tonris::ctl
