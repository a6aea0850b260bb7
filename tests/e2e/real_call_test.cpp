// "What are your hours, book me for Tuesday, put me through": an agent that asks, acts and hands over, and what the
// record, the timeline and the tenant's own servers say of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "model/text/webhook_key.hpp"
#include "model/text/webhook_signature.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/tenant_server.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tools/sim/twilio/caller_faults.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string callback_secret = "wsec_of_the_test";
const std::string webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string receptionist = "+15550109999";
const std::string secrets_key = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Says something for 0.8 s, three times, with 2.2 s for an answer behind it; then waits.
class asks_three_times final : public sim::frame_source {
 public:
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override {
    constexpr std::uint64_t round = 150, speech = 40;
    if (number < 3 * round && number % round < speech)
      identified_frames::fill(1, number, frame);
    else
      std::fill(frame.begin(), frame.end(), std::uint8_t{0xFF});
    return true;
  }
};

sim::agent_behaviour receptionist_agent() {
  auto agent = quiet_agent();
  agent.think = 100ms;
  agent.turns.push_back({"What are your hours?",
                         {"We are open until six.", "words"},
                         true,
                         false,
                         sim::tool_use{"business_hours", "t1", "{}", true, true}});
  agent.turns.push_back({"Book me for Tuesday.",
                         {"Tuesday at ten it is.", "words"},
                         true,
                         false,
                         sim::tool_use{"book", "t2", R"({"day":"Tuesday"})", true, true}});
  agent.turns.push_back(
      {"Put me through.",
       {"I am putting you through.", "words"},
       true,
       false,
       sim::tool_use{"transfer_call", "t3", R"({"number":")" + receptionist + R"(","reason":"A colour question."})"}});
  return agent;
}

/// What a tenant's server was told, in order.
struct told {
  std::mutex lock;
  std::vector<std::string> events, ids;
  bool all_signed = true;

  void take(const net::http_request& request) {
    const std::scoped_lock hold{lock};
    const auto& fields = request.fields;
    all_signed = all_signed && model::verify_webhook(model::signing_key_of(webhook_secret), fields.get("webhook-id"),
                                                     fields.get("webhook-timestamp"), fields.get("webhook-signature"),
                                                     request.body, std::time(nullptr)) == model::webhook_check::ok;
    const auto at = request.body.find(R"("type":")") + 8;
    events.push_back(request.body.substr(at, request.body.find('"', at) - at));
    ids.emplace_back(fields.get("webhook-id"));
  }
  std::vector<std::string> names() {
    const std::scoped_lock hold{lock};
    return events;
  }
};

std::string a_tenant(const std::string& server, const std::string& events, const std::string& more = {}) {
  return R"([{"id":"salon-1","name":"Test Salon","twilioPhoneNumber":"+15550100002","secrets":{"webhooks":{"crm":")" +
         webhook_secret + R"("}},"settings":{"elevenLabsAgentId":"agent_demo","webhooks":[{"name":"crm","url":")" +
         server + R"(/events","events":[)" + events + "]}]" + more + "}}]";
}

/// What an operator is told of it.
std::string why(const gateway_process& gateway, const std::string& call_sid) {
  return shell("curl -s -H 'Authorization: Bearer " + admin_token + "' " + gateway.origin() + "/api/calls/" + call_sid +
               "/why")
      .said;
}

