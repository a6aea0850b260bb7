#include "model/text/seal.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

const text_seal::nonce some_nonce{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(TextSeal, GivesBackWhatItSealed) {
  const text_seal seal({"a secret"});
  for (const std::string& text :
       {std::string{}, std::string{"4"}, std::string{"4111111111111111#"}, std::string(64, '9')})
    EXPECT_EQ(seal.open(seal.seal(text, some_nonce)), text);
}

TEST(TextSeal, ShowsNothingOfIt) {
  const text_seal seal({"a secret"});
  EXPECT_EQ(seal.seal("4111111111111111", some_nonce).find("4111"), std::string::npos);
  auto other = some_nonce;
  ++other[0];
  EXPECT_NE(seal.seal("1", some_nonce), seal.seal("1", other)) << "equal texts look different";
}

/// Made by Python's `cryptography`: HMAC-SHA-256 of the purpose under the secret, then AESGCM.
TEST(TextSeal, IsPlainAesGcm) {
  EXPECT_EQ(text_seal({"a secret"}).open("AQIDBAUGBwgJCgsMIlwtJF/nVSBaSYR4ZyRkROiwxyGS"), "4111#");
}

TEST(TextSeal, OpensWithEachOfItsSecretsWhileTheyRotate) {
  const auto before = text_seal({"old"}).seal("12", some_nonce);
  EXPECT_EQ(text_seal({"new", "old"}).open(before), "12");
  EXPECT_EQ(text_seal({"new"}).open(before), std::nullopt);
}

TEST(TextSeal, OpensNothingThatWasChanged) {
  const text_seal seal({"a secret"});
  const auto sealed = seal.seal("4111", some_nonce);
  for (std::size_t i = 0; i + 4 < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(seal.open(changed), std::nullopt) << i;
  }
  for (const char* nothing : {"", "AAAA", "no base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
    EXPECT_EQ(seal.open(nothing), std::nullopt) << nothing;
}

TEST(TextSeal, WithoutASecretSealsNothing) {
  EXPECT_EQ(text_seal({}).seal("1", some_nonce), "");
  EXPECT_EQ(text_seal({}).open("AAAA"), std::nullopt);
}

}  // namespace
}  // namespace tonris::model
