#include "model/twilio/placed_call.hpp"

#include <utility>

#include "model/json/lookup.hpp"
#include "model/text/percent.hpp"
#include "model/twilio/rest_time.hpp"

namespace tonris::model::twilio {

namespace {

constexpr std::size_t max_bytes = 4 * 1024 * 1024;

decoded<listed_call> call_in(const rapidjson::Value& object) {
  field_reader fields{object};
  listed_call call;
  call.sid.value = fields.text("sid");
  call.to = fields.optional_text("to");
  call.from = fields.optional_text("from");
  call.direction = fields.optional_text("direction");
  call.created = parse_rest_time(fields.optional_text("date_created"));
  if (!is_sid(call.sid.value, "CA")) fields.refuse(codec_errc::bad_field);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return call;
}

}  // namespace

form order_form(const call_order& order) {
  form fields{{"To", order.to},
              {"From", order.from},
              {"Url", order.url},
              {"Method", "POST"},
              {"StatusCallback", order.status_callback},
              {"StatusCallbackMethod", "POST"}};
  // A name that is repeated: as one value Twilio ignores them.
  for (const auto* event : {"initiated", "ringing", "answered", "completed"})
    fields.emplace_back("StatusCallbackEvent", event);
  fields.emplace_back("Timeout", std::to_string(order.ring_seconds));
  if (order.machine_callback.empty()) return fields;
  // Else whoever answers would hear nothing until Twilio has made up its mind.
  fields.emplace_back("MachineDetection", "Enable");
  fields.emplace_back("AsyncAmd", "true");
  fields.emplace_back("AsyncAmdStatusCallback", order.machine_callback);
  fields.emplace_back("AsyncAmdStatusCallbackMethod", "POST");
  return fields;
}

std::string calls_target(const account_sid& account) {
  return "/2010-04-01/Accounts/" + percent_encoded(account.value) + "/Calls.json";
}

/// No filter by StartTime: a call that only rings has none yet.
std::string calls_between_target(const account_sid& account, std::string_view from, std::string_view to) {
  return calls_target(account) + "?To=" + percent_encoded(to) + "&From=" + percent_encoded(from) + "&PageSize=20";
}

decoded<listed_call> decode_call(std::string_view body) {
  rapidjson::Document document;
  if (auto parsed = parse_object(body, {.bytes = max_bytes}, document); !parsed) return tl::unexpected(parsed.error());
  return call_in(document);
}

decoded<std::vector<listed_call>> decode_calls(std::string_view body) {
  rapidjson::Document document;
  if (auto parsed = parse_object(body, {.bytes = max_bytes}, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields{document};
  const auto* const list = fields.optional_list("calls");
  if (list == nullptr) return tl::unexpected(fields.mistake().value_or(codec_errc::missing_field));
  std::vector<listed_call> calls;
  for (const auto& item : list->GetArray()) {
    if (!item.IsObject()) return tl::unexpected(codec_errc::bad_field);
    auto call = call_in(item);
    if (!call) return tl::unexpected(call.error());
    calls.push_back(*std::move(call));
  }
  return calls;
}

std::string_view to_string(answered_by by) noexcept {
  switch (by) {
    case answered_by::human: return "human";
    case answered_by::machine: return "machine";
    case answered_by::fax: return "fax";
    case answered_by::unknown: break;
  }
  return "unknown";
}

answered_by parse_answered_by(std::string_view text) noexcept {
  if (text == "human") return answered_by::human;
  if (text.starts_with("machine_")) return answered_by::machine;
  return text == "fax" ? answered_by::fax : answered_by::unknown;
}

}  // namespace tonris::model::twilio