void expect_explained(world& w, const sim::caller_report& report) {
  const auto record = w.record(report.call_sid, R"("legs":[{)");
  ASSERT_TRUE(has(record, R"("legs":[{)")) << record;
  const auto told = why(w.gateway(), report.call_sid);
  for (const auto* words :
       {"Why it ended: The agent put the caller through to another number. It was caused by the agent (transferred",
        "\nBefore that the caller's stream broke once.\n", "\nCourse: webhook, answered <Connect>; stream after ",
        "; agent ready after ", "; 3 tool calls, 0 of them failed; transfer answered; Twilio says completed, ",
        "; its leg CA", " completed, ", "\nWhat to do: nothing, this is an ordinary end.\n"})
    EXPECT_TRUE(has(told, words)) << words << "\n" << told;
  const auto quoted = told.substr(told.find("\nFor Twilio: ") + 1);
  EXPECT_TRUE(has(quoted, report.call_sid + ", MZ")) << told;
  EXPECT_EQ(count_of(quoted, ", MZ"), 2u) << told;
  EXPECT_EQ(count_of(quoted, ", CA"), 1u) << told;
  EXPECT_TRUE(has(quoted, "\nFor ElevenLabs: agent_demo, conv_")) << told;
  EXPECT_LE(std::count(told.begin(), told.end(), '\n'), 10) << told;
  EXPECT_FALSE(has(told, "+15550100001")) << told;
}

/// In the middle its stream breaks as well, between two of the caller's questions.
TEST(RealCall, IsAnsweredBookedPutThroughAndTold) {
  told of_crm;
  std::atomic<bool> was_booked{false};
  tenant_server crm([&](const net::http_request& request, net::http_responder responder) {
    if (request.path() == "/book") {
      was_booked = has(request.body, R"("day":"Tuesday")");
      return responder.respond(net::make_response(200, "application/json", R"({"booked":"Tuesday 10:00"})"));
    }
    of_crm.take(request);
    responder.respond(net::make_response(204, "text/plain", {}));
  });
  world w([](const std::string&, std::uint64_t) { return std::optional{receptionist_agent()}; });
  w.sounds = [](const std::string&, const auto&) { return identified_audio(9, 25); };
  auto& gateway =
      w.start_gateway(a_tenant(crm.address(), R"("call.started","call.ended","transfer.failed")",
                               R"(,"tools":{"book":{"url":")" + crm.address() + R"(/book"}},"transfer":{"numbers":[")" +
                                   receptionist + R"("],"warm":true,"whisper":"A caller of the salon."})"),
                      {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"},
                       {"ELEVENLABS_WEBHOOK_SECRET", callback_secret},
                       {"PRICE_FIRST_ASK", "1"},
                       {"SECRETS_KEY", secrets_key}});
  sim::callback_options how;
  how.origin = gateway.origin();
  how.secret = callback_secret;
  w.on_loop([&] { w.vendor().call_back(how); });

  asks_three_times says;
  listener hears;
  auto options = w.caller();
  options.twiml.dial_outcome = "completed";
  options.at_most = 40s;
  options.faults.drops = {{2200ms, sim::drop_manner::fin, 0ms}};
  auto placed = w.place(options, says, hears);
  const auto report = placed.get();
  EXPECT_EQ(report.streams.size(), 2u);

  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(violations_of(w.vendor_violations()), "");
  EXPECT_TRUE(was_booked);
  ASSERT_EQ(report.dials.size(), 1u);
  EXPECT_EQ(report.dials[0].numbers, std::vector<std::string>{receptionist});
  ASSERT_EQ(report.dials[0].whispered.size(), 1u);
  EXPECT_TRUE(has(report.dials[0].whispered[0], "A caller of the salon.")) << report.dials[0].whispered[0];
  EXPECT_TRUE(has(report.dials[0].whispered[0], "A colour question.")) << report.dials[0].whispered[0];

  const auto record = w.record(report.call_sid, R"("outcome":"answered")");
  EXPECT_TRUE(has(record, R"("endReason":"transferred")")) << record;
  for (const auto* tool : {"business_hours", "book", "transfer_call"})
    EXPECT_EQ(count_of(record, R"("name":")" + std::string{tool} + '"'), 1u) << tool << ' ' << record;
  EXPECT_TRUE(has(record, R"("number":")" + receptionist + R"(","reason":"A colour question.","outcome":"answered")"))
      << record;
  const auto events = w.events(report.call_sid);
  EXPECT_TRUE(has(events, "transfer_call, done")) << events;
  EXPECT_TRUE(has(events, "answered")) << events;
  EXPECT_TRUE(w.wait_until([&] { return of_crm.names().size() >= 2; }, 10s));
  EXPECT_EQ(of_crm.names(), (std::vector<std::string>{"call.started", "call.ended"}));
  EXPECT_TRUE(of_crm.all_signed);
  expect_explained(w, report);
}

