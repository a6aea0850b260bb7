#include "actors/web/refused_api.hpp"

#include "model/elevenlabs/signature.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class RefusedWebhooks : public FrontTest {
 protected:
  static constexpr auto wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  static inline const std::string other_account = "AC00000000000000000000000000000009";

  void SetUp() override {
    FrontTest::SetUp();
    auto with = front_config();
    with.elevenlabs.secrets = {"wsec"};
    with.callbacks = nullptr;
    open_doors(std::move(with));
    limits.body_plan = [this](const net::http_request& head) { return front->body_plan(head); };
    limits.on_oversize = [this](const net::http_request& head) { front->refuse_oversize(head); };
    service = std::make_shared<net::http_service>(io, limits, nullptr,
                                                  [this](net::http_request request, net::http_responder responder) {
                                                    front->handle(std::move(request), std::move(responder));
                                                  });
  }
  std::string list(const std::string& query = "") {
    const auto got = api("GET", "/api/webhooks/refused" + query, "admin");
    EXPECT_EQ(got.status, 200u) << got.body;
    return got.body;
  }
  void pass_time(std::chrono::seconds by) { refused_at += by; }
  static form of_account(const std::string& account) {
    auto fields = voice_form();
    fields[0].second = account;
    return fields;
  }
  net::http_server_limits limits;
};

TEST_F(RefusedWebhooks, AreNone) {
  EXPECT_EQ(list(), R"({"items":[]})");
}

TEST_F(RefusedWebhooks, SayWhatIsKnownOfThem) {
  exchange(post_bytes(voice_path, voice_form(), wrong, "X-Request-Id: edge-1\r\n"));
  EXPECT_EQ(list(), R"({"items":[{"firstAt":"2027-01-15T08:00:00.000Z","lastAt":"2027-01-15T08:00:00.000Z","count":1,)"
                    R"("route":"voice","reason":"bad_signature","address":"203.0.113.7","callSid":")" +
                        some_call.value + R"(","to":"+15550100002","from":"+1555...","accountSid":")" +
                        some_account.value + R"(","requestId":"edge-1"}]})");
}

/// One of each, and what it is listed as.
TEST_F(RefusedWebhooks, AreListedByRouteAndReason) {
  const std::string too_long(200'000, 'x');
  const struct {
    const char* what;
    std::function<void()> asks;
    std::string route, reason;
  } rows[] = {
      {"no signature", [&] { exchange(post_bytes(voice_path, voice_form(), {})); }, "voice", "bad_signature"},
      {"a status callback", [&] { exchange(post_bytes("/api/webhooks/twilio/status", voice_form(), wrong)); }, "status",
       "bad_signature"},
      {"of another account", [&] { post(voice_path, of_account(other_account)); }, "voice", "wrong_account"},
      {"no form",
       [&] {
         exchange(post_bytes(voice_path, form(501, {"a", "1"}), wrong));
       },
       "voice", "bad_form"},
      {"a call without To",
       [&] {
         post(voice_path, {voice_form()[0], voice_form()[1]});
       },
       "voice", "bad_form"},
      {"nobody's number", [&] { post(voice_path, voice_form(some_call, "+15550109999")); }, "voice", "unknown_number"},
      {"announced too long",
       [&] { exchange("POST " + voice_path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n"); }, "voice",
       "too_large"},
      {"too long by the way",
       [&] {
         exchange("POST " + voice_path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" +
                  too_long);
       },
       "voice", "too_large"},
      {"a stream's signature", [&] { exchange(upgrade_bytes("/media-stream/ticket-9", wrong)); }, "media_stream",
       "bad_signature"},
      {"a stream's ticket", [&] { upgrade("/media-stream/ticket-9"); }, "media_stream", "unknown_ticket"},
      {"a stream without upgrade", [&] { get("/media-stream/ticket-9"); }, "media_stream", "no_upgrade"},
      {"no stream event", [&] { post("/api/webhooks/twilio/stream-status", voice_form()); }, "stream_status",
       "bad_form"},
      {"no recording", [&] { post("/api/webhooks/twilio/recording-status", {voice_form()[0]}); }, "recording_status",
       "bad_form"},
      {"no call of ours",
       [&] {
         auto fields = voice_form();
         fields[5].second = "outbound-api";
         post("/api/webhooks/twilio/outbound/ticket-9", fields);
       },
       "outbound", "unknown_ticket"},
      {"a beginning without the secret",
       [&] { exchange("POST /api/webhooks/elevenlabs/conversation-initiation HTTP/1.1\r\nHost: x\r\n\r\n"); },
       "initiation", "bad_callback"},
      {"a tool with another secret",
       [&] {
         exchange("POST /api/webhooks/elevenlabs/tools/services HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: x\r\n\r\n");
       },
       "tools", "bad_callback"},
      {"a vendor at an address that is none",
       [&] { exchange(post_bytes("/api/webhooks/twilio/voice", voice_form(), wrong)); }, "other", "not_found"},
  };
  for (const auto& row : rows) {
    pass_time(10min);
    row.asks();
    const auto got = list("?since=1m");
    EXPECT_THAT(got, HasSubstr(R"("count":1,"route":")" + row.route + R"(","reason":")" + row.reason + "\""))
        << row.what;
    EXPECT_THAT(got, Not(HasSubstr("},{"))) << row.what << ": one alone";
    EXPECT_GE(counted(R"(tonris_http_refused_total{endpoint=")" + row.route + R"(",reason=")" + row.reason + R"("})"),
              1)
        << row.what;
  }
}

TEST_F(RefusedWebhooks, AreNotWhatStrangersAskElsewhere) {
  get("/nothing");
  get("/api/calls");
  api("GET", "/api/calls", "wrong");
  exchange("POST /api/tenants HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(list(), R"({"items":[]})");
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="other",reason="not_found"})"), 1);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="too_large"})"), 1);
}

