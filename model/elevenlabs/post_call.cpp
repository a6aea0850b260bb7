#include "model/elevenlabs/post_call.hpp"

#include <algorithm>
#include <span>

#include "model/json/lenient.hpp"
#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr json_limits limits{.bytes = max_post_call_bytes, .values = 500'000};
constexpr std::size_t max_type_bytes = 64;
constexpr std::size_t max_tools_of_a_line = 100;  // each result is looked for among them

using names = std::span<const std::string_view>;
constexpr std::string_view envelope_names[] = {"type", "event_timestamp", "data"};
constexpr std::string_view data_names[] = {"agent_id",
                                           "conversation_id",
                                           "status",
                                           "user_id",
                                           "has_audio",
                                           "transcript",
                                           "failure_reason",
                                           "metadata",
                                           "analysis",
                                           "full_audio",
                                           "conversation_initiation_client_data"};
constexpr std::string_view metadata_names[] = {"start_time_unix_secs",
                                               "call_duration_secs",
                                               "cost",
                                               "termination_reason",
                                               "main_language",
                                               "error",
                                               "charging",
                                               "phone_call"};
constexpr std::string_view failure_metadata_names[] = {"type", "body"};
constexpr std::string_view analysis_names[] = {"call_successful", "transcript_summary", "call_summary_title",
                                               "evaluation_criteria_results", "data_collection_results"};

post_call_type type_of(std::string_view text) noexcept {
  if (text == "post_call_transcription") return post_call_type::transcription;
  if (text == "post_call_audio") return post_call_type::audio;
  if (text == "call_initiation_failure") return post_call_type::initiation_failure;
  return post_call_type::other;
}

void read_tool_call(const lenient_object& call, post_call::line& line) {
  if (!call.exists() || line.tools.size() == max_tools_of_a_line) return;
  post_call::tool_call tool;
  tool.id = call.token("request_id");
  tool.name = call.text("tool_name");
  const auto text = call.text("params_as_json");
  tool.parameters = text.empty() ? call.json("params_as_json") : std::string{text};
  line.tools.push_back(std::move(tool));
}

void read_tool_result(const lenient_object& result, post_call::line& line) {
  const auto id = result.token("request_id");
  const auto found =
      std::find_if(line.tools.begin(), line.tools.end(), [&](const auto& tool) { return tool.id == id; });
  if (found == line.tools.end()) return;
  const auto text = result.text("result_value");
  found->result = text.empty() ? result.json("result_value") : std::string{text};
  found->is_error = result.flag("is_error").value_or(false);
}

post_call::line read_line(const lenient_object& item) {
  post_call::line line;
  line.agent = item.text("role") == "agent";
  line.text = item.text("message");
  line.original = item.text("original_message");
  line.interrupted = item.flag("interrupted").value_or(false);
  line.at_seconds = item.whole("time_in_call_secs").value_or(0);
  if (const auto* calls = item.list("tool_calls"))
    for (const auto& call : calls->GetArray()) read_tool_call(lenient_object{&call}, line);
  if (const auto* results = item.list("tool_results"))
    for (const auto& result : results->GetArray()) read_tool_result(lenient_object{&result}, line);
  return line;
}

void read_transcript(const lenient_object& data, post_call& report) {
  const auto* const list = data.list("transcript");
  if (list == nullptr) return;
  for (const auto& item : list->GetArray())
    if (item.IsObject()) report.transcript.push_back(read_line(lenient_object{&item}));
}

void read_metadata(const lenient_object& metadata, post_call& report) {
  report.started_unix = metadata.whole("start_time_unix_secs");
  report.duration_seconds = metadata.whole("call_duration_secs");
  report.cost = metadata.number("cost");
  report.termination_reason = metadata.text("termination_reason");
  report.main_language = metadata.token("main_language");
  const auto error = metadata.object("error");
  report.error_code = error.whole("code");
  report.error_reason = error.text("reason");
  const auto charging = metadata.object("charging");
  report.charge = {charging.flag("is_burst"), charging.number("call_charge"), charging.number("llm_charge"),
                   charging.number("llm_price"), charging.token("tier")};
}

