#include "model/access/api_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

// Made by Python's base64, zlib and hmac.
const std::string text = "tnr_0123456789ab_yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5uc_1f6f5c77";
const std::string digest = "f401ed1d4595fa4c6dd0693627bc60f19d6306f46bd5b3f33a76a23b14182c2c";

api_key_seed some_seed() {
  api_key_seed seed;
  seed.id = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab};
  for (std::size_t i = 0; i < seed.secret.size(); ++i) seed.secret[i] = static_cast<std::uint8_t>(200 + i);
  return seed;
}

api_key_digests with(const std::string& ring) {
  return api_key_digests{derive(parse_key_ring(ring).value())};
}
const std::string first = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string second = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

TEST(ApiKey, IsWrittenAsDocumented) {
  EXPECT_EQ(make_api_key(some_seed()), text);
  EXPECT_EQ(api_key_id(text), "0123456789ab");
}

TEST(ApiKey, IsNoneWithATypingError) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(api_key_id(changed)) << i;
    EXPECT_FALSE(api_key_id(text.substr(0, i))) << i;
  }
  for (const auto& other : {text + "0", " " + text, text + " ", std::string{}, std::string(69, '_')})
    EXPECT_FALSE(api_key_id(other)) << other;
  auto upper = text;
  upper[text.size() - 3] = 'C';
  EXPECT_FALSE(api_key_id(upper));
}

TEST(ApiKey, IsKeptAsADigestThatOpensNothing) {
  kept_api_key kept;
  with(first).put_digest(text, kept);
  EXPECT_EQ(kept.made_with, "k1");
  EXPECT_EQ(kept.digest, digest);
}

TEST(ApiKey, FitsItsDigestUnderTheKeyThatMadeIt) {
  kept_api_key kept;
  with(first).put_digest(text, kept);
  EXPECT_TRUE(with(first).fits(text, &kept));
  EXPECT_TRUE(with(second + "," + first).fits(text, &kept)) << "while it rotates";
  EXPECT_FALSE(with(second).fits(text, &kept)) << "after it has";
  EXPECT_FALSE(with("k1:" + second.substr(3)).fits(text, &kept)) << "another key of that name";
  auto seed = some_seed();
  ++seed.secret[0];
  EXPECT_FALSE(with(first).fits(make_api_key(seed), &kept));
}

TEST(ApiKey, FitsNothingWhereNothingIsKept) {
  EXPECT_FALSE(with(first).fits(text, nullptr));
  EXPECT_FALSE(api_key_digests{{}}.fits(text, nullptr));
  kept_api_key nothing;
  nothing.made_with = "k1";
  EXPECT_FALSE(with(first).fits(text, &nothing)) << "an empty digest is no digest";
}

TEST(ApiKey, IsShownWithoutItsDigest) {
  kept_api_key kept;
  kept.id = "0123456789ab";
  kept.tenant = {"salon-1"};
  kept.name = "our CRM";
  kept.granted = {scope::read, scope::settings};
  with(first).put_digest(text, kept);
  kept.created = std::chrono::system_clock::time_point{std::chrono::seconds{1}};
  EXPECT_EQ(to_json(kept), R"({"keyId":"0123456789ab","name":"our CRM","scopes":["read","settings"],)"
                           R"("createdAt":"1970-01-01T00:00:01.000Z","madeWith":"k1"})");
  kept.last_used = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
  EXPECT_THAT(to_json(kept), testing::HasSubstr(R"("lastUsed":"2026-11-22",)"));
}

}  // namespace
}  // namespace tonris::model
