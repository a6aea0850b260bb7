#include "model/twilio/recording.hpp"

#include <rapidjson/document.h>
#include <algorithm>

#include "model/json/lookup.hpp"
#include "model/twilio/number.hpp"

namespace tonris::model::twilio {

namespace {

constexpr json_limits limits{1024 * 1024};
constexpr std::size_t longest_sid = 64, longest_status = 40;

decoded<call_recording> read(const rapidjson::Value& object) {
  if (!object.IsObject()) return tl::unexpected(codec_errc::bad_field);
  field_reader fields{object};
  call_recording one{std::string{fields.text("sid")}, std::string{fields.text("status")}};
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  if (!one.sid.starts_with("RE") || one.sid.size() > longest_sid || one.status.size() > longest_status)
    return tl::unexpected(codec_errc::bad_field);
  return one;
}

std::string account_path(const account_sid& account) {
  return "/2010-04-01/Accounts/" + account.value;
}

}  // namespace

decoded<std::vector<call_recording>> decode_recordings(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(body, limits, document); !parsed) return tl::unexpected(parsed.error());
  const auto* const list = find_field(document, "recordings");
  if (list == nullptr) return tl::unexpected(codec_errc::missing_field);
  if (!list->IsArray()) return tl::unexpected(codec_errc::bad_field);
  std::vector<call_recording> all;
  for (const auto& item : list->GetArray()) {
    auto one = read(item);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

decoded<call_recording> decode_recording(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(body, limits, document); !parsed) return tl::unexpected(parsed.error());
  return read(document);
}

std::optional<call_recording> open_one(const std::vector<call_recording>& of_a_call) {
  const auto found = std::ranges::find_if(of_a_call, &call_recording::is_open);
  return found == of_a_call.end() ? std::nullopt : std::optional{*found};
}

std::string recordings_target(const account_sid& account, const call_sid& call) {
  return account_path(account) + "/Calls/" + call.value + "/Recordings.json";
}

std::string recording_target(const account_sid& account, const call_sid& call, std::string_view sid) {
  return account_path(account) + "/Calls/" + call.value + "/Recordings/" + std::string{sid} + ".json";
}

std::string kept_recording_target(const account_sid& account, std::string_view sid) {
  return account_path(account) + "/Recordings/" + std::string{sid} + ".json";
}

std::string start_recording_form(std::string_view callback, bool dual) {
  form fields{{"RecordingChannels", dual ? "dual" : "mono"},
              {"RecordingStatusCallback", std::string{callback}},
              {"RecordingStatusCallbackMethod", "POST"}};
  for (const auto* event : {"in-progress", "completed", "absent"})
    fields.emplace_back("RecordingStatusCallbackEvent", event);
  return form_body(fields);
}

std::string recording_status_form(std::string_view status) {
  form fields{{"Status", std::string{status}}};
  if (status == "paused") fields.emplace_back("PauseBehavior", "silence");
  return form_body(fields);
}

}  // namespace tonris::model::twilio
