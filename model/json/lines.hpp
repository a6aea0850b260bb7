#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tonris::model {

/// On which lines (from 1) of a JSON text the values at these paths begin ("[2].settings.agents[0]", written as
/// json_fields does). What is not there has the line of the object that lacks it. The text has been parsed before: of
/// one that is no JSON only what comes before the mistake is found, the rest is on line 1.
[[nodiscard]] std::map<std::string, std::size_t> lines_of(std::string_view json, const std::set<std::string>& paths);

/// The line of a byte.
[[nodiscard]] std::size_t line_at(std::string_view text, std::size_t byte) noexcept;

}  // namespace tonris::model
