#include "model/money/call_cost.hpp"

#include <algorithm>
#include <tuple>

#include "model/money/call_cost_json.hpp"
#include "model/money/cost_parts.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t source_count = static_cast<std::size_t>(cost_source::vendor) + 1;

/// What counts more, first.
auto weight_of(const cost_part& part) noexcept {
  return std::tuple{part.source == cost_source::vendor, part.is_final, part.at};
}

cost_part read_fields(field_reader& fields) {
  const auto amount = micros_of(fields.number("amount"));
  const auto in = currency::parse(fields.text("currency"));
  const auto source = find_named<cost_source>(fields.text("source"), source_count);
  const auto at = parse_iso_time(fields.text("at"));
  const bool is_final = fields.optional_flag("final", false);
  const auto dollars = fields.has("dollars") ? micros_of(fields.number("dollars")) : std::nullopt;
  const bool is_in_bounds = amount && *amount >= -most_of_a_part && *amount <= most_of_a_part;
  if (!is_in_bounds || !in || !source || !at) {
    fields.refuse(codec_errc::bad_field);
    return {};
  }
  return {{*amount, *in}, is_final, *source, *at, dollars};
}

}  // namespace

std::string_view to_string(cost_source source) noexcept {
  switch (source) {
    case cost_source::estimate: return "estimate";
    case cost_source::vendor: return "vendor";
  }
  return "estimate";
}

std::optional<micros> in_dollars(const cost_part& part) noexcept {
  const bool is_in_dollars = part.amount.in == us_dollars || part.amount.amount == 0;
  return is_in_dollars ? part.amount.amount : part.dollars;
}

std::optional<micros> total(const call_cost& cost) noexcept {
  if (std::ranges::none_of(cost_parts, [&](const auto& one) { return (cost.*one.part).has_value(); }))
    return std::nullopt;
  const auto all = sum_in_dollars(cost);
  return all.is_all ? std::optional{all.amount} : std::nullopt;
}

dollar_sum sum_in_dollars(const call_cost& cost) noexcept {
  dollar_sum all;
  for (const auto& one : cost_parts) {
    const auto& part = cost.*one.part;
    if (!part) continue;
    const auto dollars = in_dollars(*part);
    all.is_all = all.is_all && dollars;
    all.amount = saturated_sum(all.amount, dollars.value_or(0));
  }
  return all;
}

bool take(std::optional<cost_part>& known, const cost_part& told) {
  if (known && weight_of(told) <= weight_of(*known)) return false;
  known = told;
  return true;
}

call_cost estimate_of_refusal(const rate_card& rates, std::chrono::system_clock::time_point started,
                              std::chrono::system_clock::time_point at, dialled_by who) {
  const auto& then = rates.at(started);
  const auto minute = who == dialled_by::business ? then.outbound_per_minute : then.twilio_per_minute;
  return {cost_part{{minute, us_dollars}, false, cost_source::estimate, at}, std::nullopt, std::nullopt};
}

call_cost estimate(const rate_card& rates, std::chrono::system_clock::time_point started, std::int64_t seconds,
                   std::chrono::system_clock::time_point at, dialled_by who) {
  auto twilio = rates.at(started), elevenlabs = twilio;
  twilio.elevenlabs_per_minute = twilio.stream_per_minute = 0;
  elevenlabs.twilio_per_minute = elevenlabs.outbound_per_minute = elevenlabs.stream_per_minute = 0;
  const auto part = [&](const usage_rates& of) {
    return cost_part{{cost_of(of, seconds, who), us_dollars}, false, cost_source::estimate, at};
  };
  return {part(twilio), part(elevenlabs), std::nullopt};
}

void call_cost_json::put(json_writer& out, std::string_view name, const std::optional<cost_part>& part) {
  if (!part) return;
  out.open_object(name);
  out.key("amount");
  out.json(to_decimal(part->amount.amount));
  out.member("currency", part->amount.in.code());
  if (part->dollars) {
    out.key("dollars");
    out.json(to_decimal(*part->dollars));
  }
  out.member("final", part->is_final);
  out.member("source", to_string(part->source));
  out.member("at", iso_time(part->at));
  out.close_object();
}

std::optional<cost_part> call_cost_json::read_part(field_reader& fields, std::string_view name) {
  const auto* const object = fields.optional_object(name);
  if (object == nullptr) return std::nullopt;
  field_reader part(*object);
  const auto read = read_fields(part);
  if (part.mistake()) fields.refuse(*part.mistake());
  return read;
}

void call_cost_json::write(json_writer& out, const call_cost& cost) {
  out.open_object();
  for (const auto& one : cost_parts) put(out, one.name, cost.*one.part);
  if (const auto all = total(cost)) {
    out.key("total");
    out.json(to_decimal(*all));
  }
  out.close_object();
}

call_cost call_cost_json::read(field_reader& fields) {
  call_cost cost;
  for (const auto& one : cost_parts) cost.*one.part = read_part(fields, one.name);
  return cost;
}

}  // namespace tonris::model
