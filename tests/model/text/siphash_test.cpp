#include "model/text/siphash.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

/// The key 00 01 … 0f of the paper's appendix.
constexpr siphash_key key{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

std::string counting(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(i);
  return text;
}

TEST(SipHash, GivesTheNumbersOfItsReferenceImplementation) {
  EXPECT_EQ(siphash(key, counting(0)), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(siphash(key, counting(1)), 0x74f839c593dc67fdU);
  EXPECT_EQ(siphash(key, counting(7)), 0xab0200f58b01d137U);
  EXPECT_EQ(siphash(key, counting(8)), 0x93f5f5799a932462U);
  EXPECT_EQ(siphash(key, counting(15)), 0xa129ca6149be45e5U) << "the paper's own";
  EXPECT_EQ(siphash(key, counting(63)), 0x958a324ceb064572U);
}

TEST(SipHash, IsAnotherUnderAnotherKey) {
  auto other = key;
  other[15] ^= 1;
  EXPECT_NE(siphash(key, "+15551234567"), siphash(other, "+15551234567"));
}

TEST(SipHashKey, IsMadeOfASecretAndIsAnotherForAnother) {
  // python3: hmac.new(b"secret", b"tonris: a caller keeps his agent", "sha256").digest()[:16]
  const siphash_key made{0x69, 0x7b, 0xdd, 0x43, 0x3a, 0x29, 0xf2, 0x1c,
                         0x92, 0xb2, 0x57, 0x6b, 0x6a, 0x2a, 0xad, 0x9e};
  EXPECT_EQ(siphash_key_of("secret"), made);
  EXPECT_NE(siphash_key_of("secrets"), made);
  EXPECT_NE(siphash_key_of({}), siphash_key{}) << "of no secret as of an empty one";
}

}  // namespace
}  // namespace tonris::model
