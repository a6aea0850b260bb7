#include "actors/telemetry/named_once.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::actors {
namespace {

TEST(NamedOnce, IsNewTheFirstTime) {
  named_once names;
  EXPECT_TRUE(names.is_new("hologram"));
  EXPECT_FALSE(names.is_new("hologram"));
  EXPECT_TRUE(names.is_new("smell"));
}

TEST(NamedOnce, DoesNotRememberEverNewNamesWithoutEnd) {
  named_once names;
  std::size_t named = 0;
  for (int i = 0; i < 1000; ++i) named += names.is_new(std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(named, named_once::most);
}

}  // namespace
}  // namespace tonris::actors