TEST_F(RefusedWebhooks, HaveNoSignatureNoTokenAndNoBody) {
  auto fields = voice_form();
  fields.emplace_back("SpeechResult", "my card is 4111");
  exchange(post_bytes(voice_path, fields, "c2lnbmF0dXJl", "I-Twilio-Idempotency-Token: tok-1\r\n"));
  exchange("POST /api/webhooks/elevenlabs/tools/services HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: wsec_old\r\n\r\n");
  exchange(upgrade_bytes("/media-stream/ticket-9", wrong));
  const auto got = list();
  for (const auto* secret : {"c2lnbmF0dXJl", "4111", "tok-1", "wsec_old", "ticket-9", "+15550100001", wrong})
    EXPECT_THAT(got, Not(HasSubstr(secret)));
}

TEST_F(RefusedWebhooks, NameTheCallOfABeginningThatWasRefused) {
  const std::string body = R"({"caller_id":"+15550100001","agent_id":"a","called_number":"+15550100002","call_sid":")" +
                           some_call.value + R"("})";
  exchange(
      "POST /api/webhooks/elevenlabs/conversation-initiation HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: x\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_THAT(list(), HasSubstr(R"("callSid":")" + some_call.value + R"(","to":"+15550100002","from":"+1555...")"));
}

TEST_F(RefusedWebhooks, NameWhomAProxyOfOursNames) {
  const auto bytes = post_bytes(voice_path, voice_form(), wrong, "X-Forwarded-For: 192.0.2.66, 198.51.100.9\r\n");
  exchange(bytes, "10.0.0.1");
  EXPECT_THAT(list(), HasSubstr(R"("address":"198.51.100.9")")) << "the one that the proxy has seen itself";
  exchange(
      post_bytes(voice_path, voice_form(), wrong, "X-Forwarded-For: 192.0.2.66\r\nX-Forwarded-For: 198.51.100.10\r\n"),
      "10.0.0.1");
  EXPECT_THAT(list(), HasSubstr(R"("address":"198.51.100.10")")) << "in a field of its own";
  exchange(bytes, "203.0.113.8");
  EXPECT_THAT(list(), HasSubstr(R"("address":"203.0.113.8")")) << "anybody can write such a header";
  exchange(post_bytes(voice_path, voice_form(), wrong, "X-Forwarded-For: <script>\r\n"), "10.0.0.1");
  EXPECT_THAT(list(), HasSubstr(R"("address":"10.0.0.1")"));
}

TEST_F(RefusedWebhooks, AreCountedTogetherAndFoundByWhatIsAskedFor) {
  for (int i = 0; i < 3; ++i) {
    exchange(post_bytes(voice_path, voice_form(), wrong));
    pass_time(20s);
  }
  EXPECT_THAT(list(), HasSubstr(R"("lastAt":"2027-01-15T08:00:40.000Z","count":3,)"));
  pass_time(2h);
  exchange(post_bytes("/api/webhooks/twilio/status", voice_form(), wrong));
  EXPECT_THAT(list("?limit=1"), HasSubstr(R"("route":"status")"));
  EXPECT_THAT(list("?limit=1"), Not(HasSubstr(R"("route":"voice")")));
  EXPECT_THAT(list("?route=voice"), Not(HasSubstr(R"("route":"status")")));
  EXPECT_THAT(list("?since=1h"), Not(HasSubstr(R"("route":"voice")")));
  EXPECT_EQ(list("?reason=wrong_account"), R"({"items":[]})");
}

TEST_F(RefusedWebhooks, RefuseWhatTheyDoNotKnow) {
  for (const auto* query : {"limit=0", "limit=501", "since=yesterday", "route=nowhere", "reason=", "number=1",
                            "route=%", "route=voice&route=status"})
    EXPECT_EQ(api("GET", std::string{"/api/webhooks/refused?"} + query, "admin").status, 400u) << query;
}

TEST_F(RefusedWebhooks, AreTheOperatorsAlone) {
  const auto key = make_key("salon-1", {model::scope::read, model::scope::control, model::scope::settings});
  EXPECT_EQ(api("GET", "/api/webhooks/refused", key).status, 403u);
  EXPECT_EQ(api("GET", "/api/webhooks/refused", "wrong").status, 401u);
}

/// The list is all doors' own, and what is forgotten is counted.
TEST_F(RefusedWebhooks, KeepAnHonestOneBesideAFloodOfForgedOnes) {
  exchange(post_bytes(voice_path, voice_form(), wrong), "192.0.2.9");
  const request_source forger{"203.0.113.66", {}};
  for (int n = 0; n < 2'000; ++n) {
    auto digits = std::to_string(n);
    list_of_refused->note(web_metrics::endpoint::voice, web_metrics::refusal::bad_signature, forger,
                          {.call = "CA" + std::string(32 - digits.size(), 'f') + digits});
  }
  EXPECT_THAT(list("?limit=500"), HasSubstr(R"("address":"192.0.2.9")"));
  EXPECT_EQ(counted("tonris_refused_webhooks_forgotten_total"), 1'501);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="voice",reason="bad_signature"})"), 2'001);
}

}  // namespace
}  // namespace tonris::actors::test
