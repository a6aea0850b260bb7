#include "actors/web/doctor_api.hpp"

#include "model/access/doctor_proof.hpp"
#include "model/doctor/seen_request.hpp"
#include "model/text/digest.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class DoctorApi : public FrontTest {
 protected:
  static std::int64_t seconds() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  static std::string proof(const std::string& of = "admin") {
    return std::string{model::doctor_field} + ": " + model::doctor_proof(of, seconds()) + "\r\n";
  }
  answer echo(const std::string& more, const form& fields = {{"CallSid", "CA1"}}, const std::string& query = {}) {
    const auto path = std::string{model::doctor::echo_path} + query;
    return exchange(
        post_bytes(path, fields, model::twilio::signature(token, std::string{origin} + path, fields), more));
  }
};

TEST_F(DoctorApi, TellsWhatArrived) {
  open_doors();
  const form fields{{"CallSid", "CA1"}, {"CallerName", " O'Brien & Söhne "}, {"Empty", ""}};
  const auto got = echo(proof() + "X-Forwarded-Host: gw.example.com\r\nX-Webhook-Secret: s3cret\r\n", fields, "?a=%27");
  ASSERT_EQ(got.status, 200u) << got.body;
  const auto seen = model::doctor::parse_seen_request(got.body);
  ASSERT_TRUE(seen) << got.body;
  EXPECT_EQ(seen->method, "POST");
  EXPECT_EQ(seen->target, "/api/webhooks/doctor/echo?a=%27");
  EXPECT_EQ(seen->public_origin, origin);
  EXPECT_EQ(seen->expected_url, std::string{origin} + "/api/webhooks/doctor/echo?a=%27");
  EXPECT_EQ(seen->forwarded_host, "gw.example.com");
  EXPECT_EQ(seen->peer, "203.0.113.7");
  EXPECT_FALSE(seen->peer_is_trusted);
  EXPECT_TRUE(seen->has_signature && seen->signature_holds);
  EXPECT_TRUE(seen->has_callback_secret);
  EXPECT_FALSE(seen->has_callback_signature);
  EXPECT_EQ(seen->body_sha256, model::sha256_hex(encoded(fields)));
  EXPECT_THAT(got.body, Not(HasSubstr("s3cret")));
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(DoctorApi, CountsNothingAsRefused) {
  open_doors();
  const auto path = std::string{model::doctor::echo_path};
  const auto got = exchange(post_bytes(path, {{"CallSid", "CA1"}}, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", proof()));
  const auto seen = model::doctor::parse_seen_request(got.body);
  ASSERT_TRUE(seen) << got.body;
  EXPECT_TRUE(seen->has_signature);
  EXPECT_FALSE(seen->signature_holds);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="bad_signature"})"), 0);
}

TEST_F(DoctorApi, IsForWhoKnowsTheTokenAlone) {
  auto waiting = front_config();
  waiting.max_late_answers = 8;
  open_doors(waiting);
  EXPECT_EQ(echo("").status, 401u);
  EXPECT_EQ(echo("Authorization: Bearer admin\r\n").status, 401u) << "the token itself is not to go that way";
  EXPECT_EQ(echo(proof("another")).status, 0u) << "who tries waits";
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="unauthorized"})"), 3);
  auto with = front_config();
  with.admin_token.clear();
  open_doors(with);
  EXPECT_EQ(echo(proof()).status, 403u);
}

TEST_F(DoctorApi, IsBehindTwiliosDoorAndNotTheOperators) {
  auto with = front_config();
  with.at = door::twilio_only;
  open_doors(with);
  EXPECT_EQ(echo(proof()).status, 200u);
  with.at = door::operators_alone;
  with.unit = nullptr;
  open_doors(with);
  EXPECT_EQ(echo(proof()).status, 404u);
}

}  // namespace
}  // namespace tonris::actors::test
