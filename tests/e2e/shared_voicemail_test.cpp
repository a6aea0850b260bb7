// A message that a caller left, where gateways share one Redis: the tenant is told of it once, whichever Twilio tells.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "model/text/webhook_key.hpp"
#include "model/text/webhook_signature.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/tenant_server.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The gateway of the calls is the fixture's.
class SharedVoicemail : public CallbackTest {
 protected:
  void start_both() {
    const auto tenants =
        R"([{"id":"salon-1","name":"Test Salon","twilioPhoneNumber":"+15550100002","secrets":{"webhooks":{"crm":")" +
        webhook_secret + R"("}},"settings":{"elevenLabsAgentId":"agent_demo","webhooks":[{"name":"crm","url":")" +
        crm.address() + R"(/events","events":["voicemail.received"]}]}}])";
    const std::map<std::string, std::string> settings{
        {"REDIS_URL", redis.url()},
        {"TOOL_ALLOWED_HOSTS", "127.0.0.1"},
        {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}};
    start(tenants, settings);
    other.start_gateway(tenants, settings);
  }
  void twilio_tells_the_other(const std::string& call, const std::string& recording) {
    std::promise<unsigned> answered;
    other.post_webhook(call, [&](const sim::webhook_poster::answer& got) { answered.set_value(got.status); },
                       "/api/webhooks/twilio/recording-status", "completed",
                       {{"RecordingSid", recording},
                        {"RecordingUrl", "https://api.twilio.com/" + recording},
                        {"RecordingStatus", "completed"},
                        {"RecordingDuration", "7"},
                        {"RecordingSource", "RecordVerb"}});
    EXPECT_EQ(answered.get_future().get(), 204u);
  }
  std::vector<std::string> told() {
    const std::scoped_lock hold{lock};
    return events;
  }
  std::size_t told_of(const std::string& recording) {
    const auto all = told();
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const auto& one) { return has(one, recording); }));
  }

  net::test::redis_server redis;
  std::mutex lock;
  std::vector<std::string> events;
  tenant_server crm{[this](const net::http_request& request, net::http_responder responder) {
    const auto& fields = request.fields;
    const bool is_signed = model::verify_webhook(model::signing_key_of(webhook_secret), fields.get("webhook-id"),
                                                 fields.get("webhook-timestamp"), fields.get("webhook-signature"),
                                                 request.body, std::time(nullptr)) == model::webhook_check::ok;
    {
      const std::scoped_lock hold{lock};
      events.push_back(is_signed ? request.body : "not signed");
    }
    responder.respond(net::make_response(204, "text/plain", {}));
  }};
  world other{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
};

TEST_F(SharedVoicemail, IsToldOnceByTheGatewayThatTwilioTells) {
  const std::string before = "RE0000000000000000000000000000000a", after = "RE0000000000000000000000000000000b";
  start_both();
  auto call = talk();
  twilio_tells_the_other(call.sid, before);
  EXPECT_TRUE(other.gateway().metric_comes_to("tonris_records_held", 1));
  EXPECT_TRUE(told().empty()) << "whose call it is the other gateway does not know yet";
  hang_up(call);
  EXPECT_TRUE(comes_to([&] { return told_of(before) == 1; }));
  twilio_tells_the_other(call.sid, after);
  twilio_tells_the_other(call.sid, before);
  EXPECT_TRUE(comes_to([&] { return told_of(after) == 1; }));
  for (const auto& recording : {before, after}) EXPECT_TRUE(has(w.record(call.sid, recording), recording));
  std::this_thread::sleep_for(500ms);
  const auto all = told();
  EXPECT_EQ(all.size(), 2u) << "each once";
  for (const auto& one : all)
    EXPECT_TRUE(has(one, R"({"type":"voicemail.received")") && has(one, R"("callSid":")" + call.sid)) << one;
}

}  // namespace
}  // namespace tonris::e2e
