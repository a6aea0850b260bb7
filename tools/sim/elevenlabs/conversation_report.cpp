#include "tools/sim/elevenlabs/conversation_report.hpp"

#include "tools/sim/wire/report_json.hpp"

namespace tonris::sim {
namespace {

void put_conversation(report_writer& out, const conversation_record& r) {
  out.StartObject();
  put(out, "conversationId", r.facts.conversation_id);
  put(out, "agentId", r.facts.agent_id);
  put(out, "metadataMs", r.metadata_ms);
  put(out, "firstAudioMs", r.first_audio_ms);
  put(out, "endedMs", r.ended_ms);
  put(out, "audioMessages", r.audio_messages);
  put(out, "audioBytes", r.audio_bytes);
  put(out, "audioGaps", r.audio_gaps);
  put(out, "longestGapMs", r.longest_gap_ms);
  put(out, "interruptions", r.interruptions);
  put(out, "pings", r.pings);
  put(out, "pongs", r.pongs);
  put(out, "slowestPongMs", r.slowest_pong_ms);
  put(out, "endedBy", r.ended_by);
  put(out, "closeCode", std::uint64_t{r.close_code});
  out.Key("transcript");
  out.StartArray();
  for (const auto& line : r.transcript) {
    out.StartObject();
    put(out, "role", line.role);
    put(out, "text", line.text);
    put(out, "atMs", line.at_ms);
    out.EndObject();
  }
  out.EndArray();
  put(out, r.violations.all());
  out.EndObject();
}

}  // namespace

std::string to_json(const std::vector<conversation_record>& conversations, const std::vector<violation>& of_requests) {
  return report_json([&](report_writer& out) {
    out.Key("conversations");
    out.StartArray();
    for (const auto& one : conversations) put_conversation(out, one);
    out.EndArray();
    put(out, of_requests);
  });
}

}  // namespace tonris::sim
