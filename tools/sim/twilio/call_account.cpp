#include "tools/sim/twilio/call_account.hpp"

#include <iomanip>
#include <sstream>

namespace tonris::sim {
namespace {

void put_latency(std::ostream& out, const call_account& a) {
  out << "Added latency  ";
  if (a.latency_p99_ms && a.latency_p50_ms)
    out << "p50 " << *a.latency_p50_ms << " ms, p99 " << *a.latency_p99_ms
        << " ms from caller to agent, measured by the "
        << "simulators on " << a.latency_frames << " frames";
  else
    out << "not measured by the simulators";
  if (a.gateway_p99_ms) out << "; the gateway says p99 " << *a.gateway_p99_ms << " ms";
  out << '\n';
}

void put_faults(std::ostream& out, const call_account& a) {
  if (a.well()) {
    out << "Violations     none\n";
    return;
  }
  for (const auto& why : a.shortcomings) out << "Not well       " << why << '\n';
  for (const auto& found : a.violations) out << "Violation      " << found.rule << ": " << found.detail << '\n';
}

void put_line(std::ostream& out, const call_account::line& line) {
  out << std::setw(7);
  if (line.from && line.to)
    out << *line.from << " - " << std::setw(6) << *line.to << " s  ";
  else
    out << line.at << "          s  ";
  out << (line.role == "agent" ? "agent   " : "caller  ") << line.text;
  if (line.interrupted) out << " [interrupted by the caller]";
  out << '\n';
}

}  // namespace

void time_speech(std::vector<call_account::line>& transcript, const std::vector<call_account::spell>& spells) {
  const auto put = [](call_account::line& line, const call_account::spell& spell) {
    if (!line.from) line.from = spell.from;
    line.to = spell.to;
  };
  for (const auto& spell : spells) {
    call_account::line* of = nullptr;
    for (auto& line : transcript) {
      if ((line.role == "agent") != spell.agent) continue;
      if (spell.agent && line.at <= spell.from) of = &line;
      if (!spell.agent && line.at >= spell.to && !of) of = &line;
    }
    if (of) put(*of, spell);
  }
}

std::string to_text(const call_account& a) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(2);
  out << "Call           " << a.caller.call_sid << '\n';
  out << "Placed         " << a.placed_at << ", lasted " << std::setprecision(1) << a.seconds << " s\n"
      << std::setprecision(2);
  out << "From, to       " << a.from << ", " << a.to << '\n';
  out << "Agent          " << a.agent_id << '\n';
  out << "States         ";
  for (std::size_t i = 0; i < a.states.size(); ++i)
    out << (i == 0 ? "" : " -> ") << a.states[i].second << " (" << a.states[i].first << " s)";
  out << (a.states.empty() ? "unknown: the gateway's record was not seen" : "") << '\n';
  if (a.caller.webhook_ms >= 0) out << "Webhook        answered after " << a.caller.webhook_ms << " ms\n";
  if (a.caller.first_audio_ms >= 0)
    out << "First audio    " << a.caller.first_audio_ms << " ms after the call was placed\n";
  out << "Interruptions  " << a.interruptions << '\n';
  put_latency(out, a);
  out << "Ended          " << a.ended << '\n';
  put_faults(out, a);
  out << "\nTranscript, with the times of speech as the caller heard and said it\n" << std::setprecision(1);
  for (const auto& line : a.transcript) put_line(out, line);
  return out.str();
}

}  // namespace tonris::sim
