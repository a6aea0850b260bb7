#include "model/call/record.hpp"

#include "model/call/record_json.hpp"
#include "model/phone/number.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

namespace {

constexpr json_limits limits{.bytes = 4 * 1024 * 1024, .values = 500'000};

}  // namespace

std::string_view to_string(call_record::transfer::outcome_type outcome) noexcept {
  using enum call_record::transfer::outcome_type;
  switch (outcome) {
    case ringing: return "ringing";
    case answered: return "answered";
    case not_answered: return "not_answered";
    case failed: return "failed";
  }
  return "failed";
}

const std::string& person_of(const call_record& record) noexcept {
  return twilio::is_outbound(record.direction) ? record.to : record.from;
}

const std::string& business_of(const call_record& record) noexcept {
  return twilio::is_outbound(record.direction) ? record.from : record.to;
}

std::string shown_called(std::string_view direction, std::string_view to) {
  return direction.starts_with("outbound") ? redacted(to) : std::string{to};
}

std::string to_json(const call_record& record) {
  std::string json;
  json_writer out(json);
  record_json::write(out, record, {});
  return json;
}

decoded<call_record> parse_call_record(std::string_view json) {
  rapidjson::Document document;
  const auto parsed = parse_object(json, limits, document);
  if (!parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  auto record = record_json::read(fields);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return record;
}

}  // namespace tonris::model
