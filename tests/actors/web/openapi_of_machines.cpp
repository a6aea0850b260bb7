#include "tests/actors/web/openapi_fixture.hpp"

#include <chrono>
#include <string>

#include "model/access/doctor_proof.hpp"
#include "model/elevenlabs/signature.hpp"

namespace tonris::actors::test {

// NOLINTNEXTLINE(readability-function-cognitive-complexity): a table
std::vector<operation_asked> OpenApi::of_machines() {
  const auto twiml = [](OpenApi& me) { me.twilio_asks(200, voice_form()); };
  const auto noted = [](OpenApi& me) { me.twilio_asks(204, voice_form()); };
  const auto told_once = [](OpenApi& me) {
    auto fields = voice_form();
    fields.push_back({"RecordingSid", "RE000000000000000000000000000000ab"});
    fields.push_back({"RecordingStatus", "completed"});
    fields.push_back({"AnsweredBy", "human"});
    me.twilio_asks(204, fields);
    me.stored->is_full = true;
    me.twilio_asks(503, fields);
  };
  const auto initiation = [](OpenApi& me) {
    me.expect(200, {.body = "{}", .shown = "", .fields = "X-Webhook-Secret: wsec\r\n"});
    me.expect(401, {.body = "{}", .shown = ""});
  };
  const auto tool = [](OpenApi& me) {
    const std::string secret = "X-Webhook-Secret: wsec\r\n", json = "Content-Type: application/json\r\n";
    if (me.op->method == "GET")
      me.check(200, me.get(me.op->path.substr(0, me.op->path.find('{')) +
                               (me.op->path.ends_with('}') ? "business_hours" : "") + "?tenantId=salon-1",
                           secret));
    else
      me.expect(200, {.body = R"({"tenantId":"salon-1"})", .shown = "", .fields = secret + json});
    me.expect(401, {.shown = ""});
  };
  const auto ok = [](OpenApi& me) { me.expect(200, {.shown = ""}); };
  const auto readiness_told = [](OpenApi& me) {
    me.expect(200, {.shown = ""});
    me.ready = {readiness::state::degraded, "the disk is full"};
    me.expect(200, {.shown = ""});
    me.ready = {readiness::state::not_ready, "this node is stopping"};
    me.expect(503, {.shown = ""});
  };
  const auto figures = [](OpenApi& me) {
    me.expect(200, {.shown = ""});
    me.open([](auto& with) { with.metrics_token = "m3trics"; });
    me.expect(401, {.shown = ""});
    me.expect(200, {.shown = "m3trics"});
  };
  return {
      // --- Twilio and ElevenLabs
      {"GET /api/webhooks/twilio/elevenlabs", twiml},
      {"POST /api/webhooks/twilio/elevenlabs", twiml},
      {"GET /api/webhooks/twilio/connect-action", twiml},
      {"POST /api/webhooks/twilio/connect-action", twiml},
      {"GET /api/webhooks/twilio/status", noted},
      {"POST /api/webhooks/twilio/status", noted},
      {"GET /api/webhooks/twilio/stream-status", noted},
      {"POST /api/webhooks/twilio/stream-status", noted},
      {"GET /api/webhooks/twilio/recording-status", told_once},
      {"POST /api/webhooks/twilio/recording-status", told_once},
      {"GET /api/webhooks/twilio/whisper", twiml},
      {"POST /api/webhooks/twilio/whisper", twiml},
      {"POST /api/webhooks/twilio/outbound/{ticket}", twiml},
      {"POST /api/webhooks/twilio/outbound-status/{ticket}",
       [](OpenApi& me) {
         auto last = voice_form();
         last[4].second = "busy";
         last[5].second = "outbound-api";
         me.twilio_asks(204, last);
         me.open([&](auto& with) { with.webhooks.registry = me.registry_that_is_away(); });
         me.twilio_asks(503, last);
       }},
      {"POST /api/webhooks/twilio/outbound-machine/{ticket}", told_once},
      {"GET /api/webhooks/twilio/hold-music.wav", ok},
      {"HEAD /api/webhooks/twilio/hold-music.wav", ok},
      {"GET /media-stream/doctor",
       [](OpenApi& me) {
         const std::string path = "/media-stream/doctor";
         const auto now = std::chrono::system_clock::now().time_since_epoch();
         auto opening = upgrade_bytes(path, "none");
         opening.insert(opening.size() - 2,
                        std::string{model::doctor_field} + ": " +
                            model::doctor_proof("admin", std::chrono::floor<std::chrono::seconds>(now).count()) +
                            "\r\n");
         me.check(426, me.get(path));
         me.check(401, me.exchange(upgrade_bytes(path, "none")));
         me.check(101, me.exchange(opening));
         me.check(503, me.exchange(opening));
         me.open([](auto& with) { with.admin_token.clear(); });
         me.check(403, me.exchange(opening));
       }},
      {"GET /media-stream/{ticket}",
       [](OpenApi& me) {
         me.post(voice_path, voice_form());
         const std::string path = "/media-stream/ticket-1";
         me.check(426, me.get(path));
         me.check(403, me.exchange(upgrade_bytes(path, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
         me.check(404, me.upgrade("/media-stream/ticket-9"));
         me.check(101, me.upgrade(path));
         me.check(409, me.upgrade(path));
         caf::anon_send_exit(me.supervisor, caf::exit_reason::kill);
         me.settle();
         me.check(503, me.upgrade(path));
       }},
      {"POST /api/webhooks/elevenlabs/conversation-initiation", initiation},
      {"POST /api/ai/webhook/elevenlabs", initiation},
      {"GET /api/webhooks/elevenlabs/tools/{tool}", tool},
      {"POST /api/webhooks/elevenlabs/tools/{tool}", tool},
      {"GET /api/webhooks/elevenlabs/services", tool},
      {"POST /api/webhooks/elevenlabs/services", tool},
      {"GET /api/webhooks/elevenlabs/employees", tool},
      {"POST /api/webhooks/elevenlabs/employees", tool},
      {"GET /api/webhooks/elevenlabs/appointments", tool},
      {"POST /api/webhooks/elevenlabs/appointments", tool},
      {"POST /api/webhooks/elevenlabs/post-call",
       [](OpenApi& me) {
         const auto tell = [&](unsigned status, const std::string& body) {
           me.expect(
               status,
               {.body = body,
                .shown = "",
                .fields = "ElevenLabs-Signature: " + model::elevenlabs::sign("wsec", 1'800'000'000, body) + "\r\n"});
         };
         const auto report = [](const std::string& more) {
           return R"({"type":"post_call_transcription","event_timestamp":1739537297,"data":{"agent_id":"agent_01",)"
                  R"("conversation_id":"conv_01","status":"done")" +
                  more + "}}";
         };
         tell(200, report(""));
         tell(400, R"({"type":"post_call_audio","data":{"full_audio":"not base64!"}})");
         tell(413, report(",\"x\":\"" + std::string(9UL * 1024 * 1024, 'x') + "\""));
         *me.keeper_says = callback_kept::outcome::full;
         tell(503, report(""));
         me.expect(401, {.body = report(""), .shown = ""});
       }},

      {"POST /api/webhooks/doctor/{echo}",
       [](OpenApi& me) {
         const auto now = std::chrono::system_clock::now().time_since_epoch();
         const auto proof = std::string{model::doctor_field} + ": " +
                            model::doctor_proof("admin", std::chrono::floor<std::chrono::seconds>(now).count()) +
                            "\r\n";
         me.expect(200, {.shown = "", .fields = proof});
         me.expect(401);
         me.check_too_big();
         me.open([](auto& with) { with.admin_token.clear(); });
         me.expect(403, {.shown = "", .fields = proof});
       }},

      // --- machines
      {"GET /health", ok},
      {"HEAD /health", ok},
      {"GET /ready", readiness_told},
      {"HEAD /ready", readiness_told},
      {"GET /metrics", figures},
      {"HEAD /metrics", figures},
  };
}

}  // namespace tonris::actors::test