TEST(RealCall, ComesBackToTheAgentWhereNobodyAnswers) {
  auto agent = receptionist_agent();
  agent.turns.erase(agent.turns.begin(), agent.turns.begin() + 2);
  agent.when_told = sim::utterance{"Nobody answers there.", "words"};
  told of_crm;
  tenant_server crm([&](const net::http_request& request, net::http_responder responder) {
    of_crm.take(request);
    responder.respond(net::make_response(204, "text/plain", {}));
  });
  world w([agent](const std::string&, std::uint64_t number) {
    auto now = agent;
    if (number > 1) now.turns.clear();
    return std::optional{now};
  });
  w.sounds = [](const std::string&, const auto&) { return identified_audio(9, 25); };
  w.start_gateway(a_tenant(crm.address(), R"("call.ended","transfer.failed")",
                           R"(,"transfer":{"numbers":[")" + receptionist + R"("],"noAnswer":"agent"})"),
                  {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"}, {"SECRETS_KEY", secrets_key}});
  asks_three_times says;
  listener hears;
  auto options = w.caller();
  options.twiml.fast = true;
  options.twiml.dial_outcome = "no-answer";
  options.hang_up_after = 15s;
  auto placed = w.place(options, says, hears);
  const auto report = placed.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.dials.size(), 1u);
  EXPECT_EQ(report.streams.size(), 2u);
  const auto record = w.record(report.call_sid, R"("endReason":"caller_hung_up")");
  EXPECT_TRUE(has(record, R"("outcome":"not_answered")")) << record;
  EXPECT_TRUE(w.wait_until([&] { return of_crm.names().size() >= 3; }, 10s));
  EXPECT_EQ(of_crm.names(), (std::vector<std::string>{"call.ended", "transfer.failed", "call.ended"}))
      << "he was gone, and came back";
  EXPECT_EQ(w.gateway().metric(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})"), 1);
  EXPECT_EQ(w.gateway().metric(R"(tonris_calls_ended_total{by="agent",reason="transferred"})"), 1);
  EXPECT_EQ(w.gateway().metric(R"(tonris_calls_ended_taken_back_total{by="agent",reason="transferred"})"), 1)
      << "of one record";
}

TEST(TenantWebhooks, AreToldAfterAKillWhatWasNotHeardBeforeInItsOrderWithItsIds) {
  told of_crm;
  tenant_server* self = nullptr;
  std::atomic<bool> answers{false};
  tenant_server crm([&](const net::http_request& request, net::http_responder responder) {
    of_crm.take(request);
    if (answers) return responder.respond(net::make_response(204, "text/plain", {}));
    self->hanging.push_back(std::move(responder));
  });
  self = &crm;
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  auto& gateway = w.start_gateway(a_tenant(crm.address(), R"("call.started","call.ended")"),
                                  {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"}, {"SECRETS_KEY", secrets_key}});
  auto options = w.caller();
  options.hang_up_after = 1s;
  const auto report = w.call(options);
  ASSERT_TRUE(has(w.record(report.call_sid), R"("endReason")"));
  ASSERT_TRUE(gateway.metric_comes_to("tonris_notices_waiting", 2));
  gateway.kill();
  answers = true;
  gateway.start_again();
  EXPECT_TRUE(w.wait_until([&] { return of_crm.names().size() >= 3; }, 20s));
  EXPECT_EQ(of_crm.names(), (std::vector<std::string>{"call.started", "call.started", "call.ended"}));
  EXPECT_EQ(of_crm.ids[0], of_crm.ids[1]) << "whoever took it once passes over it";
  EXPECT_TRUE(of_crm.all_signed);
}

}  // namespace
}  // namespace tonris::e2e
