#include "model/outbound/dial_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "model/json/lookup.hpp"
#include "model/json/plain_values.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

constexpr std::uint64_t version = 1;
constexpr std::size_t max_bytes = 128 * 1024;
constexpr std::array<std::string_view, 3> states{"asking", "placed", "unknown"};

using machine_type = tenant::outbound_type::machine_type;

std::optional<machine_type> read_machine(field_reader& fields, std::string_view name) {
  const auto text = fields.optional_text(name);
  if (text.empty()) return std::nullopt;
  const auto what = tenant_rules::machine_of(text);
  if (!what) fields.refuse(codec_errc::bad_field);
  return what;
}

dial::state_type read_state(field_reader& fields) {
  const auto text = fields.text("state");
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i] == text) return static_cast<dial::state_type>(i);
  fields.refuse(codec_errc::bad_field);
  return {};
}

/// Twilio's callback told it, and nobody else does.
std::optional<who_answered> read_heard(field_reader& fields) {
  const auto text = fields.optional_text("answeredBy");
  if (text.empty()) return std::nullopt;
  const auto by = find_named<twilio::answered_by>(text, twilio::answered_by_count);
  const auto at = parse_iso_time(fields.text("answeredByAt"));
  if (!by || !at) {
    fields.refuse(codec_errc::bad_field);
    return std::nullopt;
  }
  return who_answered{*by, carrier_progress::source_type::callback, *at};
}

void put_request(json_writer& out, const dial_request& asked) {
  out.member("tenant", asked.tenant.value);
  out.member("to", asked.to);
  out.member("from", asked.from);
  out.member("agent", asked.agent.value);
  put_values(out, "variables", asked.variables);
  if (asked.machine) out.member("machine", to_string(*asked.machine));
  out.member("id", asked.id);
}

dial_request read_request(field_reader& fields) {
  dial_request asked;
  asked.tenant.value = fields.text("tenant");
  asked.to = fields.text("to");
  asked.from = fields.text("from");
  asked.agent.value = fields.optional_text("agent");
  asked.variables = read_values(fields, "variables");
  asked.machine = read_machine(fields, "machine");
  asked.id = fields.optional_text("id");
  return asked;
}

}  // namespace

std::string to_json(const dial& one) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("v", version);
  out.open_object("asked");
  put_request(out, one.asked);
  out.close_object();
  out.member("ticket", one.shown_by.value);
  out.member("machine", to_string(one.machine));
  out.member("state", states.at(static_cast<std::size_t>(one.state)));
  out.member("callSid", one.call.value);
  out.member("beganAt", iso_time(one.began_at));
  if (one.heard) {
    out.member("answeredBy", to_string(one.heard->by));
    out.member("answeredByAt", iso_time(one.heard->at));
  }
  out.member("answered", one.answered);
  out.member("elsewhere", one.elsewhere);
  out.member("over", one.over);
  out.member("hungUp", one.hung_up);
  out.close_object();
  return json;
}

decoded<dial> parse_dial(std::string_view json) {
  rapidjson::Document document;
  if (auto parsed = parse_object(json, {.bytes = max_bytes}, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields{document};
  dial one;
  if (fields.whole("v") != version) fields.refuse(codec_errc::bad_field);
  if (const auto* const asked = fields.object("asked")) {
    field_reader request{*asked};
    one.asked = read_request(request);
    if (request.mistake()) fields.refuse(*request.mistake());
  }
  one.shown_by.value = fields.text("ticket");
  one.machine = read_machine(fields, "machine").value_or(machine_type{});
  one.state = read_state(fields);
  one.call.value = fields.optional_text("callSid");
  const auto began = parse_iso_time(fields.text("beganAt"));
  if (began)
    one.began_at = *began;
  else
    fields.refuse(codec_errc::bad_field);
  one.heard = read_heard(fields);
  one.answered = fields.optional_flag("answered", false);
  one.elsewhere = fields.optional_flag("elsewhere", false);
  one.over = fields.optional_flag("over", false);
  one.hung_up = fields.optional_flag("hungUp", false);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return one;
}

}  // namespace tonris::model
