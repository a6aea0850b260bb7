#include "model/call/timeline.hpp"

#include <array>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/iso_time.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_detail_bytes = 500;
constexpr json_limits limits{.bytes = 16 * 1024 * 1024, .values = 200'000};

constexpr std::array<std::string_view, call_moment_count> names{
    "webhook",         "refused",     "stream_opened", "stream_started", "stream_ended", "new_stream", "signed_url",
    "agent_connected", "agent_ready", "agent_ended",   "agent_restart",  "agent_queue",  "agent_said", "caller_said",
    "interrupted",     "key_pressed", "hold_tone",     "length_warning", "rehearsal",    "crashed",    "resumed",
    "handed_over",     "tool",        "transfer",      "fallback",       "voicemail",    "recording",  "ended",
};

timeline_event read_event(const call_sid& call, field_reader& fields) {
  const auto at = parse_iso_time(fields.text("at"));
  const auto what = parse_call_moment(fields.text("what"));
  if (!at || !what) fields.refuse(codec_errc::bad_field);
  return {call, at.value_or(std::chrono::system_clock::time_point{}), what.value_or(call_moment::ended),
          std::string(utf8_prefix(fields.optional_text("detail"), max_detail_bytes))};
}

}  // namespace

std::string_view to_string(call_moment m) noexcept {
  return names[static_cast<std::size_t>(m) % call_moment_count];
}

std::optional<call_moment> parse_call_moment(std::string_view text) noexcept {
  return find_named<call_moment>(text, call_moment_count);
}

std::string to_json(const std::vector<timeline_event>& events) {
  std::string json;
  json_writer out(json);
  out.open_list();
  for (const auto& e : events) {
    out.open_object();
    out.member("at", iso_time(e.at));
    out.member("what", to_string(e.what));
    if (!e.detail.empty()) out.member("detail", utf8_prefix(e.detail, max_detail_bytes));
    out.close_object();
  }
  out.close_list();
  return json;
}

decoded<std::vector<timeline_event>> parse_events(const call_sid& call, std::string_view json) {
  rapidjson::Document document;
  const auto parsed = parse_list(json, limits, document);
  if (!parsed) return tl::unexpected(parsed.error());
  std::vector<timeline_event> events;
  events.reserve(document.Size());
  for (const auto& value : document.GetArray()) {
    if (!value.IsObject()) return tl::unexpected(codec_errc::bad_field);
    field_reader fields(value);
    events.push_back(read_event(call, fields));
    if (fields.mistake()) return tl::unexpected(*fields.mistake());
  }
  return events;
}

}  // namespace tonris::model
