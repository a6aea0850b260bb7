#pragma once

#include <chrono>

#include "tests/waiting.hpp"

namespace tonris::e2e {

/// As everywhere, but less often: what is looked at is asked of a gateway, by a connection of its own.
template <class Condition>
bool comes_to(Condition&& holds, std::chrono::milliseconds within = std::chrono::seconds{20}) {
  return tonris::test::comes_to(holds, within, std::chrono::milliseconds{50});
}

}  // namespace tonris::e2e
