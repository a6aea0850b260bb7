#pragma once

#include <string>

#include <tl/expected.hpp>

#include "model/usage/rates.hpp"

namespace tonris::actors {

/// RATES_FILE. An error is one line: the file, and what is wrong with it.
[[nodiscard]] tl::expected<model::rate_card, std::string> read_rates_file(const std::string& path);

}  // namespace tonris::actors
