// Who may come in, and what a caller hears who cannot be helped.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "model/twilio/signature.hpp"
#include "tests/e2e/world.hpp"
#include "tests/free_port.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

std::optional<sim::agent_behaviour> quiet(const std::string&, std::uint64_t) {
  return quiet_agent();
}

std::string post(const std::string& path, const std::string& body, const std::string& signature) {
  return "POST " + path +
         " HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
         (signature.empty() ? std::string{} : "X-Twilio-Signature: " + signature + "\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr auto voice_path = "/api/webhooks/twilio/elevenlabs";

std::string signed_post(const gateway_process& gateway, const std::string& path, const sim::form_fields& fields) {
  const auto signature = model::twilio::signature(auth_token, gateway.origin() + path, {fields.begin(), fields.end()});
  return raw_exchange(gateway.port(), post(path, sim::form_encoded(fields), signature));
}

sim::form_fields call_fields(const std::string& to = "+15550100002", const std::string& account = account_sid) {
  return {{"CallSid", "CA000000000000000000000000000000aa"},
          {"AccountSid", account},
          {"From", "+15550100001"},
          {"To", to},
          {"CallStatus", "ringing"},
          {"Direction", "inbound"}};
}

TEST(Webhook, WithoutARightSignatureIs403AndNothingElse) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  const auto body = sim::form_encoded(call_fields());
  const auto right = model::twilio::signature(auth_token, gateway.origin() + voice_path, call_fields());
  for (const auto& signature :
       {std::string{}, std::string{"nonsense"},
        model::twilio::signature("other token", gateway.origin() + voice_path, call_fields()),
        model::twilio::signature(auth_token, "https://elsewhere.example.com/", call_fields())}) {
    const auto answer = raw_exchange(gateway.port(), post(voice_path, body, signature));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403")) << answer;
    EXPECT_EQ(answer.find("Response"), std::string::npos);
  }
  EXPECT_TRUE(raw_exchange(gateway.port(), post(voice_path, body + "&x=1", right)).starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(raw_exchange(gateway.port(), post(voice_path, body, right)).starts_with("HTTP/1.1 200"));
}

TEST(Webhook, OfEachKindWithoutARightSignatureIs403AndCounted) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  const std::map<std::string, std::string> paths{{"voice", voice_path},
                                                 {"status", "/api/webhooks/twilio/status"},
                                                 {"stream_status", "/api/webhooks/twilio/stream-status"},
                                                 {"connect_action", "/api/webhooks/twilio/connect-action"},
                                                 {"recording_status", "/api/webhooks/twilio/recording-status"}};
  const auto body = sim::form_encoded(call_fields());
  for (const auto& [endpoint, path] : paths) {
    const auto others = model::twilio::signature("other token", gateway.origin() + path, call_fields());
    for (const auto& signature : {std::string{}, others})
      EXPECT_TRUE(raw_exchange(gateway.port(), post(path, body, signature)).starts_with("HTTP/1.1 403")) << path;
  }
  for (const auto& [endpoint, path] : paths) {
    EXPECT_EQ(gateway.metric("tonris_http_refused_total{endpoint=\"" + endpoint + "\",reason=\"bad_signature\"}"), 2)
        << endpoint;
  }
}

TEST(Doors, CountWhatComesToNothingByItsReason) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  const auto errors = [&](const std::string& reason) {
    return gateway.metric("tonris_http_connection_errors_total{reason=\"" + reason + "\"}");
  };
  const auto says = [&](const std::string& bytes, std::chrono::milliseconds at_most = 3s) {
    return raw_exchange(gateway.port(), bytes, at_most).substr(0, 12);
  };
  EXPECT_EQ(says("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n"), "HTTP/1.1 431");
  EXPECT_EQ(says("POST " + std::string{voice_path} + " HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n"),
            "HTTP/1.1 413");
  EXPECT_EQ(errors("oversize"), 2);
  EXPECT_EQ(says("\x16\x03\x01 a TLS handshake, say\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(says("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "HTTP/1.1 400");
  EXPECT_EQ(errors("bad_request"), 2);
  EXPECT_EQ(says("GET / HTTP/1.1\r\nHost: ", 15s), "HTTP/1.1 408") << "half a request, and no more for 10 s";
  EXPECT_EQ(errors("timeout"), 1);
}

/// This process's soft limit of open descriptors, for what is started meanwhile.
class soft_limit {
 public:
  explicit soft_limit(rlim_t files) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{files, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
  }
  ~soft_limit() { setrlimit(RLIMIT_NOFILE, &before_); }
  soft_limit(const soft_limit&) = delete;
  soft_limit& operator=(const soft_limit&) = delete;
  [[nodiscard]] rlim_t hard() const { return before_.rlim_max; }

 private:
  rlimit before_{};
};

TEST(Process, RaisesItsLimitOfDescriptorsAndSaysWhenItIsTooLowForItsCalls) {
  world w(quiet);
  const soft_limit low(256);
  auto& gateway = w.start_gateway(one_tenant(), {{"MAX_CALLS", "100000"}});
  std::ifstream limits{"/proc/" + std::to_string(gateway.pid()) + "/limits"};
  std::string line;
  while (std::getline(limits, line) && !line.starts_with("Max open files")) {
  }
  EXPECT_NE(line.find(" " + std::to_string(low.hard()) + " "), std::string::npos) << line;
  if (low.hard() < 200'200) {
    EXPECT_TRUE(gateway.log_says("The limit of open descriptors is " + std::to_string(low.hard())));
  }
}

TEST(Process, OnAPortInUseEndsWithOneLineHoweverManyLoopsItHas) {
  world w(quiet);
  const auto& first = w.start_gateway(one_tenant(), {{"IO_LOOPS", "2"}});
  const auto port = std::to_string(first.port());
  for (const auto* const loops : {"1", "2"}) {
    gateway_process second({{"PORT", port},
                            {"IO_LOOPS", loops},
                            {"TWILIO_ACCOUNT_SID", account_sid},
                            {"TWILIO_AUTH_TOKEN", auth_token},
                            {"ELEVENLABS_API_KEY", api_key},
                            {"LOG_LEVEL", "error"}},
                           one_tenant());
    EXPECT_EQ(second.wait_for_end(), 2) << loops;
    const auto said = second.log();
    EXPECT_EQ(said, "tonris: cannot listen on 127.0.0.1:" + port + ": cannot listen there: Address already in use\n");
  }
}

TEST(Process, SaysThatConnectionsWaitWhileItHasNoDescriptorLeft) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  rlimit before{};
  ASSERT_EQ(prlimit(gateway.pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  const rlimit few{gateway.open_descriptors() + 2, before.rlim_max};
  ASSERT_EQ(prlimit(gateway.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  {
    std::vector<std::future<std::string>> waiting;
    for (int i = 0; i < 20; ++i)
      waiting.push_back(std::async(std::launch::async, [&] { return raw_exchange(gateway.port(), "", 3s); }));
    const std::string waits = "Connections wait that cannot be accepted: ";
    ASSERT_TRUE(gateway.log_says(waits));
    const auto log = gateway.log();
    const auto open = std::stoul(log.substr(log.find(waits) + waits.size()));
    EXPECT_GE(open + 10, few.rlim_cur) << "counted though none is left; idle guests were given up meanwhile";
  }
  ASSERT_EQ(prlimit(gateway.pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  EXPECT_TRUE(gateway.wait_until_healthy());
  EXPECT_GT(gateway.metric(R"(tonris_http_connection_errors_total{reason="accept"})"), 0);
}

TEST(Webhook, BelievesForwardedHeadersOfAConfiguredProxyOnly) {
  const auto with_host = [](const gateway_process& gateway) {
    const auto fields = call_fields();
    const auto signature = model::twilio::signature(auth_token, std::string{"https://public.example.com"} + voice_path,
                                                    {fields.begin(), fields.end()});
    auto request = post(voice_path, sim::form_encoded(fields), signature);
    request.insert(request.find("Connection"), "X-Forwarded-Host: public.example.com\r\nX-Forwarded-Proto: https\r\n");
    return raw_exchange(gateway.port(), request);
  };
  world w(quiet);
  EXPECT_TRUE(with_host(w.start_gateway()).starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(with_host(w.start_gateway(one_tenant(), {{"TRUSTED_PROXIES", "127.0.0.1"}})).starts_with("HTTP/1.1 200"));
}

TEST(Webhook, OfAnotherAccountIs403EvenWhenSigned) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  EXPECT_TRUE(signed_post(gateway, voice_path, call_fields("+15550100002", "AC0000000000000000000000000000ffff"))
                  .starts_with("HTTP/1.1 403"));
}

TEST(Webhook, TakesEitherTokenWhileTheyRotate) {
  world w(quiet);
  auto& gateway = w.start_gateway(one_tenant(), {{"TWILIO_AUTH_TOKEN", "the-new-token," + auth_token}});
  EXPECT_TRUE(signed_post(gateway, voice_path, call_fields()).starts_with("HTTP/1.1 200"));
}

TEST(Webhook, OfANumberNobodyHasIsASentence) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  for (const auto* to : {"+15550109999", "anonymous", "sip:x@example.com", ""}) {
    const auto answer = signed_post(gateway, voice_path, call_fields(to));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << to << answer;
    EXPECT_NE(answer.find("text/xml"), std::string::npos);
    EXPECT_NE(answer.find("<Say>"), std::string::npos) << to;
    EXPECT_NE(answer.find("<Hangup/>"), std::string::npos) << to;
  }
}

TEST(Webhook, OfASuspendedTenantIsASentence) {
  world w(quiet);
  auto& gateway = w.start_gateway(
      R"([{"id":"a","name":"A","status":"suspended","twilioPhoneNumber":"+15550100002","settings":{"elevenLabsAgentId":"agent_demo"}}])");
  const auto answer = signed_post(gateway, voice_path, call_fields());
  EXPECT_NE(answer.find("cannot take calls"), std::string::npos) << answer;
}

TEST(Webhook, WithoutAnyAgentIsASentence) {
  world w(quiet);
  auto& gateway = w.start_gateway(R"([{"id":"a","name":"A","twilioPhoneNumber":"+15550100002"}])");
  EXPECT_NE(signed_post(gateway, voice_path, call_fields()).find("<Say>"), std::string::npos);
}

TEST(Webhook, BeyondTheNodesLimitIsASentenceAndTheCallsThatAreInGoOn) {
  world w(quiet);
  auto& gateway = w.start_gateway(one_tenant(), {{"MAX_CALLS", "1"}});
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 2s;
  auto first = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 5s));
  EXPECT_NE(signed_post(gateway, voice_path, call_fields()).find("busy"), std::string::npos);
  EXPECT_TRUE(first.get().violations.empty());
}

TEST(Webhook, OfACallThatIsOverDoesNotStartAnother) {
  world w(quiet);
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 500ms;
  const auto report = w.call(options);
  sim::webhook_poster::answer got;
  bool answered = false;
  w.post_webhook(report.call_sid, [&](auto answer) {
    got = std::move(answer);
    answered = true;
  });
  ASSERT_TRUE(w.wait_until([&] { return answered; }, 5s));
  EXPECT_EQ(got.body.find("<Stream"), std::string::npos) << got.body;
  EXPECT_NE(got.body.find("<Hangup/>"), std::string::npos) << got.body;
}

TEST(Webhook, OfACallThatWasOverBeforeARestartDoesNotStartAnother) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 500ms;
  const auto report = w.call(options);
  const auto record = w.record(report.call_sid);
  ASSERT_EQ(gateway.stop(), 0);
  gateway.start_again();
  ASSERT_TRUE(gateway.wait_until_healthy());
  for (const auto* status : {"ringing", "in-progress"}) {
    sim::webhook_poster::answer got;
    bool answered = false;
    w.post_webhook(
        report.call_sid,
        [&](auto answer) {
          got = std::move(answer);
          answered = true;
        },
        "/api/webhooks/twilio/elevenlabs", status);
    ASSERT_TRUE(w.wait_until([&] { return answered; }, 5s));
    // Somebody who is in a call again may come back to it; who sends an old request again opens nothing by it.
    EXPECT_EQ(got.body.find("<Hangup/>") != std::string::npos, status == std::string{"ringing"}) << got.body;
  }
  EXPECT_EQ(w.record(report.call_sid), record);
  EXPECT_EQ(w.on_loop([&] { return w.vendor().signed_urls_given(); }), 1u);
  EXPECT_EQ(gateway.metric("tonris_calls_started_total"), 0);
}

TEST(Webhook, WithGarbageInItsFieldsIsAnswered) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  for (const auto& fields :
       {sim::form_fields{{"AccountSid", account_sid}},
        sim::form_fields{{"AccountSid", account_sid}, {"CallSid", "x"}, {"To", "+1"}, {"From", ""}},
        sim::form_fields{
            {"AccountSid", account_sid}, {"CallSid", std::string(5000, 'A')}, {"To", "\xff\xfe"}, {"From", "<>&\""}}}) {
    const auto answer = signed_post(gateway, voice_path, fields);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_NE(answer.find("<Say>"), std::string::npos);
  }
  EXPECT_TRUE(raw_exchange(gateway.port(), post(voice_path, "%zz=&&&=%", "x")).starts_with("HTTP/1.1 403"));
}

TEST(Callbacks, AreAnsweredForCallsNobodyKnows) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  auto fields = call_fields();
  EXPECT_TRUE(signed_post(gateway, "/api/webhooks/twilio/status", fields).starts_with("HTTP/1.1 204"));
  EXPECT_NE(signed_post(gateway, "/api/webhooks/twilio/connect-action", fields).find("<Hangup/>"), std::string::npos);
  fields.emplace_back("StreamSid", "MZ00000000000000000000000000000001");
  fields.emplace_back("StreamEvent", "stream-error");
  fields.emplace_back("StreamError", "31920 - Stream - WebSocket - Handshake Error");
  EXPECT_TRUE(signed_post(gateway, "/api/webhooks/twilio/stream-status", fields).starts_with("HTTP/1.1 204"));
}

