#include "model/text/bearer.hpp"

#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

std::string_view bearer_token(std::string_view authorization) noexcept {
  constexpr std::string_view scheme = "bearer";
  const auto given = trimmed(authorization);
  if (given.size() <= scheme.size() || !same_text(given.substr(0, scheme.size()), scheme)) return {};
  if (given[scheme.size()] != ' ') return {};
  return trimmed(given.substr(scheme.size()));
}

}  // namespace tonris::model
