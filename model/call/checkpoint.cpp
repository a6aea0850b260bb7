#include "model/call/checkpoint.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "model/call/record_json.hpp"
#include "model/json/plain_values.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_bytes = 1024 * 1024;
constexpr json_limits limits{.bytes = max_bytes, .values = 300'000};
constexpr std::uint64_t version = 1;

using record_json::read_count;

void put_transfer(json_writer& out, const call_checkpoint& c) {
  if (!c.transfer) return;
  out.open_object("transfer");
  out.member("number", c.transfer->number);
  out.member("reason", c.transfer->reason);
  out.member("failed", c.transfer->failed);
  if (c.transfer->by_operator) out.member("byOperator", true);
  out.close_object();
}

std::optional<call_checkpoint::transfer_state> read_transfer(field_reader& fields) {
  const auto* const object = fields.optional_object("transfer");
  if (object == nullptr) return std::nullopt;
  field_reader t(*object);
  call_checkpoint::transfer_state state{std::string(t.text("number")), std::string(t.optional_text("reason")),
                                        t.optional_flag("failed", false), t.optional_flag("byOperator", false)};
  if (t.mistake()) fields.refuse(*t.mistake());
  return state;
}

std::string encoded(const call_checkpoint& c, std::size_t skip_lines) {
  std::string json;
  json_writer out(json);
  out.open_object();
  out.member("v", version);
  out.key("record");
  record_json::write(out, c.record, {.event_ids = true, .skip_lines = skip_lines});
  out.member("accountSid", c.account.value);
  out.member("callerName", c.caller_name);
  if (c.current_ticket) {
    out.open_object("ticket");
    out.member("id", c.current_ticket->id.value);
    out.member("used", c.current_ticket->used);
    out.close_object();
  }
  out.member("newStreams", c.new_streams);
  out.member("sealedKeys", c.sealed_keys);
  out.member("fallback", to_string(c.fallback));
  record_json::put(out, "savedAt", c.saved);
  out.member("fromTenant", c.from_tenant);
  if (!c.next_agents.empty()) {
    out.open_list("nextAgents");
    for (const auto& agent : c.next_agents) out.value(agent.value);
    out.close_list();
  }
  out.member("agentSaidGoodbye", c.agent_said_goodbye);
  put_transfer(out, c);
  put_values(out, "variables", c.variables);
  out.member("returns", c.returns);
  record_json::put(out, "returnedAt", c.returned);
  out.close_object();
  return json;
}

std::optional<call_checkpoint::ticket_state> read_ticket(field_reader& fields) {
  const auto* const object = fields.optional_object("ticket");
  if (object == nullptr) return std::nullopt;
  field_reader t(*object);
  call_checkpoint::ticket_state state{{std::string(t.text("id"))}, {}, false};
  // A ticket that does not say it is unused counts as used.
  state.used = t.optional_flag("used", true);
  if (t.mistake()) fields.refuse(*t.mistake());
  return state;
}

std::vector<agent_id> read_agents(field_reader& fields) {
  std::vector<agent_id> agents;
  const auto* const list = fields.optional_list("nextAgents");
  if (list == nullptr) return agents;
  for (const auto& agent : list->GetArray()) {
    if (!agent.IsString()) {
      fields.refuse(codec_errc::bad_field);
      break;
    }
    agents.push_back({std::string{text_of(agent)}});
  }
  return agents;
}

call_record read_record(field_reader& fields) {
  const auto* const object = fields.optional_object("record");
  if (object == nullptr) {
    fields.refuse(codec_errc::missing_field);
    return {};
  }
  field_reader record(*object);
  auto read = record_json::read(record);
  if (record.mistake()) fields.refuse(*record.mistake());
  return read;
}

}  // namespace

call_sid lease_of(const call_checkpoint& c) {
  if (c.returns == 0) return c.record.call;
  return {c.record.call.value + "~" + std::to_string(c.returns)};
}

std::chrono::seconds held_for(const call_checkpoint& c, call_record::time at) {
  const auto since = c.returned.value_or(c.record.started);
  return std::max(std::chrono::ceil<std::chrono::seconds>(at - since), std::chrono::seconds{0});
}

std::chrono::seconds metered(const call_checkpoint& c, call_record::time at) {
  return std::chrono::seconds{c.record.metered_seconds} + held_for(c, at);
}

call_sid call_of(const call_sid& lease) {
  return {lease.value.substr(0, lease.value.find('~'))};
}

std::string to_json(const call_checkpoint& c) {
  const auto lines = c.record.transcript.size();
  std::size_t skipped = 0;
  auto json = encoded(c, skipped);
  // Half of the lines that are left at a time: it has to be short, not exact.
  while (json.size() > max_bytes && skipped < lines) {
    skipped += (lines - skipped + 1) / 2;
    json = encoded(c, skipped);
  }
  return json;
}

decoded<call_checkpoint> parse_checkpoint(std::string_view json) {
  rapidjson::Document document;
  const auto parsed = parse_object(json, limits, document);
  if (!parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  if (fields.whole("v") != static_cast<std::int64_t>(version)) fields.refuse(codec_errc::bad_field);
  call_checkpoint c;
  c.record = read_record(fields);
  c.account.value = fields.text("accountSid");
  c.caller_name = fields.text("callerName");
  c.current_ticket = read_ticket(fields);
  c.new_streams = read_count(fields, "newStreams");
  c.sealed_keys = fields.optional_text("sealedKeys");
  const auto step = parse_fallback_step(fields.text("fallback"));
  if (!step) fields.refuse(codec_errc::bad_field);
  c.fallback = step.value_or(fallback_step::over);
  if (fields.has("savedAt")) c.saved = record_json::read_time(fields, "savedAt");
  c.from_tenant = fields.optional_flag("fromTenant", false);
  c.next_agents = read_agents(fields);
  c.agent_said_goodbye = fields.optional_flag("agentSaidGoodbye", false);
  c.transfer = read_transfer(fields);
  c.variables = read_values(fields, "variables");
  if (fields.has("returns")) c.returns = read_count(fields, "returns");
  if (fields.has("returnedAt")) c.returned = record_json::read_time(fields, "returnedAt");
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return c;
}

}  // namespace tonris::model
