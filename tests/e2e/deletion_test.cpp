// What is deleted is gone from every file of DATA_DIR, and stays away, whoever tells of it later.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <thread>

#include "net/sqlite.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const std::string caller_number = "+15550100001", callee = "+15550109999";

/// One tenant that places calls, and whose webhooks nobody answers: what they are to be told waits on the disk.
const std::string talkative_tenant =
    R"([{"id":"salon-1","name":"Test Salon","twilioPhoneNumber":"+15550100002",)"
    R"("secrets":{"webhooks":{"crm":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}},)"
    R"("settings":{"elevenLabsAgentId":"agent_demo","outbound":{"enabled":true,"allowed":["+1"]},)"
    R"("webhooks":[{"name":"crm","url":"http://127.0.0.1:9/","events":["call.started","call.ended"]}]}}])";

class Deletion : public CallbackTest {
 protected:
  void start() {
    CallbackTest::start(talkative_tenant, {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"},
                                           {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}});
  }
  std::string ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return send(method, path, body, "Authorization: Bearer " + admin_token + "\r\n", 15s);
  }
  /// Its tickets are over then. What was written before is overwritten, as the gateway does it.
  void make_placed_calls_older() {
    net::sqlite::open_options as_it_is;
    as_it_is.write_ahead = false;
    auto db = net::sqlite::database::open(w.gateway().data_dir() + "/outbound.db", as_it_is);
    ASSERT_TRUE(db) << db.error().line;
    const auto done = db->exec(
        "PRAGMA secure_delete = ON; UPDATE dials SET began_at = began_at - 660000,"
        " json = json_set(json, '$.beganAt', strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-11 minutes'))");
    ASSERT_TRUE(done) << done.error().line;
  }
  /// The files below DATA_DIR that have these words, one behind the other.
  std::string files_with(const std::string& words) {
    std::string names;
    for (const auto& file : fs::recursive_directory_iterator(w.gateway().data_dir())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (has(bytes, words)) names += file.path().filename().string() + " ";
    }
    return names;
  }
  void expect_there(const std::string& words) {
    for (int tries = 0; tries < 200 && files_with(words).empty(); ++tries) std::this_thread::sleep_for(50ms);
    EXPECT_NE(files_with(words), "") << words;
  }
  void expect_gone(const std::string& words) {
    for (int tries = 0; tries < 200 && !files_with(words).empty(); ++tries) std::this_thread::sleep_for(50ms);
    EXPECT_EQ(files_with(words), "") << words;
  }
  std::size_t recordings() {
    const auto folder = fs::path(w.gateway().data_dir()) / "callbacks";
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, {}));
  }
};

