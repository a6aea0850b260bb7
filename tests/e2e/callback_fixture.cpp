#include "tests/e2e/callback_fixture.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "model/elevenlabs/signature.hpp"
#include "model/text/base64.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

const std::string shown = "X-Webhook-Secret: " + callback_secret + "\r\n";

}  // namespace

gateway_process& CallbackTest::start(const std::string& tenants, std::map<std::string, std::string> settings) {
  settings.emplace("ELEVENLABS_WEBHOOK_SECRET", "wsec_that_comes," + callback_secret);
  return w.start_gateway(tenants, std::move(settings));
}

std::string CallbackTest::send(const std::string& method, const std::string& path, const std::string& body,
                               const std::string& fields, std::chrono::milliseconds at_most) {
  return raw_exchange(w.gateway().port(),
                      method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                          "Content-Type: application/json\r\n" + fields +
                          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                      at_most);
}

std::string CallbackTest::tool(const std::string& name, const std::string& body, std::chrono::milliseconds at_most) {
  return send("POST", "/api/webhooks/elevenlabs/tools/" + name, body, shown, at_most);
}

std::string CallbackTest::initiation(const std::string& body) {
  return send("POST", "/api/webhooks/elevenlabs/conversation-initiation", body, shown);
}

std::string CallbackTest::post_call(const std::string& body, const std::string& by) {
  return send("POST", "/api/webhooks/elevenlabs/post-call", body,
              "ElevenLabs-Signature: " + model::elevenlabs::sign(by, unix_now(), body) + "\r\n", 15s);
}

std::string CallbackTest::transcription(const std::string& conversation, const std::string& call, std::uint32_t seconds,
                                        std::uint32_t credits) {
  return R"({"type":"post_call_transcription","event_timestamp":1767225675,"data":{"agent_id":"agent_demo",)"
         R"("conversation_id":")" +
         conversation + R"(","status":"done","metadata":{"call_duration_secs":)" + std::to_string(seconds) +
         R"(,"cost":)" + std::to_string(credits) + R"(,"error":null},)" +
         R"("analysis":{"call_successful":"success","transcript_summary":"A haircut."},)" +
         R"("conversation_initiation_client_data":{"dynamic_variables":{"call_sid":")" + call + R"("}}}})";
}

std::string CallbackTest::audio(const std::string& conversation, std::size_t bytes) {
  return R"({"type":"post_call_audio","event_timestamp":"1767225680","data":{"agent_id":"agent_demo",)"
         R"("conversation_id":")" +
         conversation + R"(","full_audio":")" + model::to_base64(std::vector<std::uint8_t>(bytes, 0x49)) + R"("}})";
}

CallbackTest::talking CallbackTest::call(sim::caller_options options) {
  talking now;
  now.report = w.place(std::move(options), says_nothing, hears, &now.caller);
  now.sid = w.on_loop([&] { return now.caller->call_sid(); });
  return now;
}

void CallbackTest::wait_until_it_talks(talking& now) {
  const auto record = w.record(now.sid, R"("state":"talking")");
  const auto at = record.find(R"("conversationId":")");
  ASSERT_NE(at, std::string::npos) << record;
  now.conversation = record.substr(at + 18, record.find('"', at + 18) - at - 18);
}

CallbackTest::talking CallbackTest::talk() {
  auto options = w.caller();
  options.hang_up_after = 60s;
  auto now = call(std::move(options));
  wait_until_it_talks(now);
  return now;
}

void CallbackTest::hang_up(talking& now) {
  w.on_loop([&] { now.caller->hang_up(); });
  (void)now.report.get();
}

}  // namespace tonris::e2e
