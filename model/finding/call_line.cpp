#include "model/finding/call_line.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "model/finding/other_party.hpp"
#include "model/json/lookup.hpp"
#include "model/text/csv.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/iso_time.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_line_bytes = 64 * 1024;
constexpr double most_seconds = 1e9;

/// Of the times as they are written: a record that was stored says the same.
std::optional<milliseconds> length_of(const call_record& record) noexcept {
  if (!record.answered || !record.ended) return std::nullopt;
  return std::chrono::floor<milliseconds>(*record.ended) - std::chrono::floor<milliseconds>(*record.answered);
}

bool was_put_through(const call_record& record) noexcept {
  const auto is_answered = [](const call_record::transfer& one) {
    return one.outcome == call_record::transfer::outcome_type::answered;
  };
  return record.fallback == "transferred" || std::any_of(record.transfers.begin(), record.transfers.end(), is_answered);
}

std::string seconds_in(milliseconds length) {
  return to_decimal(length.count() * 1000);
}

// --- CSV

/// Fields of one line.
class csv_fields {
 public:
  void text(std::string_view value) {
    begin();
    append_csv_text(value, out_);
  }
  /// What this program wrote itself, a number or a time.
  void plain(std::string_view value) {
    begin();
    out_ += value;
  }
  void time(const std::optional<call_line::time>& at) { plain(at ? iso_time(*at) : std::string{}); }
  [[nodiscard]] std::string line() && { return out_.append(csv_line_end); }

 private:
  void begin() {
    if (!is_first_) out_ += ',';
    is_first_ = false;
  }

  std::string out_;
  bool is_first_ = true;
};

// --- the table

struct column {
  std::string_view title;
  std::size_t width;
};
constexpr std::array columns{column{"STARTED (UTC)", 19}, column{"CALL", 34}, column{"TENANT", 16}, column{"", 3},
                             column{"FROM", 16},          column{"TO", 16},   column{"AGENT", 20},  column{"END", 20},
                             column{"LENGTH", 8},         column{"", 40}};
constexpr std::string_view gap = "  ";

/// Exactly as many characters as the column is wide, whatever is in the text.
void append_cell(std::string_view text, std::size_t width, std::string& out) {
  std::string cell;
  std::size_t characters = 0, one_less = 0;  // one_less: bytes without the last character that has room
  while (!text.empty() && characters <= width) {
    const auto length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (characters + 1 == width) one_less = cell.size();
    if (length == 0)
      cell += '?';
    else if (byte < 0x20 || byte == 0x7F)
      cell += ' ';
    else
      cell += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
    ++characters;
  }
  if (characters > width) {
    cell.resize(one_less);
    cell += "…";
    characters = width;
  }
  out.append(cell).append(width - characters, ' ');
}

std::string row_of(const std::array<std::string, columns.size()>& cells) {
  std::string row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) row += gap;
    append_cell(cells[i], columns[i].width, row);
  }
  return row;
}

/// "2026-11-22 10:00:00"
std::string second_of(call_line::time at) {
  auto text = iso_time(at).substr(0, 19);
  text[10] = ' ';
  return text;
}