void read_analysis(const lenient_object& analysis, post_call& report) {
  report.successful = analysis.token("call_successful");
  report.summary = analysis.text("transcript_summary");
  report.summary_title = analysis.text("call_summary_title");
  report.evaluation = analysis.json("evaluation_criteria_results");
  report.data_collection = analysis.json("data_collection_results");
}

void read_failure(const lenient_object& data, post_call& report) {
  const auto metadata = data.object("metadata"), body = metadata.object("body");
  post_call::failure_type failure;
  failure.reason = data.token("failure_reason");
  failure.provider = metadata.token("type");
  failure.from = body.text("From");
  failure.to = body.text("To");
  failure.status = body.text("CallStatus");
  failure.direction = body.text("Direction");
  failure.detail = body.text("error_reason");
  failure.sip_status = body.whole("SipResponseCode");
  if (!failure.sip_status) failure.sip_status = body.whole("sip_status_code");
  report.failure = std::move(failure);
}

std::string call_of(const lenient_object& data, const lenient_object& variables) {
  const auto metadata = data.object("metadata");
  for (auto text : {variables.token("call_sid"), metadata.object("phone_call").token("call_sid"),
                    metadata.object("body").token("CallSid"), metadata.object("body").token("call_sid")})
    if (is_sid(text, "CA")) return text;
  return {};
}

void write_unread(const rapidjson::Value* object, names read, json_writer& out) {
  if (object == nullptr || !object->IsObject()) return;
  for (const auto& member : object->GetObject()) {
    const auto name = text_of(member.name);
    if (std::find(read.begin(), read.end(), name) != read.end()) continue;
    out.key(name);
    out.json(json_text(member.value));
  }
}

void write_unread_below(const lenient_object& data, std::string_view name, names read, json_writer& out) {
  std::string text;
  json_writer below{text};
  write_unread(data.any(name), read, below);
  if (text.empty()) return;
  out.key(name);
  out.json("{" + text + "}");
}

std::string unread_of(const lenient_object& root, const rapidjson::Value& document, bool is_failure) {
  std::string text;
  json_writer out{text};
  out.open_object();
  write_unread(&document, envelope_names, out);
  std::string below;
  json_writer inner{below};
  const auto data = root.object("data");
  write_unread(root.any("data"), data_names, inner);
  write_unread_below(data, "metadata", is_failure ? names{failure_metadata_names} : names{metadata_names}, inner);
  write_unread_below(data, "analysis", analysis_names, inner);
  if (!below.empty()) {
    out.key("data");
    out.json("{" + below + "}");
  }
  out.close_object();
  return text;
}

}  // namespace

decoded<post_call> parse_post_call(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(body, limits, document); !parsed) return tl::unexpected(parsed.error());
  const lenient_object root{&document};
  const auto data = root.object("data");
  const auto variables = data.object("conversation_initiation_client_data").object("dynamic_variables");
  post_call report;
  report.type_text = root.token("type", max_type_bytes);
  if (report.type_text.empty()) return tl::unexpected(codec_errc::no_type);
  report.type = type_of(report.type_text);
  report.sent_unix = root.whole("event_timestamp");
  report.conversation.value = data.token("conversation_id");
  report.agent.value = data.token("agent_id");
  report.call.value = call_of(data, variables);
  report.tenant.value = variables.token("tenant_id");
  report.status = data.token("status");
  report.user = data.text("user_id");
  report.has_audio = data.flag("has_audio");
  const bool is_failure = report.type == post_call_type::initiation_failure;
  if (is_failure) {
    read_failure(data, report);
  } else {
    read_metadata(data.object("metadata"), report);
  }
  read_analysis(data.object("analysis"), report);
  read_transcript(data, report);
  report.unread = unread_of(root, document, is_failure);
  return report;
}

decoded<std::optional<std::string>> as_post_call(std::string_view answer, const conversation_id& of) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(answer, limits, document); !parsed) return tl::unexpected(parsed.error());
  const lenient_object conversation{&document};
  if (conversation.token("conversation_id") != of.value) return tl::unexpected(codec_errc::bad_field);
  const auto status = conversation.token("status");
  if (status != "done" && status != "failed") return std::nullopt;
  return R"({"type":"post_call_transcription","data":)" + std::string{answer} + "}";
}

}  // namespace tonris::model::elevenlabs
