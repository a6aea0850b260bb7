#include <algorithm>
#include <cmath>

#include "model/call/record_json.hpp"
#include "model/latency/turn_latency_json.hpp"
#include "model/money/call_cost_json.hpp"
#include "model/quality/media_quality_json.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model::record_json {

namespace {

double thousandths(double number) {
  return std::isfinite(number) ? std::round(number * 1000) / 1000 : 0;
}

void put_end(json_writer& out, const call_record& record) {
  if (record.answered && record.ended) {
    using std::chrono::milliseconds;  // of the times as they are written: a record that was stored says the same
    const auto length =
        std::chrono::floor<milliseconds>(*record.ended) - std::chrono::floor<milliseconds>(*record.answered);
    out.member("durationSeconds", static_cast<double>(length.count()) / 1000);
  }
  if (record.reason) {
    out.member("endReason", to_string(*record.reason));
    out.member("endedBy", to_string(who(*record.reason)));
  }
  if (!record.end_detail.empty()) out.member("endDetail", record.end_detail);
  if (!record.troubled) return;
  out.open_object("troubled");
  out.member("reason", to_string(record.troubled->reason));
  out.member("unheardSeconds", static_cast<double>(record.troubled->unheard.count()) / 1000);
  out.close_object();
}

void put_streams(json_writer& out, const call_record& record) {
  out.open_list("streams");
  for (const auto& s : record.streams) {
    out.open_object();
    out.member("streamSid", s.id.value);
    put(out, "startedAt", s.started);
    put(out, "endedAt", s.ended);
    out.close_object();
  }
  out.close_list();
}

void put_conversations(json_writer& out, const call_record& record) {
  out.open_list("conversations");
  for (const auto& c : record.conversations) {
    out.open_object();
    out.member("conversationId", c.id.value);
    put(out, "startedAt", c.started);
    put(out, "endedAt", c.ended);
    out.member("closeCode", c.close_code);
    out.close_object();
  }
  out.close_list();
}

void put_transcript(json_writer& out, const call_record& record, form how) {
  out.open_list("transcript");
  for (std::size_t i = how.skip_lines; i < record.transcript.size(); ++i) {
    const auto& l = record.transcript[i];
    out.open_object();
    out.member("role", l.agent ? "agent" : "user");
    out.member("text", l.text);
    put(out, "at", l.at);
    out.member("heard", l.heard);
    if (how.event_ids) out.member("eventId", l.event_id);
    out.close_object();
  }
  out.close_list();
  const auto left_out = record.lines_left_out + std::min(how.skip_lines, record.transcript.size());
  if (left_out > 0) out.member("transcriptLeftOut", left_out);
}

void put_media(json_writer& out, const call_record::media_counts& media) {
  out.open_object("media");
  out.member("framesFromCaller", media.frames_from_caller);
  out.member("framesToCaller", media.frames_to_caller);
  out.member("dropped", media.dropped);
  out.member("heardMs", media.heard_ms);
  out.member("addedLatencyP99Ms", thousandths(media.added_latency_p99_ms));
  if (media.turns.count > 0) {
    out.key("turnLatency");
    turn_latency_json::write(out, media.turns);
  }
  if (media.from_caller != caller_quality{}) {
    out.key("fromCaller");
    media_quality_json::write(out, media.from_caller);
  }
  if (media.to_caller != agent_quality{}) {
    out.key("toCaller");
    media_quality_json::write(out, media.to_caller);
  }
  out.close_object();
}

void put_text(json_writer& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.member(name, text);
}

void put_voicemail(json_writer& out, const call_record& record) {
  if (record.voicemail.empty()) return;
  out.open_list("voicemail");
  for (const auto& m : record.voicemail) {
    out.open_object();
    out.member("recordingSid", m.recording);
    out.member("url", m.url);
    out.member("durationSeconds", m.seconds);
    put(out, "at", m.at);
    if (m.deleted) out.member("deleted", true);
    if (m.deleted_at) put(out, "deletedAt", *m.deleted_at);
    call_cost_json::put(out, "cost", m.cost);
    put_text(out, "source", m.source);
    out.close_object();
  }
  out.close_list();
}

void put_recordings(json_writer& out, const call_record& record) {
  if (record.recordings.empty()) return;
  out.open_list("recordings");
  for (const auto& one : record.recordings) {
    out.open_object();
    out.member("recordingSid", one.sid);
    out.member("status", one.status);
    if (!one.url.empty()) out.member("url", one.url);
    if (one.seconds > 0) out.member("durationSeconds", one.seconds);
    out.member("source", one.source);
    put(out, "at", one.at);
    call_cost_json::put(out, "cost", one.cost);
    out.close_object();
  }
  out.close_list();
}

void put_reports(json_writer& out, const call_record& record) {
  if (record.reports.empty()) return;
  out.open_list("vendorReports");
  for (const auto& r : record.reports) {
    out.open_object();
    out.member("conversationId", r.conversation.value);
    put_text(out, "agentId", r.agent.value);
    put(out, "at", r.at);
    out.member("durationSeconds", r.seconds);
    out.member("credits", r.credits);
    out.member("llmPrice", r.llm_price);
    if (r.price) {
      out.key("price");
      out.json(to_decimal(*r.price));
    }
    if (r.charged) out.member("charged", true);
    if (r.burst) out.member("burst", true);
    put_text(out, "terminationReason", r.termination);
    out.member("errorCode", r.error_code);
    put_text(out, "error", r.error);
    put_text(out, "successful", r.successful);
    put_text(out, "summary", r.summary);
    if (!r.analysis.empty()) {
      out.key("analysis");
      out.json(r.analysis);
    }
    if (r.audio_bytes > 0) out.member("audioBytes", r.audio_bytes);
    put(out, "audioAt", r.audio_at);
    if (r.audio_deleted) out.member("audioDeleted", true);
    if (r.audio_deleted_at) put(out, "audioDeletedAt", *r.audio_deleted_at);
    put_text(out, "source", r.source);
    out.close_object();
  }
  out.close_list();
}

void put_tool_calls(json_writer& out, const call_record& record) {
  if (record.tool_calls.empty()) return;
  out.open_list("toolCalls");
  for (const auto& t : record.tool_calls) {
    out.open_object();
    out.member("name", t.name);
    put_text(out, "id", t.id);
    put(out, "at", t.at);
    out.member("by", t.on_the_line ? "socket" : "webhook");
    if (t.failed) out.member("failed", true);
    out.member("milliseconds", t.milliseconds);
    out.close_object();
  }
  out.close_list();
}

void put_notes(json_writer& out, const call_record& record) {
  if (record.notes.empty()) return;
  out.open_list("notes");
  for (const auto& n : record.notes) {
    out.open_object();
    put(out, "at", n.at);
    out.member("text", n.text);
    put_text(out, "source", n.source);
    put_text(out, "requestId", n.request);
    out.close_object();
  }
  out.close_list();
}

void put_transfers(json_writer& out, const call_record& record) {
  if (record.transfers.empty()) return;
  out.open_list("transfers");
  for (const auto& t : record.transfers) {
    out.open_object();
    put(out, "at", t.at);
    out.member("number", t.number);
    put_text(out, "reason", t.reason);
    out.member("outcome", to_string(t.outcome));
    put(out, "outcomeAt", t.outcome_at);
    put_text(out, "outcomeSource", t.outcome_source);
    out.close_object();
  }
  out.close_list();
}

void put_legs(json_writer& out, const call_record& record) {
  if (record.legs.empty()) return;
  out.open_list("legs");
  for (const auto& one : record.legs) {
    out.open_object();
    out.member("callSid", one.call.value);
    put_text(out, "status", one.status);
    out.member("durationSeconds", one.seconds);
    put(out, "at", one.at);
    call_cost_json::put(out, "cost", one.cost);
    put_text(out, "source", one.source);
    out.close_object();
  }
  out.close_list();
}

void put_twilio(json_writer& out, const call_record& record) {
  if (!record.twilio) return;
  const auto& said = *record.twilio;
  out.open_object("twilio");
  out.member("status", to_string(said.status));
  out.member("durationSeconds", said.seconds);
  out.member("sequence", said.sequence);
  out.member("source", to_string(said.source));
  put(out, "at", said.at);
  out.close_object();
}

void put_answered_by(json_writer& out, const call_record& record) {
  if (!record.heard) return;
  out.open_object("answeredBy");
  out.member("who", to_string(record.heard->by));
  out.member("source", to_string(record.heard->source));
  put(out, "at", record.heard->at);
  out.close_object();
}

void put_hang_up(json_writer& out, const call_record& record) {
  if (!record.cut_off) return;
  out.open_object("hungUp");
  out.member("source", record.cut_off->source);
  put(out, "at", record.cut_off->at);
  out.close_object();
}

}  // namespace

