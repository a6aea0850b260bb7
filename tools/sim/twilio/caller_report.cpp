#include "tools/sim/twilio/caller_report.hpp"

#include "tools/sim/wire/report_json.hpp"

namespace tonris::sim {
namespace {

void put_ms(report_writer& out, const char* key, double value) {
  out.Key(key);
  if (value < 0)
    out.Null();
  else
    out.Double(value);
}

void put_stream(report_writer& out, const stream_report& s) {
  out.StartObject();
  put(out, "streamSid", s.stream_sid);
  put_ms(out, "openedMs", s.opened_ms);
  put_ms(out, "firstAudioMs", s.first_audio_ms);
  put_ms(out, "endedMs", s.ended_ms);
  put(out, "framesSent", s.frames_sent);
  put(out, "framesWithheld", s.frames_withheld);
  put(out, "mediaReceived", s.media_received);
  put(out, "bytesReceived", s.bytes_received);
  put(out, "bytesPlayed", s.bytes_played);
  put(out, "bytesLost", s.bytes_lost);
  put(out, "marksReceived", s.marks_received);
  put(out, "marksEchoed", s.marks_echoed);
  put(out, "clears", s.clears);
  put(out, "bytesCleared", s.bytes_cleared);
  put(out, "endedBy", s.ended_by);
  put(out, "closeCode", std::uint64_t{s.close_code});
  out.EndObject();
}

void put_dial(report_writer& out, const dial_report& d) {
  out.StartObject();
  put(out, "numbers", d.numbers);
  put(out, "callerId", d.caller_id);
  put(out, "timeoutSeconds", static_cast<std::uint64_t>(d.timeout.count()));
  put(out, "timeLimitSeconds", static_cast<std::uint64_t>(d.time_limit.count()));
  put(out, "outcome", d.outcome);
  put_ms(out, "atMs", d.at_ms);
  out.EndObject();
}

}  // namespace

std::string to_json(const caller_report& report) {
  return report_json([&](report_writer& out) {
    put(out, "callSid", report.call_sid);
    out.Key("reached");
    out.Bool(report.reached);
    put_ms(out, "webhookMs", report.webhook_ms);
    put_ms(out, "firstAudioMs", report.first_audio_ms);
    put_ms(out, "hungUpMs", report.hung_up_ms);
    put_ms(out, "endedMs", report.ended_ms);
    put(out, "finalStatus", report.final_status);
    put(out, "endedWhy", report.ended_why);
    put(out, "twiml", report.verbs);
    put(out, "spoken", report.spoken);
    put(out, "dialled", report.dialled);
    out.Key("dials");
    out.StartArray();
    for (const auto& dial : report.dials) put_dial(out, dial);
    out.EndArray();
    put(out, "documents", std::uint64_t{report.documents});
    put(out, "redirects", std::uint64_t{report.redirects});
    put(out, "retries", std::uint64_t{report.retries});
    put(out, "messagesKept", std::uint64_t{report.messages_kept});
    put(out, "recordingSids", report.recording_sids);
    put(out, "framesIntoVoid", report.frames_into_void);
    out.Key("streams");
    out.StartArray();
    for (const auto& stream : report.streams) put_stream(out, stream);
    out.EndArray();
    put(out, report.violations.all());
    put(out, "violationCount", std::uint64_t{report.violations.count()});
  });
}

}  // namespace tonris::sim