/// "1:01", "1:00:01"
std::string clock_of(milliseconds length) {
  const auto seconds = length.count() / 1000;
  char text[48];
  if (seconds < 3600)
    std::snprintf(text, sizeof text, "%d:%02d", static_cast<int>(seconds / 60), static_cast<int>(seconds % 60));
  else
    std::snprintf(text, sizeof text, "%lld:%02d:%02d", static_cast<long long>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return text;
}

std::string right(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void remark(std::string_view what, std::string& remarks) {
  remarks.append(remarks.empty() ? "" : ", ").append(what);
}

std::string remarks_on(const call_line& line) {
  std::string remarks;
  if (line.troubled) remark(std::string{"troubled: "}.append(to_string(*line.troubled)), remarks);
  if (line.restarts > 0)
    remark(std::to_string(line.restarts) + (line.restarts == 1 ? " restart" : " restarts"), remarks);
  if (line.transferred) remark("put through", remarks);
  if (line.voicemails > 0) remark("voicemail", remarks);
  return remarks;
}

}  // namespace

call_line call_line_of(const call_record& record, bool whole_numbers) {
  call_line line;
  line.call = record.call;
  line.tenant = record.tenant;
  line.direction = record.direction;
  line.from = whole_numbers ? record.from : shown_calling(record.direction, record.from);
  line.to = whole_numbers ? record.to : shown_called(record.direction, record.to);
  line.agent = record.agent;
  line.variant = record.variant.empty() ? record.agent.value : record.variant;
  line.state = record.state;
  line.started = record.started;
  line.answered = record.answered;
  line.ended = record.ended;
  line.length = length_of(record);
  line.reason = record.reason;
  if (record.troubled) line.troubled = record.troubled->reason;
  line.restarts = record.restarts;
  line.interruptions = record.interruptions;
  line.transferred = was_put_through(record);
  line.voicemails = record.voicemail.size();
  line.cost = total(record.cost);
  if (record.twilio) line.carrier_seconds = record.twilio->seconds;
  return line;
}

void write(json_writer& out, const call_line& line) {
  out.open_object();
  out.member("callSid", line.call.value);
  out.member("tenantId", line.tenant.value);
  out.member("direction", line.direction);
  out.member("from", line.from);
  out.member("to", line.to);
  out.member("agentId", line.agent.value);
  out.member("variant", line.variant);
  out.member("state", to_string(line.state));
  out.member("startedAt", iso_time(line.started));
  if (line.answered) out.member("answeredAt", iso_time(*line.answered));
  if (line.ended) out.member("endedAt", iso_time(*line.ended));
  if (line.length) {
    out.key("durationSeconds");
    out.json(seconds_in(*line.length));
  }
  if (line.reason) {
    out.member("endReason", to_string(*line.reason));
    out.member("endedBy", to_string(who(*line.reason)));
  }
  if (line.troubled) out.member("troubled", to_string(*line.troubled));
  out.member("restarts", line.restarts);
  out.member("interruptions", line.interruptions);
  out.member("transferred", line.transferred);
  out.member("voicemails", line.voicemails);
  if (line.cost) {
    out.key("cost");
    out.json(to_decimal(*line.cost));
  }
  out.member("carrierSeconds", line.carrier_seconds);
  out.close_object();
}

std::string to_json(const call_line& line) {
  std::string json;
  json_writer out(json);
  write(out, line);
  return json;
}

decoded<call_line> parse_call_line(std::string_view json) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(json, {max_line_bytes}, document); !parsed)
    return tl::unexpected(parsed.error());
  field_reader fields{document};
  call_line line;
  line.call.value = fields.text("callSid");
  line.tenant.value = fields.text("tenantId");
  line.direction = fields.text("direction");
  line.from = fields.text("from");
  line.to = fields.text("to");
  line.agent.value = fields.text("agentId");
  line.variant = fields.text("variant");
  const auto state = find_named<call_state>(fields.text("state"), call_state_count);
  const auto started = parse_iso_time(fields.text("startedAt"));
  if (!state || !started) fields.refuse(codec_errc::bad_field);
  line.state = state.value_or(call_state::ended);
  line.started = started.value_or(call_line::time{});
  line.answered = parse_iso_time(fields.optional_text("answeredAt"));
  line.ended = parse_iso_time(fields.optional_text("endedAt"));
  if (fields.has("durationSeconds"))
    line.length = milliseconds{std::llround(std::clamp(fields.number("durationSeconds"), 0.0, most_seconds) * 1000)};
  line.reason = find_named<end_reason>(fields.optional_text("endReason"), end_reason_count);
  line.troubled = find_named<end_reason>(fields.optional_text("troubled"), end_reason_count);
  line.restarts = static_cast<std::uint32_t>(fields.whole("restarts"));
  line.interruptions = static_cast<std::uint32_t>(fields.whole("interruptions"));
  line.transferred = fields.optional_flag("transferred", false);
  line.voicemails = static_cast<std::size_t>(fields.whole("voicemails"));
  if (fields.has("cost")) line.cost = micros_of(fields.number("cost"));
  if (fields.has("carrierSeconds")) line.carrier_seconds = static_cast<std::uint32_t>(fields.whole("carrierSeconds"));
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return line;
}

std::string_view csv_header() noexcept {
  return "callSid,tenantId,direction,from,to,agentId,variant,state,startedAt,answeredAt,endedAt,durationSeconds,"
         "endReason,endedBy,troubled,restarts,interruptions,transferred,voicemails,cost,carrierSeconds\r\n";
}

std::string to_csv(const call_line& line) {
  csv_fields fields;
  fields.text(line.call.value);
  fields.text(line.tenant.value);
  fields.text(line.direction);
  fields.text(line.from);
  fields.text(line.to);
  fields.text(line.agent.value);
  fields.text(line.variant);
  fields.plain(to_string(line.state));
  fields.time(line.started);
  fields.time(line.answered);
  fields.time(line.ended);
  fields.plain(line.length ? seconds_in(*line.length) : "");
  fields.plain(line.reason ? to_string(*line.reason) : "");
  fields.plain(line.reason ? to_string(who(*line.reason)) : "");
  fields.plain(line.troubled ? to_string(*line.troubled) : "");
  fields.plain(std::to_string(line.restarts));
  fields.plain(std::to_string(line.interruptions));
  fields.plain(line.transferred ? "true" : "false");
  fields.plain(std::to_string(line.voicemails));
  fields.plain(line.cost ? to_decimal(*line.cost) : "");
  fields.plain(line.carrier_seconds ? std::to_string(*line.carrier_seconds) : "");
  return std::move(fields).line();
}

std::string table_header() {
  std::array<std::string, columns.size()> titles;
  std::transform(columns.begin(), columns.end(), titles.begin(), [](const column& one) { return one.title; });
  return row_of(titles);
}

std::string to_table_row(const call_line& line) {
  constexpr std::size_t length_width = 8;
  return row_of({second_of(line.started), line.call.value, line.tenant.value,
                 twilio::is_outbound(line.direction) ? "out" : "in", line.from, line.to, line.variant,
                 std::string{line.reason ? to_string(*line.reason) : to_string(line.state)},
                 right(line.length ? clock_of(*line.length) : "", length_width), remarks_on(line)});
}

}  // namespace tonris::model
