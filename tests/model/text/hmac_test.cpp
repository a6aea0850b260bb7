#include "model/text/hmac.hpp"

#include <gtest/gtest.h>

#include "model/text/hex.hpp"

namespace tonris::model {
namespace {

/// RFC 4231, test cases 1 and 2.
TEST(HmacSha256, IsTheStandards) {
  const std::vector<std::uint8_t> bytes(20, 0x0b), word{'J', 'e', 'f', 'e'};
  EXPECT_EQ(to_hex(hmac_sha256(bytes, "Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(word, "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace tonris::model
