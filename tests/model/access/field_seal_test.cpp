#include "model/access/field_seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using refusal = field_seal::refusal;

const std::string first = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string second = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const aead_nonce some_nonce{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const tenant_id salon{"salon-1"}, other{"salon-2"};

field_seal with(const std::string& ring) {
  return field_seal{derive(parse_key_ring(ring).value())};
}

/// Made by Python's `cryptography`.
TEST(FieldSeal, IsAesGcmBoundToItsPlace) {
  const auto sealed = "1.k1.AQIDBAUGBwgJCgsM.8Mga-1k-EIdpeyA1innr0KyxzIFHKLyFMCWQ38TSiOM";
  EXPECT_EQ(with(first).open(sealed, {salon, "elevenLabs.apiKey"}), "sk_tenant_secret");
  EXPECT_EQ(with(first).seal("sk_tenant_secret", {salon, "elevenLabs.apiKey"}, some_nonce), sealed);
}

TEST(FieldSeal, OpensAsNobodyElsesAndAsNoOtherField) {
  const auto seal = with(first);
  const auto sealed = seal.seal("word", {salon, "a"}, some_nonce);
  EXPECT_EQ(seal.open(sealed, {salon, "a"}), "word");
  EXPECT_EQ(seal.open(sealed, {other, "a"}).error(), refusal::not_ours);
  EXPECT_EQ(seal.open(sealed, {salon, "b"}).error(), refusal::not_ours);
}

TEST(FieldSeal, SealsWithTheFirstKeyAndOpensWithEach) {
  const auto before = with(first), during = with(second + "," + first), after = with(second);
  const auto old = before.seal("word", {salon, "a"}, some_nonce);
  const auto fresh = during.seal("word", {salon, "a"}, some_nonce);
  EXPECT_EQ(key_name_of(old), "k1");
  EXPECT_EQ(key_name_of(fresh), "k2");
  EXPECT_EQ(during.open(old, {salon, "a"}), "word");
  EXPECT_TRUE(during.is_outdated(old));
  EXPECT_FALSE(during.is_outdated(fresh));
  EXPECT_EQ(after.open(old, {salon, "a"}).error(), refusal::unknown_key);
  EXPECT_EQ(after.open(fresh, {salon, "a"}), "word");
}

TEST(FieldSeal, TellsAnotherKeyOfTheSameNameFromNone) {
  const auto old = with(first).seal("word", {salon, "a"}, some_nonce);
  EXPECT_EQ(with("k1:" + second.substr(3)).open(old, {salon, "a"}).error(), refusal::not_ours);
}

TEST(FieldSeal, RefusesWhatWasChangedOrNeverSealed) {
  const auto seal = with(first);
  const auto sealed = seal.seal("word", {salon, "a"}, some_nonce);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(seal.open(changed, {salon, "a"})) << i;
    EXPECT_FALSE(seal.open(sealed.substr(0, i), {salon, "a"})) << i;
  }
  for (const auto* text : {"", "1", "1.k1", "1.k1.AQ.AQ", "2.k1.AQIDBAUGBwgJCgsM.AAAA", "1.k1.AQIDBAUGBwgJCgsM.AAAA.x",
                           "1..AQIDBAUGBwgJCgsM.AAAA"})
    EXPECT_FALSE(seal.open(text, {salon, "a"})) << text;
}

TEST(FieldSeal, WithoutAKeySealsNothing) {
  const field_seal none{{}};
  EXPECT_FALSE(none.can_seal());
  EXPECT_EQ(none.seal("word", {salon, "a"}, some_nonce), "");
}

}  // namespace
}  // namespace tonris::model
