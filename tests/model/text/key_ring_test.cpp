#include "model/text/key_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string first = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string second = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

TEST(KeyRing, ReadsItsKeysInOrder) {
  const auto ring = parse_key_ring("k2:" + second + ", k1:" + first);
  ASSERT_TRUE(ring);
  ASSERT_EQ(ring->size(), 2u);
  EXPECT_EQ((*ring)[0].id, "k2");
  EXPECT_EQ((*ring)[0].bytes[0], 32);
  EXPECT_EQ((*ring)[1].id, "k1");
  EXPECT_EQ((*ring)[1].bytes[31], 31);
}

TEST(KeyRing, RefusesWhatIsNone) {
  for (const std::string& text :
       {std::string{}, std::string{","}, first, ":" + first, std::string{"k1:"}, std::string{"k1:c2hvcnQ="},
        "k1:" + first + "AAAA", "k 1:" + first, "k.1:" + first, "k1:" + first + ",", "k1:" + first + ",,k2:" + second,
        "seventeenletters7:" + first, std::string{"k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}})
    EXPECT_FALSE(parse_key_ring(text)) << text;
}

TEST(KeyRing, RefusesANameThatComesTwiceAndMoreKeysThanAnyoneRotates) {
  EXPECT_FALSE(parse_key_ring("k1:" + first + ",k1:" + second));
  std::string many = "k0:" + first;
  for (std::size_t i = 1; i < max_ring_keys; ++i) many += ",k" + std::to_string(i) + ":" + first;
  EXPECT_TRUE(parse_key_ring(many));
  EXPECT_FALSE(parse_key_ring(many + ",more:" + first));
}

TEST(KeyRing, SaysNothingOfTheKeyInItsMistake) {
  const auto refused = parse_key_ring("k1:" + first + ",k2:" + second + "!");
  ASSERT_FALSE(refused);
  EXPECT_THAT(std::string{refused.error()}, testing::StartsWith("must "));
  EXPECT_THAT(std::string{refused.error()}, Not(HasSubstr("AAEC")));
}

}  // namespace
}  // namespace tonris::model
