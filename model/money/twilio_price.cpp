#include "model/money/twilio_price.hpp"

#include <charconv>

#include "model/json/lookup.hpp"

namespace tonris::model {

namespace {

constexpr unsigned exact_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
constexpr std::size_t max_values = 20'000;

/// One object whose numbers are their texts: nothing of a price goes through a double. The vendors write some numbers
/// as texts anyway.
decoded<void> parse_exactly(std::string_view json, std::size_t most_bytes, rapidjson::Document& document) {
  rapidjson::Document checked;
  if (const auto sound = parse_object(json, {.bytes = most_bytes, .values = max_values}, checked); !sound) return sound;
  document.Parse<exact_flags>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return tl::unexpected(codec_errc::not_json);
  return {};
}

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
  if (const auto parsed = parse_exactly(body, max_twilio_call_bytes, document); !parsed)
    return tl::unexpected(parsed.error());
  twilio_call_price call;
  const auto sid = text_in(document, "sid");
  if (!sid) return tl::unexpected(codec_errc::missing_field);
  if (!is_sid(*sid, "CA")) return tl::unexpected(codec_errc::bad_field);
  call.call = {std::string{*sid}};
  const auto* const price = find_field(document, "price");
  if (price != nullptr && !price->IsString()) return tl::unexpected(codec_errc::bad_field);
  const auto cost = twilio_charge(text_in(document, "price"), text_in(document, "price_unit"));
  if (!cost) return tl::unexpected(cost.error());
  call.cost = *cost;
  call.status = twilio::parse_call_status(text_in(document, "status").value_or(std::string_view{}));
  call.seconds = whole_in(document, "duration");
  return call;
}

}  // namespace tonris::model
