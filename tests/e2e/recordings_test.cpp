// A call that is recorded at Twilio because somebody asks for it, and what becomes of the recording, by the programs as
// they are.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/text.hpp"
#include "tools/sim/twilio/rest_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class RecordedCalls : public CallbackTest {
 protected:
  template <class Work>
  auto on_twilio(Work work) {
    return w.on_loop([this, &work] { return work(w.twilio()); });
  }
  std::string ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return send(method, path, body, "Authorization: Bearer " + admin_token + "\r\n");
  }
  std::string record_call(const std::string& call, const std::string& action) {
    return ask("POST", "/api/calls/" + call + "/recording", R"({"action":")" + action + "\"}");
  }
  std::vector<sim::twilio_recordings::recording> recordings() {
    return on_twilio([](auto& twilio) { return twilio.recordings().all(); });
  }
  /// What Twilio tells of a recording that is over.
  void tell(const sim::twilio_recordings::recording& of) {
    w.post_webhook(of.call, [](const sim::webhook_poster::answer&) {}, "/api/webhooks/twilio/recording-status",
                   "in-progress",
                   {{"RecordingSid", of.sid},
                    {"RecordingUrl", "https://api.twilio.com/Recordings/" + of.sid},
                    {"RecordingStatus", "completed"},
                    {"RecordingDuration", "7"},
                    {"RecordingSource", "StartCallRecordingAPI"}});
  }
};

TEST_F(RecordedCalls, AreRecordedOnceAndForgottenWithTheCall) {
  start(one_tenant(R"("recording":{"allowed":true})"));
  auto call = talk();
  EXPECT_TRUE(has(record_call(call.sid, "start"), R"("status":"in-progress")"));
  EXPECT_TRUE(has(record_call(call.sid, "start"), " 200 "));
  ASSERT_EQ(recordings().size(), 1u) << "also when it is asked for again";
  const auto made = recordings()[0];
  EXPECT_EQ(made.callback, w.gateway().origin() + "/api/webhooks/twilio/recording-status");
  EXPECT_TRUE(has(record_call(call.sid, "pause"), R"("status":"paused")"));
  on_twilio([](auto& twilio) { twilio.fail_next({503}); });
  EXPECT_TRUE(has(record_call(call.sid, "resume"), " 503 ")) << "nobody knows";
  EXPECT_TRUE(has(record_call(call.sid, "resume"), R"("status":"in-progress")"));
  EXPECT_TRUE(has(record_call(call.sid, "stop"), R"("status":"stopped")"));
  tell(made);
  const auto record = w.record(call.sid, R"("url":"https://api.twilio.com/Recordings/)");
  EXPECT_TRUE(has(record, R"("durationSeconds":7,"source":"callback")")) << record;
  hang_up(call);
  ASSERT_TRUE(has(w.record(call.sid), R"("endReason")"));
  EXPECT_TRUE(has(record_call(call.sid, "start"), " 409 "));
  on_twilio([](auto& twilio) { twilio.fail_next({500}); });
  EXPECT_TRUE(has(ask("DELETE", "/api/calls/" + call.sid), " 503 ")) << "it would be there for ever";
  const auto before = on_twilio([](auto& twilio) {
    twilio.recordings().there_after(1500ms);
    return twilio.requests();
  });
  EXPECT_TRUE(has(ask("DELETE", "/api/calls/" + call.sid), " 204 "));
  EXPECT_GT(on_twilio([](auto& twilio) { return twilio.requests(); }), before + 1) << "it was not there yet at first";
  EXPECT_TRUE(recordings().empty());
  EXPECT_TRUE(on_twilio([](auto& twilio) { return twilio.violations().empty(); }));
}

TEST_F(RecordedCalls, AreNotRecordedWhereTheTenantDoesNotAllowIt) {
  start(one_tenant());
  auto call = talk();
  EXPECT_TRUE(has(record_call(call.sid, "start"), "settings.recording.allowed"));
  EXPECT_EQ(on_twilio([](auto& twilio) { return twilio.requests(); }), 0u);
  hang_up(call);
}

}  // namespace
}  // namespace tonris::e2e
