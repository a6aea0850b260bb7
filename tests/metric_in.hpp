#pragma once

#include <string>
#include <string_view>

namespace tonris::test {

/// What a page of /metrics shows of a metric, which is named with its labels as they stand there; 0: nothing was
/// counted under it.
inline double metric_in(std::string_view page, std::string_view name) {
  const auto line = "\n" + std::string{name} + " ";  // its help says the name, too
  const auto at = page.find(line);
  return at == std::string_view::npos ? 0 : std::stod(std::string{page.substr(at + line.size(), 32)});
}

}  // namespace tonris::test
