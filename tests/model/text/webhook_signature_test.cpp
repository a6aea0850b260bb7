#include "model/text/webhook_signature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/places.hpp"

namespace tonris::model {
namespace {

struct vector_row {
  std::string secret, id;
  std::int64_t time;
  std::string body, signature;
};
const std::vector<vector_row> vectors{
    // The one that the specification's libraries publish.
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})",
     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    // Made with Python's hmac and hashlib.
    {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==", "msg_2",
     1767225600, R"({"type":"call.ended","note":"Jørgen ✓"})", "v1,cXeTyb5XSPuE50Vt5y/CLLgFdaFM9u+QwF1FZbsJAR8="},
    {"key-1", "call_a1", 1767225600, R"({"date":"tomorrow"})", "v1,RkXps6iwy+N7xoa1XbqSxzKiQ6iuOfcPmjs8mOKPGxQ="},
};

webhook_check check(const vector_row& v, std::string_view signatures, std::int64_t now) {
  return verify_webhook(signing_key_of(v.secret), v.id, std::to_string(v.time), signatures, v.body, now);
}

TEST(WebhookSignature, IsThatOfTheStandard) {
  for (const auto& v : vectors) {
    EXPECT_EQ(sign_webhook(signing_key_of(v.secret), v.id, v.time, v.body), v.signature);
    EXPECT_EQ(check(v, v.signature, v.time + 5), webhook_check::ok);
  }
}

TEST(WebhookSignature, IsGoodForFiveMinutes) {
  const auto& v = vectors.front();
  EXPECT_EQ(check(v, v.signature, v.time + 300), webhook_check::ok);
  EXPECT_EQ(check(v, v.signature, v.time + 301), webhook_check::too_old);
  EXPECT_EQ(check(v, v.signature, v.time - 300), webhook_check::ok);
  EXPECT_EQ(check(v, v.signature, v.time - 301), webhook_check::in_the_future);
}

TEST(WebhookSignature, MayBeOneOfSeveral) {
  const auto& v = vectors.front();
  EXPECT_EQ(check(v, "v1,AAAA v1a,zzz " + v.signature + " v2,x", v.time), webhook_check::ok);
  std::string many;
  for (int n = 0; n < 8; ++n) many += "v1,AAAA ";
  EXPECT_EQ(check(v, many + v.signature, v.time), webhook_check::mismatch) << "no more than eight";
}

TEST(WebhookSignature, IsRefusedForAnythingElse) {
  const auto& v = vectors.front();
  const auto key = signing_key_of(v.secret);
  const auto time = std::to_string(v.time);
  EXPECT_EQ(check(vectors[1], v.signature, vectors[1].time), webhook_check::mismatch);
  EXPECT_EQ(check(v, v.signature.substr(3), v.time), webhook_check::mismatch);
  EXPECT_EQ(check(v, v.signature + "x", v.time), webhook_check::mismatch);
  EXPECT_EQ(check(v, "", v.time), webhook_check::no_header);
  EXPECT_EQ(verify_webhook(key, v.id, time, v.signature, v.body + " ", v.time), webhook_check::mismatch);
  EXPECT_EQ(verify_webhook(key, "msg_x", time, v.signature, v.body, v.time), webhook_check::mismatch);
  EXPECT_EQ(verify_webhook(key, "", time, v.signature, v.body, v.time), webhook_check::no_header);
  EXPECT_EQ(verify_webhook(key, "a.b", time, v.signature, v.body, v.time), webhook_check::malformed);
  EXPECT_EQ(verify_webhook(key, v.id, "soon", v.signature, v.body, v.time), webhook_check::malformed);
  EXPECT_EQ(verify_webhook(key, v.id, "9999999999999999999", v.signature, v.body, v.time), webhook_check::malformed);
  EXPECT_EQ(verify_webhook({}, v.id, time, sign_webhook({}, v.id, v.time, v.body), v.body, v.time),
            webhook_check::no_key);
}

// --- docs/tools.md

/// The value of a row "| name | `value` |", without its quotes; "": there is none.
std::string value_in(const std::string& table, const std::string& name) {
  const auto begin = "| " + name + " | `";
  const auto at = table.find(begin);
  if (at == std::string::npos) return {};
  return table.substr(at + begin.size(), table.find("` |\n", at) - at - begin.size());
}

TEST(WebhookSignature, StandsInTheToolsManualAsAVector) {
  std::ifstream in{test::source_dir() + "/docs/tools.md"};
  const std::string page{std::istreambuf_iterator<char>{in}, {}};
  const auto table = page.substr(page.find("A vector:"));
  const auto id = value_in(table, "`webhook-id`"), time = value_in(table, "`webhook-timestamp`");
  const auto body = value_in(table, "body"), signature = value_in(table, "`webhook-signature`");
  const auto key = signing_key_of(value_in(table, "key"));
  ASSERT_FALSE(body.empty() || time.empty()) << table;
  EXPECT_EQ(sign_webhook(key, id, std::stoll(time), body), signature);
  EXPECT_EQ(verify_webhook(key, id, time, signature, body, std::stoll(time)), webhook_check::ok);
}

}  // namespace
}  // namespace tonris::model
