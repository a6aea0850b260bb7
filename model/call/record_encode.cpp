#include <algorithm>
#include <cmath>

#include "model/call/record_json.hpp"
#include "model/json/text.hpp"

namespace tonris::model::record_json {

namespace {

void put_if(writer& out, const char* key, const std::optional<call_record::time>& at) {
  if (at) put(out, key, *at);
}

void put_thousandths(writer& out, const char* key, double number) {
  out.Key(key);
  out.Double(std::isfinite(number) ? std::round(number * 1000) / 1000 : 0);
}

void put_end(writer& out, const call_record& record) {
  if (record.answered && record.ended) {
    using std::chrono::milliseconds;  // of the times as they are written: a record that was stored says the same
    const auto length =
        std::chrono::floor<milliseconds>(*record.ended) - std::chrono::floor<milliseconds>(*record.answered);
    out.Key("durationSeconds");
    out.Double(static_cast<double>(length.count()) / 1000);
  }
  if (record.reason) {
    put(out, "endReason", to_string(*record.reason));
    put(out, "endedBy", to_string(who(*record.reason)));
  }
  if (!record.end_detail.empty()) put(out, "endDetail", record.end_detail);
  if (!record.troubled) return;
  out.Key("troubled");
  out.StartObject();
  put(out, "reason", to_string(record.troubled->reason));
  out.Key("unheardSeconds");
  out.Double(static_cast<double>(record.troubled->unheard.count()) / 1000);
  out.EndObject();
}

void put_streams(writer& out, const call_record& record) {
  out.Key("streams");
  out.StartArray();
  for (const auto& s : record.streams) {
    out.StartObject();
    put(out, "streamSid", s.id.value);
    put(out, "startedAt", s.started);
    put_if(out, "endedAt", s.ended);
    out.EndObject();
  }
  out.EndArray();
}

void put_conversations(writer& out, const call_record& record) {
  out.Key("conversations");
  out.StartArray();
  for (const auto& c : record.conversations) {
    out.StartObject();
    put(out, "conversationId", c.id.value);
    put(out, "startedAt", c.started);
    put_if(out, "endedAt", c.ended);
    if (c.close_code) put(out, "closeCode", std::uint64_t{*c.close_code});
    out.EndObject();
  }
  out.EndArray();
}

void put_transcript(writer& out, const call_record& record, form how) {
  out.Key("transcript");
  out.StartArray();
  for (std::size_t i = how.skip_lines; i < record.transcript.size(); ++i) {
    const auto& l = record.transcript[i];
    out.StartObject();
    put(out, "role", l.agent ? "agent" : "user");
    put(out, "text", l.text);
    put(out, "at", l.at);
    if (l.heard) put(out, "heard", *l.heard);
    if (how.event_ids) {
      out.Key("eventId");
      out.Int64(l.event_id);
    }
    out.EndObject();
  }
  out.EndArray();
  const auto left_out = record.lines_left_out + std::min(how.skip_lines, record.transcript.size());
  if (left_out > 0) put(out, "transcriptLeftOut", left_out);
}

void put_media(writer& out, const call_record::media_counts& media) {
  out.Key("media");
  out.StartObject();
  put(out, "framesFromCaller", media.frames_from_caller);
  put(out, "framesToCaller", media.frames_to_caller);
  put(out, "dropped", media.dropped);
  put(out, "heardMs", media.heard_ms);
  put_thousandths(out, "addedLatencyP99Ms", media.added_latency_p99_ms);
  out.EndObject();
}

void put_voicemail(writer& out, const call_record& record) {
  if (record.voicemail.empty()) return;
  out.Key("voicemail");
  out.StartArray();
  for (const auto& m : record.voicemail) {
    out.StartObject();
    put(out, "recordingSid", m.recording);
    put(out, "url", m.url);
    put(out, "durationSeconds", std::uint64_t{m.seconds});
    put(out, "at", m.at);
    out.EndObject();
  }
  out.EndArray();
}

}  // namespace

void put(writer& out, const char* key, std::string_view value) {
  std::string text;
  append_json_string(value, text);
  out.Key(key);
  out.RawValue(text.data(), text.size(), rapidjson::kStringType);
}

void put(writer& out, const char* key, std::uint64_t value) {
  out.Key(key);
  out.Uint64(value);
}

void put(writer& out, const char* key, call_record::time at) {
  put(out, key, iso_time(at));
}

void write(writer& out, const call_record& record, form how) {
  out.StartObject();
  put(out, "callSid", record.call.value);
  put(out, "tenantId", record.tenant.value);
  put(out, "direction", record.direction);
  put(out, "from", record.from);
  put(out, "to", record.to);
  put(out, "agentId", record.agent.value);
  put(out, "variant", record.agent.value);
  put(out, "state", to_string(record.state));
  put(out, "startedAt", record.started);
  put_if(out, "answeredAt", record.answered);
  put_if(out, "endedAt", record.ended);
  put_end(out, record);
  put(out, "restarts", std::uint64_t{record.restarts});
  put(out, "interruptions", std::uint64_t{record.interruptions});
  put_streams(out, record);
  put_conversations(out, record);
  put_transcript(out, record, how);
  put_media(out, record.media);
  put_voicemail(out, record);
  if (!record.fallback.empty()) put(out, "fallback", record.fallback);
  out.EndObject();
}

}  // namespace tonris::model::record_json
