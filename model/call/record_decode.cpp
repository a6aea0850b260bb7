#include <cmath>
#include <limits>

#include "model/call/record_json.hpp"
#include "model/latency/turn_latency_json.hpp"
#include "model/money/call_cost_json.hpp"
#include "model/quality/media_quality_json.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::model::record_json {

namespace {

constexpr double most_latency_ms = 1e9, most_unheard_seconds = 1e9;

std::string owned(std::string_view text) {
  return std::string(text);
}

std::uint64_t whole(field_reader& fields, std::string_view name) {
  return static_cast<std::uint64_t>(fields.whole(name));
}

std::uint32_t narrowed(field_reader& fields, std::int64_t number) {
  if (number > std::numeric_limits<std::uint32_t>::max()) fields.refuse(codec_errc::bad_field);
  return static_cast<std::uint32_t>(number);
}

call_record::time time_of(field_reader& fields, std::string_view text) {
  const auto at = parse_iso_time(text);
  if (!at) fields.refuse(codec_errc::bad_field);
  return at.value_or(call_record::time{});
}

std::optional<call_record::time> optional_time(field_reader& fields, std::string_view name) {
  const auto text = fields.optional_text(name);
  if (text.empty()) return std::nullopt;
  return time_of(fields, text);
}

/// Each item of a list of objects; a list that is not there has none.
template <class Item>
std::vector<Item> read_list(field_reader& fields, std::string_view name, Item (*read_item)(field_reader& item)) {
  std::vector<Item> items;
  const auto* const list = fields.optional_list(name);
  if (list == nullptr) return items;
  for (const auto& value : list->GetArray()) {
    if (!value.IsObject()) {
      fields.refuse(codec_errc::bad_field);
      break;
    }
    field_reader item(value);
    items.push_back(read_item(item));
    if (item.mistake()) fields.refuse(*item.mistake());
    if (fields.mistake()) break;
  }
  return items;
}

call_record::stream read_stream(field_reader& item) {
  return {{owned(item.text("streamSid"))}, read_time(item, "startedAt"), optional_time(item, "endedAt")};
}

call_record::conversation read_conversation(field_reader& item) {
  call_record::conversation c{
      {owned(item.text("conversationId"))}, read_time(item, "startedAt"), optional_time(item, "endedAt"), {}};
  if (const auto code = item.optional_whole("closeCode")) c.close_code = narrowed(item, *code);
  return c;
}

call_record::line read_line(field_reader& item) {
  call_record::line line;
  const auto role = item.text("role");
  if (role != "agent" && role != "user") item.refuse(codec_errc::bad_field);
  line.agent = role == "agent";
  line.text = item.text("text");
  line.at = read_time(item, "at");
  if (item.has("heard")) line.heard = owned(item.text("heard"));
  line.event_id = item.optional_integer("eventId").value_or(0);
  return line;
}

call_record::voicemail_message read_message(field_reader& item) {
  return {owned(item.text("recordingSid")),     owned(item.text("url")),
          read_count(item, "durationSeconds"),  read_time(item, "at"),
          item.optional_flag("deleted", false), call_cost_json::read_part(item, "cost"),
          owned(item.optional_text("source")),  optional_time(item, "deletedAt")};
}

call_record::recording read_recording(field_reader& item) {
  call_record::recording one;
  one.sid = owned(item.text("recordingSid"));
  one.status = owned(item.text("status"));
  one.url = item.optional_text("url");
  one.seconds = narrowed(item, item.optional_whole("durationSeconds").value_or(0));
  one.source = owned(item.text("source"));
  one.at = read_time(item, "at");
  one.cost = call_cost_json::read_part(item, "cost");
  return one;
}

call_record::leg read_leg(field_reader& item) {
  return {{owned(item.text("callSid"))}, owned(item.optional_text("status")),     read_count(item, "durationSeconds"),
          read_time(item, "at"),         call_cost_json::read_part(item, "cost"), owned(item.optional_text("source"))};
}

/// Of what is there; its JSON text.
std::string optional_json(field_reader& fields, std::string_view name) {
  const auto* const value = fields.optional_object(name);
  return value == nullptr ? std::string{} : json_text(*value);
}

call_record::vendor_report read_report(field_reader& item) {
  call_record::vendor_report report;
  report.conversation.value = item.text("conversationId");
  report.agent.value = item.optional_text("agentId");
  report.at = read_time(item, "at");
  if (const auto seconds = item.optional_whole("durationSeconds")) report.seconds = narrowed(item, *seconds);
  if (const auto credits = item.optional_whole("credits")) report.credits = static_cast<std::uint64_t>(*credits);
  if (item.has("llmPrice")) report.llm_price = item.number("llmPrice");
  report.burst = item.optional_flag("burst", false);
  if (item.has("price")) report.price = micros_of(item.number("price"));
  report.charged = item.optional_flag("charged", false);
  report.termination = item.optional_text("terminationReason");
  if (const auto code = item.optional_integer("errorCode")) {
    if (*code < std::numeric_limits<int>::min() || *code > std::numeric_limits<int>::max())
      item.refuse(codec_errc::bad_field);
    report.error_code = static_cast<int>(*code);
  }
  report.error = item.optional_text("error");
  report.successful = item.optional_text("successful");
  report.summary = item.optional_text("summary");
  report.analysis = optional_json(item, "analysis");
  report.audio_bytes = static_cast<std::uint64_t>(item.optional_whole("audioBytes").value_or(0));
  report.audio_at = optional_time(item, "audioAt");
  report.audio_deleted = item.optional_flag("audioDeleted", false);
  report.audio_deleted_at = optional_time(item, "audioDeletedAt");
  report.source = item.optional_text("source");
  return report;
}

call_record::tool_call read_tool_call(field_reader& item) {
  call_record::tool_call call;
  call.name = item.text("name");
  call.id = item.optional_text("id");
  call.at = read_time(item, "at");
  call.on_the_line = item.text("by") == "socket";
  call.failed = item.optional_flag("failed", false);
  call.milliseconds = read_count(item, "milliseconds");
  return call;
}

call_record::note read_note(field_reader& item) {
  return {read_time(item, "at"), owned(item.text("text")), owned(item.optional_text("source")),
          owned(item.optional_text("requestId"))};
}

call_record::transfer read_transfer(field_reader& item) {
  using outcome_type = call_record::transfer::outcome_type;
  constexpr auto count = static_cast<std::size_t>(outcome_type::failed) + 1;
  call_record::transfer transfer{read_time(item, "at"), owned(item.text("number")), {}, {}};
  transfer.reason = item.optional_text("reason");
  const auto outcome = find_named<outcome_type>(item.text("outcome"), count);
  if (!outcome) item.refuse(codec_errc::bad_field);
  transfer.outcome = outcome.value_or(outcome_type::failed);
  transfer.outcome_at = optional_time(item, "outcomeAt");
  transfer.outcome_source = item.optional_text("outcomeSource");
  return transfer;
}

/// What `read` makes of an object in it; nothing, where there is none.
template <class Part>
Part read_part(field_reader& fields, std::string_view name, Part (*read)(field_reader& part)) {
  const auto* const object = fields.optional_object(name);
  if (object == nullptr) return {};
  field_reader part(*object);
  auto found = read(part);
  if (part.mistake()) fields.refuse(*part.mistake());
  return found;
}

call_record::media_counts read_media(field_reader& fields) {
  const auto* const object = fields.optional_object("media");
  if (object == nullptr) return {};
  field_reader media(*object);
  const call_record::media_counts counts{whole(media, "framesFromCaller"),
                                         whole(media, "framesToCaller"),
                                         whole(media, "dropped"),
                                         whole(media, "heardMs"),
                                         media.number("addedLatencyP99Ms"),
                                         read_part(media, "turnLatency", turn_latency_json::read),
                                         read_part(media, "fromCaller", media_quality_json::read_caller),
                                         read_part(media, "toCaller", media_quality_json::read_agent)};
  if (counts.added_latency_p99_ms < 0 || counts.added_latency_p99_ms > most_latency_ms)
    media.refuse(codec_errc::bad_field);
  if (media.mistake()) fields.refuse(*media.mistake());
  return counts;
}

end_reason read_reason(field_reader& fields, std::string_view name) {
  const auto reason = find_named<end_reason>(name, end_reason_count);
  if (!reason) fields.refuse(codec_errc::bad_field);
  return reason.value_or(end_reason::internal_error);
}

std::optional<call_trouble> read_trouble(field_reader& fields) {
  const auto* const object = fields.optional_object("troubled");
  if (object == nullptr) return std::nullopt;
  field_reader trouble(*object);
  const auto reason = read_reason(trouble, trouble.text("reason"));
  const auto unheard = trouble.number("unheardSeconds");
  if (unheard < 0 || unheard > most_unheard_seconds) trouble.refuse(codec_errc::bad_field);
  if (trouble.mistake()) {
    fields.refuse(*trouble.mistake());
    return std::nullopt;
  }
  return call_trouble{reason, std::chrono::milliseconds{std::llround(unheard * 1000)}};
}

call_cost read_cost(field_reader& fields) {
  const auto* const object = fields.optional_object("cost");
  if (object == nullptr) return {};
  field_reader parts(*object);
  const auto cost = call_cost_json::read(parts);
  if (parts.mistake()) fields.refuse(*parts.mistake());
  return cost;
}

carrier_progress::source_type read_source(field_reader& said) {
  using source = carrier_progress::source_type;
  return said.text("source") == to_string(source::rest) ? source::rest : source::callback;
}

std::optional<carrier_progress> read_twilio(field_reader& fields) {
  const auto* const object = fields.optional_object("twilio");
  if (object == nullptr) return std::nullopt;
  field_reader said(*object);
  const auto count = [&said](std::string_view name) -> std::optional<std::uint32_t> {
    const auto number = said.optional_whole(name);
    return number ? std::optional{narrowed(said, *number)} : std::nullopt;
  };
  carrier_progress progress;
  progress.status = twilio::parse_call_status(said.text("status"));
  progress.seconds = count("durationSeconds");
  progress.sequence = count("sequence");
  progress.source = read_source(said);
  progress.at = read_time(said, "at");
  if (progress.status == twilio::call_status::unknown) said.refuse(codec_errc::bad_field);
  if (said.mistake()) fields.refuse(*said.mistake());
  return progress;
}

std::optional<who_answered> read_answered_by(field_reader& fields) {
  const auto* const object = fields.optional_object("answeredBy");
  if (object == nullptr) return std::nullopt;
  field_reader said(*object);
  const auto by = find_named<twilio::answered_by>(said.text("who"), twilio::answered_by_count);
  if (!by) said.refuse(codec_errc::bad_field);
  const who_answered heard{by.value_or(twilio::answered_by::unknown), read_source(said), read_time(said, "at")};
  if (said.mistake()) fields.refuse(*said.mistake());
  return heard;
}

std::optional<call_record::hang_up> read_hang_up(field_reader& fields) {
  const auto* const object = fields.optional_object("hungUp");
  if (object == nullptr) return std::nullopt;
  field_reader said(*object);
  const call_record::hang_up cut_off{owned(said.text("source")), read_time(said, "at")};
  if (said.mistake()) fields.refuse(*said.mistake());
  return cut_off;
}

void read_end(field_reader& fields, call_record& record) {
  const auto reason = fields.optional_text("endReason");
  if (!reason.empty()) record.reason = read_reason(fields, reason);
  record.end_detail = fields.optional_text("endDetail");
  record.troubled = read_trouble(fields);
}

}  // namespace

