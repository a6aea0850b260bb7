#include "model/usage/rates.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "model/json/fields.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

constexpr std::int64_t minute = 60;
constexpr double dearest = 1000;      // dollars a minute, or a call
constexpr double dearest_credit = 1;  // dollars

constexpr std::int64_t begun(std::int64_t of, std::int64_t size) noexcept {
  return (of + size - 1) / size;
}

std::optional<std::chrono::sys_days> day_in(std::string_view text) {
  const auto at = parse_iso_time(std::string{text} + "T00:00:00.000Z");
  if (!at) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*at);
}

bool is_day(std::string_view text) {
  return day_in(text).has_value();
}

const text_rule day{10, 10, is_day, "a day, such as 2026-11-22"};
const text_rule source{1, 2000, nullptr, "where these rates are from"};

std::optional<microdollars> price_if_any(json_fields& fields, std::string_view key) {
  const auto dollars = fields.number(key, 0, dearest);
  return dollars ? std::optional<microdollars>{std::llround(*dollars * 1e6)} : std::nullopt;
}

microdollars price(json_fields& fields, std::string_view key) {
  const auto dollars = price_if_any(fields, key);
  if (!dollars) fields.refuse(key, "must be there");
  return dollars.value_or(0);
}

/// The code of a currency that is not ours, by its form.
bool is_other_currency(std::string_view code) {
  return code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; }) && code != "USD";
}

/// {"EUR":1.25}: what one unit is worth in US dollars.
auto exchange_in(json_fields& fields, json_mistakes& mistakes) {
  constexpr double least = 1e-6, most = 1e6;
  decltype(usage_rates::exchange) rates;
  fields.map("exchange", rate_card::max_currencies,
             [&](std::string_view code, const rapidjson::Value& value, const std::string& path) {
               if (!is_other_currency(code))
                 return note(mistakes, path, "must be the code of another currency than USD, such as EUR");
               if (!value.IsNumber() || !(value.GetDouble() >= least && value.GetDouble() <= most))
                 return note(mistakes, path, "must be the US dollars that one unit is worth, from 0.000001 to 1000000");
               rates[std::string{code}] = value.GetDouble();
             });
  return rates;
}

std::string in_one_line(const json_mistakes& mistakes) {
  std::string line;
  for (const auto& one : mistakes) {
    line.append(line.empty() ? "" : "; ").append(one.path);
    line.append(one.path.empty() ? "" : " ").append(one.message);
  }
  return line;
}

}  // namespace

microdollars cost_of(const usage_rates& rates, std::int64_t seconds, dialled_by who) noexcept {
  if (seconds <= 0) return 0;
  const auto connection = who == dialled_by::business ? rates.outbound_per_minute : rates.twilio_per_minute;
  return begun(seconds, minute) * (connection + rates.stream_per_minute) +
         begun(seconds * rates.elevenlabs_per_minute, minute);
}

microdollars cost_of_begun_minutes(microdollars per_minute, std::int64_t seconds) noexcept {
  return std::max<std::int64_t>(begun(seconds, minute), 1) * per_minute;
}

tl::expected<rate_card, std::string> rate_card::parse(std::string_view json) {
  json_mistakes mistakes;
  rapidjson::Document document;
  if (!parse_document(json, max_bytes, document, mistakes)) return tl::unexpected(in_one_line(mistakes));
  std::vector<usage_rates> rates;
  json_fields all(document, {}, mistakes);
  all.list("rates", max_rates, [&](const rapidjson::Value& value, const std::string& path) {
    json_fields fields(value, path, mistakes);
    usage_rates one;
    one.from = day_in(fields.required_text("from", day)).value_or(std::chrono::sys_days{});
    one.twilio_per_minute = price(fields, "twilioPerMinute");
    one.stream_per_minute = price(fields, "mediaStreamPerMinute");
    one.elevenlabs_per_minute = price(fields, "elevenLabsPerMinute");
    one.outbound_per_minute = price(fields, "outboundPerMinute");
    one.recording_per_minute = price(fields, "recordingPerMinute");
    one.machine_detection_per_call = price_if_any(fields, "machineDetectionPerCall");
    one.per_credit = fields.number("creditPrice", 0, dearest_credit);
    one.exchange = exchange_in(fields, mistakes);
    (void)fields.required_text("source", source);
    fields.refuse_unknown();
    const auto same_day = [&](const usage_rates& other) { return other.from == one.from; };
    if (std::any_of(rates.begin(), rates.end(), same_day)) fields.refuse("from", "must be another day than the others");
    rates.push_back(std::move(one));
  });
  all.refuse_unknown();
  if (rates.empty() && mistakes.empty()) all.refuse("rates", "must hold at least one");
  if (!mistakes.empty()) return tl::unexpected(in_one_line(mistakes));
  std::sort(rates.begin(), rates.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  return rate_card(std::move(rates));
}

rate_card rate_card::standard() {
  using namespace std::chrono;
  return rate_card({{sys_days{2025y / February / 1}, 8'500, 4'000, 100'000, 14'000, 2'500, 7'500}});
}

const usage_rates& rate_card::at(std::chrono::system_clock::time_point when) const noexcept {
  const auto later = std::upper_bound(rates_.begin(), rates_.end(), when,
                                      [](const auto& time, const usage_rates& one) { return time < one.from; });
  return later == rates_.begin() ? rates_.front() : *std::prev(later);
}

}  // namespace tonris::model
