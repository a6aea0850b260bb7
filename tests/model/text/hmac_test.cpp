#include "model/text/hmac.hpp"

#include <string>
#include <string_view>
#include <vector>

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

TEST(RunningHmacSha256, IsTheSameInPieces) {
  const std::string text = "what do ya want for nothing?";
  for (const std::size_t size : {1u, 3u, 27u, 100u}) {
    running_hmac_sha256 running{"Jefe"};
    for (std::size_t at = 0; at < text.size(); at += size) running.update(std::string_view{text}.substr(at, size));
    EXPECT_EQ(to_hex(running.finish()), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
}

// An empty key is a key, not the last one used.
TEST(RunningHmacSha256, TakesAnEmptyKeyAndAnEmptyText) {
  EXPECT_EQ(to_hex(running_hmac_sha256{""}.finish()),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace tonris::model
