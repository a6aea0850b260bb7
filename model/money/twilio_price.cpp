#include "model/money/twilio_price.hpp"

#include <charconv>
#include <utility>

#include "model/json/exact.hpp"
#include "model/json/lookup.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_values = 20'000;

std::optional<std::string_view> text_in(const rapidjson::Value& object, std::string_view name) {
  const auto* const value = find_field(object, name);
  if (value == nullptr || !value->IsString()) return std::nullopt;
  return text_of(*value);
}

/// A number as a text; null, "" and anything else is none.
std::optional<std::uint32_t> whole_in(const rapidjson::Value& object, std::string_view name) {
  const auto text = text_in(object, name).value_or(std::string_view{});
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

decoded<std::string> sid_in(const rapidjson::Value& object, std::string_view prefix) {
  const auto sid = text_in(object, "sid");
  if (!sid) return tl::unexpected(codec_errc::missing_field);
  if (!is_sid(*sid, prefix)) return tl::unexpected(codec_errc::bad_field);
  return std::string{*sid};
}

decoded<std::optional<money>> cost_in(const rapidjson::Value& object) {
  const auto* const price = find_field(object, "price");
  if (price != nullptr && !price->IsString()) return tl::unexpected(codec_errc::bad_field);
  return twilio_charge(text_in(object, "price"), text_in(object, "price_unit"));
}

decoded<twilio_call_price> read_call(const rapidjson::Value& object) {
  auto sid = sid_in(object, "CA");
  if (!sid) return tl::unexpected(sid.error());
  const auto cost = cost_in(object);
  if (!cost) return tl::unexpected(cost.error());
  return twilio_call_price{{std::move(*sid)},
                           *cost,
                           twilio::parse_call_status(text_in(object, "status").value_or(std::string_view{})),
                           whole_in(object, "duration")};
}

}  // namespace

decoded<std::optional<money>> twilio_charge(std::optional<std::string_view> price,
                                            std::optional<std::string_view> unit) {
  if (!price || price->empty()) return std::optional<money>{};
  const auto amount = parse_micros(*price);
  if (!amount) return tl::unexpected(codec_errc::bad_field);
  if (!unit || unit->empty()) return tl::unexpected(codec_errc::missing_field);
  const auto in = currency::parse(*unit);
  if (!in) return tl::unexpected(codec_errc::bad_field);
  return std::optional{money{-*amount, *in}};
}

std::string twilio_call_target(const account_sid& account, const call_sid& call) {
  return "/2010-04-01/Accounts/" + account.value + "/Calls/" + call.value + ".json";
}

decoded<twilio_call_price> parse_twilio_call_price(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_exact_object(body, {.bytes = max_twilio_call_bytes, .values = max_values}, document);
      !parsed)
    return tl::unexpected(parsed.error());
  return read_call(document);
}

std::string twilio_legs_target(const account_sid& account, const call_sid& call) {
  return "/2010-04-01/Accounts/" + account.value + "/Calls.json?ParentCallSid=" + call.value + "&PageSize=50";
}

decoded<std::vector<twilio_call_price>> parse_twilio_legs(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_exact_object(body, {.bytes = max_twilio_legs_bytes, .values = max_values}, document);
      !parsed)
    return tl::unexpected(parsed.error());
  const auto* const list = find_field(document, "calls");
  if (list == nullptr) return tl::unexpected(codec_errc::missing_field);
  if (!list->IsArray()) return tl::unexpected(codec_errc::bad_field);
  std::vector<twilio_call_price> legs;
  for (const auto& item : list->GetArray()) {
    if (!item.IsObject()) return tl::unexpected(codec_errc::bad_field);
    auto leg = read_call(item);
    if (!leg) return tl::unexpected(leg.error());
    legs.push_back(std::move(*leg));
  }
  return legs;
}

decoded<twilio_recording_price> parse_twilio_recording_price(std::string_view body) {
  constexpr std::size_t longest_status = 40;
  rapidjson::Document document;
  if (const auto parsed = parse_exact_object(body, {.bytes = max_twilio_call_bytes, .values = max_values}, document);
      !parsed)
    return tl::unexpected(parsed.error());
  const auto sid = sid_in(document, "RE");
  if (!sid) return tl::unexpected(sid.error());
  const auto cost = cost_in(document);
  if (!cost) return tl::unexpected(cost.error());
  const auto status = text_in(document, "status").value_or(std::string_view{});
  if (status.size() > longest_status) return tl::unexpected(codec_errc::bad_field);
  return twilio_recording_price{*sid, *cost, std::string{status}, whole_in(document, "duration")};
}

}  // namespace tonris::model
