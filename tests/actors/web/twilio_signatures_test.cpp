#include "actors/web/twilio_signatures.hpp"

#include <algorithm>

#include "model/access/doctor_proof.hpp"
#include "tests/actors/telemetry/captured_log.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class TwilioSignatures : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    services.refusals = std::make_shared<refusal_lines>([this] { return now; });
    open_doors();
  }
  double refused(const std::string& endpoint, const std::string& reason) {
    return counted(R"(tonris_http_refused_total{endpoint=")" + endpoint + R"(",reason=")" + reason + R"("})");
  }
  refusal_lines::clock::time_point now{};
  std::string ticket() {
    post(voice_path, voice_form());
    return "/media-stream/ticket-1";
  }
};

TEST_F(TwilioSignatures, RefusesAWrongSignatureAndNothingMore) {
  const auto fields = voice_form();
  const auto right = model::twilio::signature(token, origin + voice_path, fields);
  for (const std::string& given : {std::string{}, std::string{"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, right.substr(1),
                                   model::twilio::signature("another token", origin + voice_path, fields),
                                   model::twilio::signature(token, "https://other.example" + voice_path, fields)}) {
    const auto got = exchange(post_bytes(voice_path, fields, given));
    EXPECT_EQ(got.status, 403u);
    EXPECT_EQ(got.body, "");
  }
  EXPECT_EQ(refused("voice", "bad_signature"), 5);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(TwilioSignatures, TakesAnyOfItsTokensWhileTheyRotate) {
  const auto fields = voice_form();
  const auto old = model::twilio::signature("an older token", origin + voice_path, fields);
  EXPECT_EQ(exchange(post_bytes(voice_path, fields, old)).status, 200u);
}

TEST_F(TwilioSignatures, CountsWhoseAreRefused) {
  auto fields = voice_form();
  const std::string wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  exchange(post_bytes(voice_path, fields, wrong));
  exchange(post_bytes(voice_path, fields, {}));
  fields[0].second = "AC00000000000000000000000000000009";
  exchange(post_bytes(voice_path, fields, wrong));
  exchange(upgrade_bytes(ticket(), wrong));
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="gateway"})"), 2);
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="unknown"})"), 2);
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="tenant"})"), 0);
  EXPECT_EQ(counted(R"(tonris_signature_token_total{account="gateway",token="1"})"), 1) << "the ticket's";
}

/// It signs with the gateway's own token, and would hide that Twilio signs with another.
TEST_F(TwilioSignatures, CountsNothingThatTheDoctorSigns) {
  const auto wall = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto post_as_doctor = [&](std::string_view secret, const std::string& by) {
    const auto fields = voice_form();
    return exchange(
        post_bytes(voice_path, fields, model::twilio::signature(by, origin + voice_path, fields),
                   std::string{model::doctor_field} + ": " + model::doctor_proof(secret, wall.count()) + "\r\n"));
  };
  EXPECT_EQ(post_as_doctor(token, token).status, 200u);
  EXPECT_EQ(post_as_doctor(token, "another").status, 403u);
  EXPECT_EQ(counted(R"(tonris_signature_token_total{account="gateway",token="1"})"), 0);
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="gateway"})"), 0);
  EXPECT_EQ(post_as_doctor("admin", "another").status, 403u) << "it has another token than this gateway";
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="gateway"})"), 0);
  EXPECT_EQ(refused("voice", "bad_signature"), 0) << "nor is it listed as a call that was lost";
  EXPECT_EQ(post_as_doctor("not the token", "another").status, 403u);
  EXPECT_EQ(post_as_doctor("", "another").status, 403u);
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="gateway"})"), 2) << "who knows no secret is counted";
  EXPECT_EQ(refused("voice", "bad_signature"), 2);
  EXPECT_EQ(post_as_doctor("not the token", token).status, 200u) << "who is not the doctor is counted";
  EXPECT_EQ(counted(R"(tonris_signature_token_total{account="gateway",token="1"})"), 1);
}

TEST_F(TwilioSignatures, RefusesAChangedBody) {
  auto fields = voice_form();
  const auto signature = model::twilio::signature(token, origin + voice_path, fields);
  fields[2].second = "+15550100009";
  EXPECT_EQ(exchange(post_bytes(voice_path, fields, signature)).status, 403u);
}