void put(json_writer& out, std::string_view name, const std::optional<call_record::time>& at) {
  if (at) out.member(name, iso_time(*at));
}

void write(json_writer& out, const call_record& record, form how) {
  out.open_object();
  out.member("callSid", record.call.value);
  out.member("tenantId", record.tenant.value);
  out.member("direction", record.direction);
  out.member("from", record.from);
  out.member("to", record.to);
  out.member("agentId", record.agent.value);
  out.member("variant", record.variant.empty() ? record.agent.value : record.variant);
  if (!record.rule.empty()) out.member("rule", record.rule);
  if (!record.rule_name.empty()) out.member("ruleName", record.rule_name);
  out.member("state", to_string(record.state));
  put(out, "startedAt", record.started);
  put(out, "answeredAt", record.answered);
  put(out, "endedAt", record.ended);
  put_end(out, record);
  out.member("restarts", record.restarts);
  out.member("interruptions", record.interruptions);
  put_streams(out, record);
  put_conversations(out, record);
  put_transcript(out, record, how);
  put_media(out, record.media);
  put_voicemail(out, record);
  put_recordings(out, record);
  put_text(out, "fallback", record.fallback);
  put(out, "fallbackAt", record.fallback_at);
  put_text(out, "fallbackSource", record.fallback_source);
  put_tool_calls(out, record);
  put_notes(out, record);
  put_transfers(out, record);
  put_legs(out, record);
  put_reports(out, record);
  if (record.metered_seconds > 0) out.member("meteredSeconds", record.metered_seconds);
  if (record.cost != call_cost{}) {
    out.key("cost");
    call_cost_json::write(out, record.cost);
  }
  put_twilio(out, record);
  put_answered_by(out, record);
  put_hang_up(out, record);
  put_text(out, "accountSid", record.account.value);
  put_text(out, "node", record.node);
  put_text(out, "build", record.build);
  out.close_object();
}

}  // namespace tonris::model::record_json
