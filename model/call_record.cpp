#include "model/call_record.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <cmath>
#include <ctime>

namespace tonris::model {

namespace {

using writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(writer& out, const char* key, std::string_view value) {
  out.Key(key);
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void put(writer& out, const char* key, std::uint64_t value) {
  out.Key(key);
  out.Uint64(value);
}

void put_if(writer& out, const char* key, const std::optional<call_record::time>& at) {
  if (at) put(out, key, iso_time(*at));
}

void put_streams(writer& out, const call_record& record) {
  out.Key("streams");
  out.StartArray();
  for (const auto& s : record.streams) {
    out.StartObject();
    put(out, "streamSid", s.id.value);
    put(out, "startedAt", iso_time(s.started));
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
    put(out, "startedAt", iso_time(c.started));
    put_if(out, "endedAt", c.ended);
    if (c.close_code) put(out, "closeCode", std::uint64_t{*c.close_code});
    out.EndObject();
  }
  out.EndArray();
}

void put_transcript(writer& out, const call_record& record) {
  out.Key("transcript");
  out.StartArray();
  for (const auto& l : record.transcript) {
    out.StartObject();
    put(out, "role", l.agent ? "agent" : "user");
    put(out, "text", l.text);
    put(out, "at", iso_time(l.at));
    if (l.heard) put(out, "heard", *l.heard);
    out.EndObject();
  }
  out.EndArray();
}

void put_media(writer& out, const call_record::media_counts& media) {
  out.Key("media");
  out.StartObject();
  put(out, "framesFromCaller", media.frames_from_caller);
  put(out, "framesToCaller", media.frames_to_caller);
  put(out, "dropped", media.dropped);
  put(out, "heardMs", media.heard_ms);
  out.Key("addedLatencyP99Ms");
  out.Double(std::round(media.added_latency_p99_ms * 1000) / 1000);
  out.EndObject();
}

}  // namespace

std::string iso_time(call_record::time at) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32], text[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof text, "%s.%03dZ", date, static_cast<int>(ms % 1000));
  return text;
}

std::string to_json(const call_record& record) {
  rapidjson::StringBuffer buffer;
  writer out(buffer);
  out.StartObject();
  put(out, "callSid", record.call.value);
  put(out, "tenantId", record.tenant.value);
  put(out, "direction", record.direction);
  put(out, "from", record.from);
  put(out, "to", record.to);
  put(out, "agentId", record.agent.value);
  put(out, "variant", record.agent.value);
  put(out, "state", to_string(record.state));
  put(out, "startedAt", iso_time(record.started));
  put_if(out, "answeredAt", record.answered);
  put_if(out, "endedAt", record.ended);
  if (record.answered && record.ended) {
    out.Key("durationSeconds");
    out.Double(static_cast<double>(
                   std::chrono::duration_cast<std::chrono::milliseconds>(*record.ended - *record.answered).count()) /
               1000);
  }
  if (record.reason) {
    put(out, "endReason", to_string(*record.reason));
    put(out, "endedBy", to_string(who(*record.reason)));
    if (!record.end_detail.empty()) put(out, "endDetail", record.end_detail);
  }
  put(out, "restarts", std::uint64_t{record.restarts});
  put(out, "interruptions", std::uint64_t{record.interruptions});
  put_streams(out, record);
  put_conversations(out, record);
  put_transcript(out, record);
  put_media(out, record.media);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace tonris::model