TEST_F(TwilioSignatures, RefusesAnotherAccountsCalls) {
  auto fields = voice_form();
  fields[0].second = "AC00000000000000000000000000000009";
  EXPECT_EQ(post(voice_path, fields).status, 403u);
  EXPECT_EQ(refused("voice", "wrong_account"), 1);
}

TEST_F(TwilioSignatures, RefusesABodyThatIsNoForm) {
  std::string body;
  for (int i = 0; i < 600; ++i) body += "a=1&";
  const auto got =
      exchange("POST " + voice_path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body);
  EXPECT_EQ(got.status, 403u);
  EXPECT_EQ(refused("voice", "bad_form"), 1);
}

TEST_F(TwilioSignatures, BelievesForwardedHeadersOfItsProxiesOnly) {
  const auto fields = voice_form();
  const auto signature = model::twilio::signature(token, "https://edge.example" + voice_path, fields);
  const auto bytes = post_bytes(voice_path, fields, signature,
                                "X-Forwarded-Proto: https\r\nX-Forwarded-Host: edge.example, inner\r\n");
  EXPECT_EQ(exchange(bytes, "203.0.113.7").status, 403u);
  EXPECT_EQ(exchange(bytes, "10.0.0.1").status, 200u);
}

TEST_F(TwilioSignatures, SaysInTheLogWhatItExpectedToBeSigned) {
  captured_log log;
  const auto fields = voice_form();
  exchange(
      post_bytes(voice_path, fields, model::twilio::signature(token, "https://other.example" + voice_path, fields)));
  EXPECT_THAT(
      log.text(),
      HasSubstr("[WARN]: Refused POST /api/webhooks/twilio/elevenlabs: its X-Twilio-Signature is not one of "
                "TWILIO_AUTH_TOKEN for https://gw.example.com/api/webhooks/twilio/elevenlabs; Host internal\n"));
}

TEST_F(TwilioSignatures, SaysInTheLogThatThereIsNoSignature) {
  captured_log log;
  get(voice_path + "?secret=1", "");
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("GET /api/webhooks/twilio/elevenlabs: it has no X-Twilio-Signature; Host internal\n"));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST_F(TwilioSignatures, SaysInTheLogWhoseForwardedHostItDoesNotBelieve) {
  captured_log log;
  exchange(post_bytes(voice_path, voice_form(), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "X-Forwarded-Host: edge.example\r\n"));
  EXPECT_THAT(log.text(), HasSubstr("; Host internal; X-Forwarded-Host edge.example, which is not believed: "
                                    "203.0.113.7 is not in TRUSTED_PROXIES\n"));
}

TEST_F(TwilioSignatures, SaysInTheLogThatACallIsOfAnotherAccount) {
  captured_log log;
  auto fields = voice_form();
  fields[0].second = "AC00000000000000000000000000000009";
  post(voice_path, fields);
  EXPECT_THAT(log.text(),
              HasSubstr("it is of another account, AC00000000000000000000000000000009, than TWILIO_ACCOUNT_SID\n"));
}

TEST_F(TwilioSignatures, LogsNoMoreThanOneRefusalASecondAndReason) {
  captured_log log;
  for (int i = 0; i < 50; ++i) get(voice_path);
  auto fields = voice_form();
  fields[0].second = "AC00000000000000000000000000000009";
  post(voice_path, fields);  // another reason: a line of its own
  now += 999ms;
  get(voice_path);
  now += 1ms;
  get(voice_path);
  const auto text = log.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  EXPECT_THAT(text, HasSubstr("; as were 50 since the last such line\n"));
  EXPECT_EQ(refused("voice", "bad_signature"), 52);
}

TEST_F(TwilioSignatures, LogsNoTicketAndNoControlCharacterOfAStranger) {
  const auto path = ticket();
  captured_log log;
  exchange(upgrade_bytes(path, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
  upgrade("/media-stream/ticket-9");
  exchange("GET " + voice_path + " HTTP/1.1\r\nHost: \x1b[2J" + std::string(5000, 'h') + "\r\n\r\n");
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("GET /media-stream/…: its X-Twilio-Signature is not one of TWILIO_AUTH_TOKEN for "
                              "wss://gw.example.com/media-stream/…; Host gw.example.com\n"));
  EXPECT_THAT(text, HasSubstr("GET /media-stream/…: its ticket is of no live call, or too old\n"));
  EXPECT_THAT(text, Not(HasSubstr("ticket-")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_LT(text.size(), 1500U);
}

}  // namespace
}  // namespace tonris::actors::test