call_record::time read_time(field_reader& fields, std::string_view name) {
  return time_of(fields, fields.text(name));
}

std::uint32_t read_count(field_reader& fields, std::string_view name) {
  return narrowed(fields, fields.whole(name));
}

call_record read(field_reader& fields) {
  call_record record;
  record.call.value = fields.text("callSid");
  if (record.call.empty()) fields.refuse(codec_errc::bad_field);
  record.tenant.value = fields.text("tenantId");
  record.direction = fields.text("direction");
  record.from = fields.text("from");
  record.to = fields.text("to");
  record.agent.value = fields.text("agentId");
  if (const auto variant = fields.optional_text("variant"); variant != record.agent.value) record.variant = variant;
  record.rule = fields.optional_text("rule");
  record.rule_name = fields.optional_text("ruleName");
  const auto state = find_named<call_state>(fields.text("state"), call_state_count);
  if (!state) fields.refuse(codec_errc::bad_field);
  record.state = state.value_or(call_state::ended);
  record.started = read_time(fields, "startedAt");
  record.answered = optional_time(fields, "answeredAt");
  record.ended = optional_time(fields, "endedAt");
  read_end(fields, record);
  record.restarts = read_count(fields, "restarts");
  record.interruptions = read_count(fields, "interruptions");
  record.streams = read_list(fields, "streams", read_stream);
  record.conversations = read_list(fields, "conversations", read_conversation);
  record.transcript = read_list(fields, "transcript", read_line);
  record.lines_left_out = static_cast<std::uint64_t>(fields.optional_whole("transcriptLeftOut").value_or(0));
  record.media = read_media(fields);
  record.voicemail = read_list(fields, "voicemail", read_message);
  record.recordings = read_list(fields, "recordings", read_recording);
  record.reports = read_list(fields, "vendorReports", read_report);
  record.tool_calls = read_list(fields, "toolCalls", read_tool_call);
  record.notes = read_list(fields, "notes", read_note);
  record.transfers = read_list(fields, "transfers", read_transfer);
  record.legs = read_list(fields, "legs", read_leg);
  record.fallback = fields.optional_text("fallback");
  record.fallback_at = optional_time(fields, "fallbackAt");
  record.fallback_source = fields.optional_text("fallbackSource");
  if (const auto metered = fields.optional_whole("meteredSeconds")) record.metered_seconds = narrowed(fields, *metered);
  record.cost = read_cost(fields);
  record.twilio = read_twilio(fields);
  record.heard = read_answered_by(fields);
  record.cut_off = read_hang_up(fields);
  record.account.value = fields.optional_text("accountSid");
  record.node = fields.optional_text("node");
  record.build = fields.optional_text("build");
  return record;
}

}  // namespace tonris::model::record_json
