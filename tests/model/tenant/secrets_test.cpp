#include "model/tenant/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/tenant/tenant.hpp"
#include "tests/model/tenant/sealed_with.hpp"

namespace tonris::model {
namespace {

using namespace test;
using form = tenant_secret::form;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string account = "AC0123456789abcdef0123456789abcdef";
const tenant_id salon{"salon-1"}, other{"salon-2"};

std::string document(const std::string& secrets) {
  return R"({"id":"salon-1","name":"A","twilioPhoneNumber":"+15551234567","secrets":)" + secrets + "}";
}
const std::string all = R"({"twilio":{"accountSid":")" + account + R"(","authTokens":["new-token","old-token"]},)" +
                        R"("elevenLabs":{"apiKey":"sk_tenant"},"toolKeys":{"crm":"key-1"},)" +
                        R"("webhooks":{"crm":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}})";

TEST(TenantSecrets, AreReadAndNeverShown) {
  const auto t = parse_tenant(document(all)).value();
  EXPECT_EQ(t.secrets.account.value, account);
  EXPECT_THAT(auth_tokens_of(t.secrets), ElementsAre("new-token", "old-token"));
  EXPECT_EQ(t.secrets.api_key, (tenant_secret{form::plain, "sk_tenant"}));
  EXPECT_TRUE(has_plain(t.secrets));
  const auto shown = to_json(t);
  EXPECT_THAT(shown, HasSubstr(R"("secrets":{"twilio":{"accountSid":")" + account + R"(","authTokens":{"set":true}},)" +
                               R"("elevenLabs":{"apiKey":{"set":true}},"toolKeys":{"crm":{"set":true}},)" +
                               R"("webhooks":{"crm":{"set":true}}})"));
  for (const auto* secret : {"new-token", "old-token", "sk_tenant", "key-1", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    EXPECT_THAT(shown, Not(HasSubstr(secret)));
}

TEST(TenantSecrets, AreSealedForTheirTenantAndTheirField) {
  auto t = parse_tenant(document(all)).value();
  const auto plain = t.secrets;
  ASSERT_TRUE(seal_secrets(t.secrets, salon, with(first), fresh));
  EXPECT_FALSE(has_plain(t.secrets));
  EXPECT_THAT(auth_tokens_of(t.secrets), IsEmpty());
  const auto stored = to_json(t);
  EXPECT_THAT(stored, HasSubstr(R"("apiKey":{"sealed":"1.k1.)"));
  auto back = parse_tenant(stored).value();
  EXPECT_EQ(back, t);
  auto moved = back.secrets;
  EXPECT_THAT(open_secrets(back.secrets, salon, with(second + "," + first)), IsEmpty());
  EXPECT_EQ(back.secrets, plain);
  EXPECT_EQ(open_secrets(moved, other, with(first)).size(), 4u) << "nobody else's";
  moved.api_key = moved.tool_keys.at("crm");
  (void)open_secrets(moved, salon, with(first));
  EXPECT_EQ(moved.api_key.is, form::sealed) << "and no other field's";
  moved.webhooks["crm"] = t.secrets.tool_keys.at("crm");
  (void)open_secrets(moved, salon, with(first));
  EXPECT_EQ(moved.webhooks["crm"].is, form::sealed) << "not even one of the same name";
}

TEST(TenantSecrets, WhoseKeyIsMissingAreMissingAndNamed) {
  auto t = parse_tenant(document(R"({"elevenLabs":{"apiKey":"sk"}})")).value();
  ASSERT_TRUE(seal_secrets(t.secrets, salon, with(first), fresh));
  EXPECT_THAT(open_secrets(t.secrets, salon, with(second)), ElementsAre("elevenLabs.apiKey (sealed with k1)"));
  EXPECT_EQ(t.secrets.api_key.is, form::sealed);
}

TEST(TenantSecrets, AreNotSealedWithoutAKey) {
  auto t = parse_tenant(document(all)).value();
  const auto before = t.secrets;
  EXPECT_FALSE(seal_secrets(t.secrets, salon, field_seal{{}}, fresh));
  EXPECT_EQ(t.secrets, before);
}

TEST(TenantSecrets, StayWhatTheyWereWhereADocumentComesBack) {
  const auto before = parse_tenant(document(all)).value();
  auto now = parse_tenant(to_json(before)).value();
  EXPECT_EQ(now.secrets.api_key.is, form::kept);
  keep_former(now.secrets, before.secrets);
  EXPECT_EQ(now.secrets, before.secrets);
  auto fewer = parse_tenant(document(R"({"toolKeys":{"crm":{"set":true},"erp":{"set":true}}})")).value();
  keep_former(fewer.secrets, before.secrets);
  EXPECT_EQ(fewer.secrets.tool_keys, before.secrets.tool_keys) << "what never was stays none";
  EXPECT_EQ(fewer.secrets.api_key.is, form::none) << "what is left out goes";
}

TEST(TenantSecrets, OfAnotherAccountAreNotKept) {
  const auto before = parse_tenant(document(all)).value();
  auto now = parse_tenant(document(R"({"twilio":{"accountSid":"AC00000000000000000000000000000000",)"
                                   R"("authTokens":{"set":true}}})"))
                 .value();
  keep_former(now.secrets, before.secrets);
  EXPECT_EQ(now.secrets.auth_tokens.is, form::none);
  EXPECT_EQ(now.secrets.account.value, "");
}

}  // namespace
}  // namespace tonris::model
