#include "model/text/crc32.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(Crc32, IsZlibs) {
  static_assert(crc32("123456789") == 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("tnr_"), 0x618D59ECU);
}

}  // namespace
}  // namespace tonris::model
