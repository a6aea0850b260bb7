// Finding, watching and controlling calls, by the programs as they are.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class CallsFoundAndControlled : public CallbackTest {
 protected:
  std::string ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return send(method, path, body, "Authorization: Bearer " + admin_token + "\r\n");
  }
  /// Until `words` are in the answer, or ten seconds have passed.
  std::string comes_to(const std::string& path, const std::string& words) {
    std::string said;
    for (int tries = 0; tries < 200 && !has(said, words); ++tries) {
      said = ask("GET", path);
      std::this_thread::sleep_for(50ms);
    }
    return said;
  }
  shell_end tonrisctl(const std::string& command) {
    return shell("ADMIN_TOKEN=" + admin_token + " " + test::programs() + "/tonrisctl " + command + " --gateway " +
                 w.gateway().origin());
  }
};

TEST_F(CallsFoundAndControlled, FromTheFirstWordToTheUsageOfTheDay) {
  start(one_tenant());
  auto first = talk(), second = talk();
  EXPECT_TRUE(has(ask("GET", "/api/calls?live=true"), R"("state":"talking")"));
  auto listed = tonrisctl("calls --live true");
  EXPECT_EQ(listed.status, 0) << listed.said;
  EXPECT_TRUE(has(listed.said, first.sid) && has(listed.said, second.sid)) << listed.said;

  std::string seen;
  std::thread watcher([&] {
    seen = send("GET", "/api/calls/" + first.sid + "/events?levels=1", "",
                "Authorization: Bearer " + admin_token + "\r\n", 10s);
  });
  shell_end tailed;
  std::thread tail([&] { tailed = tonrisctl("tail " + first.sid); });
  std::this_thread::sleep_for(600ms);
  const auto done = tonrisctl("hangup " + first.sid);
  EXPECT_EQ(done.status, 0) << done.said;
  watcher.join();
  tail.join();
  EXPECT_EQ(tailed.status, 0) << tailed.said;
  EXPECT_TRUE(has(tailed.said, first.sid + "  salon-1  live  talking")) << tailed.said;
  EXPECT_TRUE(has(tailed.said, first.sid + "  salon-1  ended")) << tailed.said;
  EXPECT_TRUE(has(seen, "event: snapshot")) << seen;
  EXPECT_TRUE(has(seen, "event: ended")) << seen;
  EXPECT_TRUE(has(seen, R"(event: levels)")) << seen;
  (void)first.report.get();
  EXPECT_TRUE(has(comes_to("/api/calls/" + first.sid, R"("endReason")"), R"("endReason":"operator_hung_up")"));
  EXPECT_TRUE(has(ask("GET", "/api/calls/" + first.sid + "/why"), "operator"));
  hang_up(second);

  const auto ended = comes_to("/api/calls?live=false&since=1h&reason=caller_hung_up", second.sid);
  EXPECT_TRUE(has(ended, second.sid)) << ended;
  EXPECT_FALSE(has(ended, first.sid)) << ended;
  EXPECT_TRUE(has(ask("GET", "/api/calls?number=%2B1+555+010-0002"), second.sid));
  EXPECT_TRUE(has(ask("POST", "/api/calls/" + second.sid + "/note", R"({"text":"Wants an invoice."})"), " 202 "));
  EXPECT_TRUE(has(comes_to("/api/calls?q=invoice", second.sid), second.sid));
  EXPECT_TRUE(has(ask("GET", "/api/calls/export?format=csv"), first.sid));

  const auto usage = ask("GET", "/api/usage?by=tenant");
  EXPECT_TRUE(has(usage, R"("tenantId":"salon-1","calls":2)")) << usage;
  EXPECT_TRUE(has(usage, R"("outcomes":{"caller_hung_up":1,"operator_hung_up":1})")) << usage;
  EXPECT_TRUE(has(ask("GET", "/api/audit?limit=10"), R"("what":"call.hangup")"));
}

/// What did not come is in the record, on the side that it was on.
TEST_F(CallsFoundAndControlled, SayHowTheirAudioCame) {
  start(one_tenant());
  auto options = w.caller();
  options.hang_up_after = 4s;
  options.faults.pauses = {{1s, 700ms}};
  const auto report = w.call(options);
  const auto record = comes_to("/api/calls/" + report.call_sid, R"("endReason")");
  const auto figure = [&](const std::string& name) {
    const auto at = record.find('"' + name + "\":", record.find(R"("fromCaller":{)"));
    return at == std::string::npos ? -1 : std::stoi(record.substr(at + name.size() + 3));
  };
  EXPECT_GE(figure("longestPauseMs"), 650) << record;
  EXPECT_GE(figure("gapMs"), 600) << record;
}

TEST_F(CallsFoundAndControlled, AreFoundInWhatAKilledGatewayHasLeft) {
  auto& gateway = start(one_tenant());
  auto call = talk();
  hang_up(call);
  (void)comes_to("/api/calls?live=false", call.sid);
  gateway.kill();
  const auto found = shell(test::programs() + "/tonrisctl calls --since 1h --json --data-dir " + gateway.data_dir());
  EXPECT_EQ(found.status, 0) << found.said;
  EXPECT_TRUE(has(found.said, call.sid)) << found.said;
  gateway.start_again();
  EXPECT_TRUE(has(comes_to("/api/calls?live=false", call.sid), call.sid));
}

}  // namespace
}  // namespace tonris::e2e