TEST(Doors, SayWhatTheyAreForAndNothingMore) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  const auto get = [&](const std::string& path, const std::string& more = {}) {
    return raw_exchange(gateway.port(),
                        "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more + "\r\n");
  };
  EXPECT_TRUE(get("/health").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(get("/ready").starts_with("HTTP/1.1 200"));
  EXPECT_NE(get("/metrics").find("tonris_calls_live"), std::string::npos);
  EXPECT_TRUE(get("/").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(get("/api/calls/CA1").starts_with("HTTP/1.1 401"));
  EXPECT_TRUE(get("/api/calls/CA1", "Authorization: Bearer wrong\r\n").starts_with("HTTP/1.1 401"));
  EXPECT_TRUE(get("/api/calls/CA1", "Authorization: Bearer " + admin_token + "\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(get("/media-stream/abc").starts_with("HTTP/1.1 426"));
}

TEST(Doors, OfOperatorsAreTheirOwnWhereTheyAreSet) {
  world w(quiet);
  const auto port = test::free_port();
  auto& gateway =
      w.start_gateway(one_tenant(), {{"ADMIN_PORT", std::to_string(port)}, {"METRICS_TOKEN", "metrics-test-token"}});
  const auto get = [&](std::uint16_t at, const std::string& path, const std::string& token = {}) {
    return raw_exchange(at, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " +
                                token + "\r\n\r\n")
        .substr(0, 12);
  };
  EXPECT_EQ(get(gateway.port(), "/metrics", "metrics-test-token"), "HTTP/1.1 404");
  EXPECT_EQ(get(gateway.port(), "/api/calls/CA1", admin_token), "HTTP/1.1 404");
  EXPECT_EQ(get(gateway.port(), "/ready"), "HTTP/1.1 200") << "a balancer asks where it sends calls";
  EXPECT_EQ(get(port, "/metrics"), "HTTP/1.1 401");
  EXPECT_EQ(get(port, "/metrics", "metrics-test-token"), "HTTP/1.1 200");
  EXPECT_EQ(get(port, "/api/calls/CA1"), "HTTP/1.1 401");
  EXPECT_NE(get(port, "/api/calls/CA1", admin_token), "HTTP/1.1 401");
  EXPECT_EQ(get(port, "/health"), "HTTP/1.1 200");
  EXPECT_EQ(get(port, std::string{voice_path}), "HTTP/1.1 404") << "Twilio has the other one";
}

TEST(Tenants, AreReadAgainOnSighupAndStayWhenTheFileIsBroken) {
  world w(quiet);
  auto& gateway = w.start_gateway("[]");
  EXPECT_NE(signed_post(gateway, voice_path, call_fields()).find("not in service"), std::string::npos);
  std::ofstream{gateway.tenants_file()} << one_tenant();
  gateway.signal(SIGHUP);
  ASSERT_TRUE(gateway.log_says("Tenants read again: 1"));
  EXPECT_NE(signed_post(gateway, voice_path, call_fields()).find("<Stream"), std::string::npos);
  std::ofstream{gateway.tenants_file()} << "[{";
  gateway.signal(SIGHUP);
  ASSERT_TRUE(gateway.log_says("The tenants stay as they were"));
  EXPECT_NE(signed_post(gateway, voice_path, call_fields()).find("<Stream"), std::string::npos);
}

TEST(Process, WarnsOnceAtStartAndAtEachReloadOfSettingsNothingActsOn) {
  world w(quiet);
  auto& gateway = w.start_gateway(one_tenant(), {{"PUBLIC_NODE_URL", "https://node-1.example.com"}});
  const auto warnings = [&] {
    const std::string warning = "[WARN]: Set, but not yet acted on by this version: PUBLIC_NODE_URL\n";
    const auto log = gateway.log();
    int count = 0;
    for (auto at = log.find(warning); at != std::string::npos; at = log.find(warning, at + 1)) ++count;
    return count;
  };
  ASSERT_TRUE(gateway.log_says("not yet acted on"));
  EXPECT_EQ(warnings(), 1) << gateway.log();
  EXPECT_NE(gateway.log().find("ELEVENLABS_WEBHOOK_SECRET is not set"), std::string::npos) << gateway.log();
  gateway.signal(SIGHUP);
  ASSERT_TRUE(gateway.log_says("Tenants read again: 1"));
  EXPECT_EQ(warnings(), 2) << gateway.log();
}

TEST(Tenants, WithAMistakeKeepNobodyElseFromBeingServed) {
  const auto two = [](const std::string& settings) {
    return R"([{"id":"other","name":"O","twilioPhoneNumber":"+15550100003",
      "settings":{"elevenLabsAgentId":"agent_demo",)" +
           settings + "}},\n" + one_tenant().substr(1);
  };
  world w(quiet);
  auto& gateway = w.start_gateway(two(R"("language":"?")"));
  EXPECT_TRUE(gateway.log_says("TENANTS_FILE, line 2, tenant other: settings.language must be a language tag"));
  auto calls = [&, n = 0](const std::string& to) mutable {
    auto fields = call_fields(to);
    fields[0].second = "CA0000000000000000000000000000000" + std::to_string(n++);
    return signed_post(gateway, voice_path, fields);
  };
  EXPECT_NE(calls("+15550100002").find("<Stream"), std::string::npos);
  EXPECT_NE(calls("+15550100003").find("not in service"), std::string::npos);
  EXPECT_TRUE(gateway.metric_comes_to(R"(tonris_tenants{state="refused"})", 1));
  EXPECT_EQ(gateway.metric("tonris_tenants_reload_successful"), 0);
  const auto reread = [&](const std::string& tenants) {
    std::ofstream{gateway.tenants_file()} << tenants;
    gateway.signal(SIGHUP);
  };
  reread(two(R"("record":true)"));
  ASSERT_TRUE(gateway.log_says("2 served, 0 with mistakes, of them 0 served as before; 1 added (other)"));
  EXPECT_TRUE(gateway.log_says("Tenant other: this version does not act on settings.record"));
  EXPECT_TRUE(gateway.metric_comes_to("tonris_tenants_reload_successful", 1));
  EXPECT_NE(calls("+15550100003").find("<Stream"), std::string::npos);
  reread(two(R"("language":"?")"));
  ASSERT_TRUE(gateway.log_says("2 served, 1 with mistakes, of them 1 served as before; nothing changed"));
  EXPECT_NE(calls("+15550100003").find("<Stream"), std::string::npos) << "as before the mistake";
  EXPECT_TRUE(gateway.metric_comes_to(R"(tonris_tenants{state="refused"})", 1));
}

TEST(Process, EndsTheConversationsThatADrainLeaves) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.at_most = 15s;
  auto call = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 5s));
  EXPECT_EQ(gateway.stop(), 0);
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 5s));
  EXPECT_EQ(w.conversations()[0].close_code, 1000);
  // Nobody takes it here. Where the end takes longer than Twilio's pause, it asks this node again, and is sent on
  // again.
  EXPECT_GE(call.get().redirects, 1u);
}

TEST(Process, LetsALiveCallEndByItselfWhileItDrainsAndTakesNoOther) {
  world w(quiet);
  auto& gateway = w.start_gateway(one_tenant(), {{"DRAIN_TIMEOUT", "20"}});
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 2500ms;
  auto call = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 5s));
  gateway.signal(SIGTERM);
  ASSERT_TRUE(gateway.log_says("Draining: 1 live calls"));
  EXPECT_TRUE(raw_exchange(gateway.port(), "GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .starts_with("HTTP/1.1 503"));
  EXPECT_NE(signed_post(gateway, voice_path, call_fields()).find("<Redirect"), std::string::npos);
  const auto report = call.get();
  EXPECT_TRUE(report.spoken.empty());
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(gateway.wait_for_end(), 0);
}

}  // namespace
}  // namespace tonris::e2e
