#include "model/tenant/reseal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/tenant/sealed_with.hpp"

namespace tonris::model {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

const tenant_id salon{"salon-1"};

tenant_secrets sealed_with(const std::string& ring) {
  tenant_secrets secrets;
  secrets.auth_tokens = {tenant_secret::form::plain, "token"};
  secrets.tool_keys["crm"] = {tenant_secret::form::plain, "key-1"};
  secrets.webhooks["crm"] = {tenant_secret::form::plain, "whsec_1"};
  EXPECT_TRUE(seal_secrets(secrets, salon, with(ring), fresh));
  return secrets;
}

TEST(Reseal, SealsWithTheFirstKeyWhatAnOlderOneHasSealed) {
  auto secrets = sealed_with(first);
  const auto came = reseal_secrets(secrets, salon, with(second + "," + first), fresh);
  EXPECT_EQ(came.changed, 3u);
  EXPECT_THAT(came.missing, IsEmpty());
  EXPECT_THAT(sealing_keys_of(secrets), ElementsAre("k2"));
  EXPECT_THAT(open_secrets(secrets, salon, with(second)), IsEmpty()) << "the older one can go";
  EXPECT_EQ(secrets.auth_tokens.text, "token");
}

TEST(Reseal, LeavesAloneWhatTheFirstKeyHasSealed) {
  auto secrets = sealed_with(first);
  const auto before = secrets;
  EXPECT_EQ(reseal_secrets(secrets, salon, with(first + "," + second), fresh).changed, 0u);
  EXPECT_EQ(secrets, before) << "nothing is written for nothing";
}

TEST(Reseal, NamesWhatItCannotOpenAndSealsTheRest) {
  auto secrets = sealed_with(first);
  secrets.api_key = {tenant_secret::form::plain, "sk"};
  ASSERT_TRUE(seal_secrets(secrets, salon, with("k9:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9PkA="), fresh));
  const auto came = reseal_secrets(secrets, salon, with(second + "," + first), fresh);
  EXPECT_EQ(came.changed, 3u);
  EXPECT_THAT(came.missing, ElementsAre("elevenLabs.apiKey (sealed with k9)"));
  EXPECT_THAT(secrets.api_key.text, StartsWith("1.k9."));
  EXPECT_THAT(sealing_keys_of(secrets), testing::UnorderedElementsAre("k2", "k9"));
}

TEST(Reseal, ChangesNothingWithoutAKey) {
  auto secrets = sealed_with(first);
  const auto before = secrets;
  EXPECT_EQ(reseal_secrets(secrets, salon, field_seal{{}}, fresh).changed, 0u);
  EXPECT_EQ(secrets, before);
}

}  // namespace
}  // namespace tonris::model
