#pragma once

#include <map>
#include <set>
#include <string>

namespace tonris::actors::test {

/// Each family with its labels' names; a histogram is one.
using families = std::map<std::string, std::set<std::string>>;

/// What a gateway shows, in Prometheus' format, once each family has something to show.
[[nodiscard]] std::string everything_shown();

[[nodiscard]] families families_in(const std::string& text);

}  // namespace tonris::actors::test
