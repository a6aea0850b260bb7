#include "model/money/vendor_charge.hpp"

#include <algorithm>

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

std::optional<micros> amount_in(const rapidjson::Value& object, std::string_view name) {
  const auto text = text_in(object, name);
  return text ? parse_micros(*text) : std::nullopt;
}

std::optional<money> dollars_in(const rapidjson::Value& object, std::string_view name) {
  const auto amount = amount_in(object, name);
  if (!amount || *amount < 0) return std::nullopt;
  return money{*amount, us_dollars};
}

/// Whole ones: half of one is one.
std::optional<std::int64_t> credits_in(const rapidjson::Value& object, std::string_view name) {
  constexpr micros one = 1'000'000;
  const auto amount = amount_in(object, name);
  if (!amount || *amount < 0) return std::nullopt;
  return (*amount + one / 2) / one;
}

std::optional<std::int64_t> seconds_in(const rapidjson::Value& object, std::string_view name) {
  constexpr micros one = 1'000'000;
  const auto amount = amount_in(object, name);
  if (!amount || *amount < 0 || *amount % one != 0) return std::nullopt;
  return *amount / one;
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
  call.status = text_in(document, "status").value_or("");
  call.seconds = seconds_in(document, "duration");
  const auto* const price = find_field(document, "price");
  if (price != nullptr && !price->IsString()) return tl::unexpected(codec_errc::bad_field);
  const auto cost = twilio_charge(text_in(document, "price"), text_in(document, "price_unit"));
  if (!cost) return tl::unexpected(cost.error());
  call.cost = *cost;
  return call;
}

decoded<elevenlabs_charge> parse_elevenlabs_charge(std::string_view metadata) {
  rapidjson::Document document;
  if (const auto parsed = parse_exactly(metadata, max_elevenlabs_metadata_bytes, document); !parsed)
    return tl::unexpected(parsed.error());
  elevenlabs_charge charge;
  charge.credits = credits_in(document, "cost");
  charge.dollars = dollars_in(document, "cost_fiat");
  const auto* const charging = find_field(document, "charging");
  if (charging == nullptr || !charging->IsObject()) return charge;
  charge.call_credits = credits_in(*charging, "call_charge");
  charge.llm_credits = credits_in(*charging, "llm_charge");
  charge.llm = dollars_in(*charging, "llm_price");
  const auto* const burst = find_field(*charging, "is_burst");
  charge.burst = burst != nullptr && burst->IsTrue();
  return charge;
}

std::optional<money> conversation_cost(const elevenlabs_charge& charge,
                                       std::optional<micros> thousand_credits) noexcept {
  constexpr std::int64_t thousand = 1000;
  if (charge.dollars) {
    const auto of_model = charge.llm ? charge.llm->amount : 0;
    return money{std::max<micros>(charge.dollars->amount - of_model, 0), us_dollars};
  }
  const auto credits = charge.llm && charge.call_credits ? charge.call_credits : charge.credits;
  micros amount = 0;
  if (!credits || !thousand_credits || __builtin_mul_overflow(*credits, *thousand_credits, &amount))
    return std::nullopt;
  return money{amount / thousand + (amount % thousand > 0 ? 1 : 0), us_dollars};
}

}  // namespace tonris::model
