#include "model/tenant/read_outbound.hpp"

#include "model/tenant/read_numbers.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace rules = tenant_rules;

std::optional<tenant::outbound_type> read_outbound(json_fields& settings, json_mistakes& mistakes) {
  tenant::outbound_type outbound;
  const bool there = settings.object("outbound", [&](json_fields& fields) {
    outbound.enabled = fields.flag("enabled").value_or(false);
    const auto before = mistakes.size();
    outbound.allowed = read_prefixes(fields, "allowed", rules::max_outbound_prefixes, mistakes);
    if (outbound.enabled && outbound.allowed.empty() && mistakes.size() == before)
      fields.refuse("allowed", "must name the beginnings of numbers that may be called, such as +1");
    outbound.per_minute = fields.whole("perMinute", 1, rules::max_dials_a_minute).value_or(outbound.per_minute);
    outbound.per_day = fields.whole("perDay", 1, rules::max_dials_a_day).value_or(outbound.per_day);
    fields.object("quietHours", [&](json_fields& hours) {
      auto& quiet = outbound.quiet_hours.emplace();
      quiet.from = hours.required_text("from", rules::opens);
      quiet.to = hours.required_text("to", rules::closes);
      if (!quiet.from.empty() && quiet.from == quiet.to) hours.refuse("to", "must differ from from");
    });
    if (const auto what = fields.text("machine", rules::machine))
      outbound.machine = rules::machine_of(*what).value_or(outbound.machine);
  });
  if (!there) return std::nullopt;
  return outbound;
}

void put_outbound(json_writer& out, const std::optional<tenant::outbound_type>& outbound) {
  if (!outbound) return;
  out.open_object("outbound");
  out.member("enabled", outbound->enabled);
  put_numbers(out, "allowed", outbound->allowed);
  out.member("perMinute", outbound->per_minute);
  out.member("perDay", outbound->per_day);
  if (outbound->quiet_hours) {
    out.open_object("quietHours");
    out.member("from", outbound->quiet_hours->from);
    out.member("to", outbound->quiet_hours->to);
    out.close_object();
  }
  out.member("machine", to_string(outbound->machine));
  out.close_object();
}

std::string_view to_string(tenant::outbound_type::machine_type what) noexcept {
  switch (what) {
    case tenant::outbound_type::machine_type::off: return "off";
    case tenant::outbound_type::machine_type::hang_up: return "hang-up";
    case tenant::outbound_type::machine_type::go_on: return "continue";
  }
  return "off";
}

}  // namespace tonris::model
