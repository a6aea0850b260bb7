#include "tools/sim/elevenlabs/conversation_document.hpp"

#include <optional>

#include "model/json/writer.hpp"
#include "model/money/money.hpp"
#include "tools/sim/elevenlabs/price_list.hpp"

namespace tonris::sim {

namespace {

bool is_over(conversation_status status) noexcept {
  return status == conversation_status::processing || status == conversation_status::done ||
         status == conversation_status::failed;
}

void put_transcript(model::json_writer& out, const conversation_record& of) {
  out.open_list("transcript");
  for (const auto& line : of.transcript) {
    out.open_object();
    out.member("role", line.role);
    out.member("message", line.text);
    out.member("time_in_call_secs", static_cast<std::int64_t>(line.at_ms / 1000));
    out.close_object();
  }
  out.close_list();
}

void put_number_or_null(model::json_writer& out, std::string_view name, std::optional<std::int64_t> number) {
  if (number) return out.member(name, *number);
  out.member(name, nullptr);
}

/// What it costs: credits in all, and of what they are made up.
void put_charge(model::json_writer& out, const conversation_record& of) {
  const auto charge = charge_of(of);
  const auto told = [&](std::int64_t credits) { return of.bill.tells_credits ? std::optional{credits} : std::nullopt; };
  put_number_or_null(out, "cost", told(charge.credits()));
  out.open_object("charging");
  out.member("dev_discount", false);
  out.member("is_burst", of.bill.is_burst);
  out.member("tier", "pro");
  put_number_or_null(out, "call_charge", told(charge.of_call));
  put_number_or_null(out, "llm_charge", of.bill.has_model ? told(charge.of_model) : std::nullopt);
  if (of.bill.has_model) {
    out.key("llm_price");
    out.json(model::to_decimal(charge.price_of_model()));
  } else {
    out.member("llm_price", nullptr);
  }
  out.close_object();
}

void put_metadata(model::json_writer& out, const conversation_record& of, conversation_status status) {
  out.open_object("metadata");
  if (is_over(status)) {
    out.member("call_duration_secs", seconds_of(of));
    put_charge(out, of);
    out.member("termination_reason", of.ended_by == "agent" ? "end_call tool was called." : "Client disconnected");
  } else {
    out.member("call_duration_secs", 0);
    out.member("cost", nullptr);
    out.member("termination_reason", "");
  }
  out.member("error", nullptr);
  out.close_object();
}

void put_analysis(model::json_writer& out, const conversation_record& of, conversation_status status) {
  if (status != conversation_status::done && status != conversation_status::failed)
    return out.member("analysis", nullptr);
  out.open_object("analysis");
  out.member("call_successful", status == conversation_status::done ? "success" : "failure");
  out.member("transcript_summary", of.transcript.empty() ? "Nobody said anything." : "A simulated conversation.");
  out.close_object();
}

}  // namespace

std::string_view to_string(conversation_status status) noexcept {
  switch (status) {
    case conversation_status::initiated: return "initiated";
    case conversation_status::in_progress: return "in-progress";
    case conversation_status::processing: return "processing";
    case conversation_status::done: return "done";
    case conversation_status::failed: return "failed";
  }
  return "failed";
}

std::int64_t seconds_of(const conversation_record& over) noexcept {
  return static_cast<std::int64_t>(over.ended_ms / 1000);
}

std::string conversation_document(const conversation_record& of, conversation_status status) {
  std::string text;
  model::json_writer out{text};
  out.open_object();
  out.member("agent_id", of.facts.agent_id);
  out.member("conversation_id", of.facts.conversation_id);
  out.member("status", to_string(status));
  out.member("branch_id", nullptr);
  put_transcript(out, of);
  put_metadata(out, of, status);
  put_analysis(out, of, status);
  out.open_object("conversation_initiation_client_data");
  out.open_object("dynamic_variables");
  for (const auto& [name, value] : of.facts.variables) out.member(name, value);
  out.close_object();
  out.close_object();
  out.close_object();
  return text;
}

}  // namespace tonris::sim
