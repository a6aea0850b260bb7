#include "model/text/aead.hpp"

#include <gtest/gtest.h>

#include "model/text/hex.hpp"

namespace tonris::model {
namespace {

/// Test case 14 and 15 of the GCM specification (McGrew, Viega), which uses these names as well.
TEST(Aead, IsAes256Gcm) {
  const aead_key zeros{};
  EXPECT_EQ(to_hex(*aead_seal(zeros, {}, std::string(16, '\0'))),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  EXPECT_EQ(to_hex(*aead_seal(zeros, {}, "")), "530f8afbc74536b9a963b4f1c4cb738b");
}

TEST(Aead, OpensWithItsKeyNonceAndPlaceAlone) {
  const aead_key key{1}, other_key{2};
  const aead_nonce nonce{3}, other_nonce{4};
  for (const std::string text : {"", "a", "something longer than one block of sixteen bytes"}) {
    const auto sealed = aead_seal(key, nonce, text, "here");
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), text.size() + aead_tag_bytes);
    EXPECT_EQ(aead_open(key, nonce, *sealed, "here"), text);
    EXPECT_FALSE(aead_open(other_key, nonce, *sealed, "here"));
    EXPECT_FALSE(aead_open(key, other_nonce, *sealed, "here"));
    EXPECT_FALSE(aead_open(key, nonce, *sealed, "there"));
    EXPECT_FALSE(aead_open(key, nonce, *sealed));
  }
}

TEST(Aead, OpensNothingThatWasChangedOrCut) {
  const aead_key key{1};
  const auto sealed = aead_seal(key, {}, "secret").value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(aead_open(key, {}, changed)) << i;
    EXPECT_FALSE(aead_open(key, {}, std::span{sealed}.first(i))) << i;
  }
}

}  // namespace
}  // namespace tonris::model
