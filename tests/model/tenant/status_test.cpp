#include "model/tenant/status.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using enum tenant::status_type;

TEST(TenantStatus, GoesTheWaysOfTheTableAndNoOther) {
  constexpr bool may[4][4] = {
      // to pending, active, suspended, cancelled
      {true, true, false, true},   // pending
      {false, true, true, true},   // active
      {false, true, true, true},   // suspended
      {false, false, false, true}  // cancelled
  };
  constexpr tenant::status_type all[] = {pending, active, suspended, cancelled};
  for (std::size_t from = 0; from < 4; ++from)
    for (std::size_t to = 0; to < 4; ++to)
      EXPECT_EQ(may_become(all[from], all[to]), may[from][to]) << to_string(all[from]) << " to " << to_string(all[to]);
}

}  // namespace
}  // namespace tonris::model