TEST_F(Deletion, OfACallHoldsAgainstWhatIsToldOfItLater) {
  start();
  auto call = talk();
  hang_up(call);
  ASSERT_TRUE(has(w.record(call.sid), R"("endReason")"));
  ASSERT_TRUE(has(ask("POST", "/api/calls/" + call.sid + "/note", R"({"text":"The glockenspiel."})"), " 202 "));
  ASSERT_TRUE(has(post_call(transcription(call.conversation, call.sid)), " 200 "));
  ASSERT_TRUE(has(w.record(call.sid, "A haircut."), "A haircut."));
  for (const auto* const words : {"glockenspiel", "haircut", caller_number.c_str()}) expect_there(words);

  ASSERT_TRUE(has(ask("DELETE", "/api/calls/" + call.sid), " 204 "));
  EXPECT_TRUE(has(post_call(transcription(call.conversation, call.sid)), " 200 ")) << "told once more";
  EXPECT_TRUE(has(post_call(audio(call.conversation, 300'000)), " 200 ")) << "and late";
  EXPECT_EQ(recordings(), 0u);
  w.gateway().kill();  // before the full text's index is merged
  w.gateway().start_again();
  ASSERT_TRUE(w.gateway().wait_until_healthy());
  EXPECT_TRUE(has(post_call(audio(call.conversation, 300'000)), " 200 ")) << "in the next life, too";
  EXPECT_EQ(recordings(), 0u);
  EXPECT_EQ(w.gateway().metric(R"(tonris_callbacks_kept_total{outcome="forgotten"})"), 1);
  for (const auto* const words : {"glockenspiel", "haircut", caller_number.c_str()}) expect_gone(words);
  EXPECT_FALSE(has(ask("GET", "/api/calls/export?format=ndjson"), call.sid));
}

TEST_F(Deletion, OfANumberIsOfCallsThatWerePlacedToo) {
  w.phone = [](const sim::call_order&) {
    sim::pick_up how;
    how.what = sim::pick_up::kind::busy;
    return how;
  };
  start();
  const auto said = ask("POST", "/api/calls",
                        R"({"tenantId":"salon-1","to":")" + callee + R"(","variables":{"about":"The glockenspiel."}})");
  ASSERT_TRUE(has(said, " 201 ")) << said;
  const auto placed = w.on_loop([&] { return w.phones().all().at(0).sid; });
  ASSERT_TRUE(has(w.record(placed), R"("endReason":"callee_busy")"));
  ASSERT_NE(files_with("glockenspiel"), "");
  ASSERT_NE(files_with(callee), "");
  const auto forgets = shell("ADMIN_TOKEN=" + admin_token + " " + test::programs() + "/tonrisctl forget " + callee +
                             " --gateway " + w.gateway().origin());
  EXPECT_EQ(forgets.status, 0);
  EXPECT_TRUE(has(forgets.said, R"({"forgotten":1,"alive":0})")) << forgets.said;
  for (const auto& words : {std::string{"glockenspiel"}, callee}) expect_gone(words);
  EXPECT_FALSE(has(ask("GET", "/api/calls/export?format=csv"), placed));
}

/// Twilio does not say whether it places it, and nobody knows the conversation: neither has a call to be found by.
TEST_F(Deletion, OfANumberIsOfWhatBecameNoCallToo) {
  start();
  w.on_loop([&] { w.twilio().fail_orders({{false, 500}}); });
  const auto said = ask("POST", "/api/calls",
                        R"({"tenantId":"salon-1","to":")" + callee + R"(","variables":{"about":"The glockenspiel."}})");
  ASSERT_TRUE(has(said, " 504 ") && has(said, "call_unknown")) << said;
  auto report = transcription("conv_of_nobody", "CA000000000000000000000000000000bb");
  report.replace(report.find("A haircut."), 10, "A xylophone for " + callee + ".");
  ASSERT_TRUE(has(post_call(report), " 200 "));
  for (const auto& words : {std::string{"glockenspiel"}, std::string{"xylophone"}}) expect_there(words);
  const auto forget = R"({"number":")" + callee + "\"}";
  ASSERT_TRUE(w.gateway().metric_comes_to("tonris_callbacks_waiting", 1)) << "its call was looked for";
  w.gateway().kill();
  make_placed_calls_older();
  w.gateway().start_again();
  ASSERT_TRUE(w.gateway().wait_until_healthy());
  ASSERT_NE(files_with(callee), "");
  const auto forgotten = ask("POST", "/api/forget", forget);
  EXPECT_TRUE(has(forgotten, R"({"forgotten":2,"alive":0})")) << forgotten;
  for (const auto& words : {std::string{"glockenspiel"}, std::string{"xylophone"}, callee}) expect_gone(words);
  EXPECT_TRUE(has(post_call(report), " 200 ")) << "told again";
  EXPECT_EQ(files_with("xylophone"), "");
}

/// Its node is killed as soon as Twilio has its answer.
TEST_F(Deletion, IsAllThatTakesTheRecordOfARefusedCall) {
  auto& gateway = CallbackTest::start(one_tenant(R"("blockedCallers":[")" + caller_number + "\"]"));
  std::promise<std::string> answered;
  const std::string sid = "CA000000000000000000000000000000aa";
  w.post_webhook(sid, [&](const sim::webhook_poster::answer& answer) { answered.set_value(answer.body); });
  EXPECT_TRUE(has(answered.get_future().get(), "<Hangup"));
  gateway.kill();
  gateway.start_again();
  ASSERT_TRUE(gateway.wait_until_healthy());
  EXPECT_TRUE(has(w.record(sid), R"("endReason":"caller_blocked")"));
}

}  // namespace
}  // namespace tonris::e2e
