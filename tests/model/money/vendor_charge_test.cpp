#include "model/money/vendor_charge.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

money dollars(micros amount) {
  return {amount, us_dollars};
}

struct priced {
  std::optional<std::string_view> price, unit;
  std::optional<money> cost;
};

TEST(TwilioCharge, IsWhatACallCosts) {
  for (const auto& row : std::vector<priced>{{"-0.04200", "USD", dollars(42'000)},
                                             {"-0.0085", "usd", dollars(8'500)},
                                             {"0.0075", "USD", dollars(-7'500)},
                                             {"0", "USD", dollars(0)},
                                             {"-0.00000", "USD", dollars(0)},
                                             {"-8.5e-03", "USD", dollars(8'500)},
                                             {"-1.5", "EUR", money{1'500'000, *currency::parse("EUR")}},
                                             {std::nullopt, "USD", std::nullopt},
                                             {std::nullopt, std::nullopt, std::nullopt},
                                             {"", "USD", std::nullopt}}) {
    const auto cost = twilio_charge(row.price, row.unit);
    ASSERT_TRUE(cost) << row.price.value_or("null");
    EXPECT_EQ(*cost, row.cost) << row.price.value_or("null");
  }
}

TEST(TwilioCharge, RefusesAPriceWithoutSense) {
  for (const auto& [price, unit, why] :
       std::initializer_list<std::tuple<std::string_view, std::string_view, codec_errc>>{
           {"free", "USD", codec_errc::bad_field},
           {"-", "USD", codec_errc::bad_field},
           {"-0.0085 USD", "USD", codec_errc::bad_field},
           {"-0.0085", "", codec_errc::missing_field},
           {"-0.0085", "dollars", codec_errc::bad_field}})
    EXPECT_EQ(twilio_charge(price, unit).error(), why) << price;
  EXPECT_EQ(twilio_charge("-1", std::nullopt).error(), codec_errc::missing_field);
}

std::string call_with(const std::string& members) {
  return R"({"sid":"CA00000000000000000000000000000001","status":"completed",)" + members + R"("queue_time":"0"})";
}

TEST(TwilioCallPrice, IsReadOfTheCallItself) {
  const auto rated = parse_twilio_call_price(call_with(R"("duration":"135","price":"-0.04200","price_unit":"USD",)"));
  ASSERT_TRUE(rated);
  EXPECT_EQ(*rated, (twilio_call_price{{"CA00000000000000000000000000000001"}, "completed", 135, dollars(42'000)}));
  const auto not_yet = parse_twilio_call_price(call_with(R"("duration":null,"price":null,"price_unit":"USD",)"));
  ASSERT_TRUE(not_yet);
  EXPECT_FALSE(not_yet->cost);
  EXPECT_FALSE(not_yet->seconds);
  EXPECT_EQ(parse_twilio_call_price(call_with(R"("price":-0.1,"price_unit":"USD",)"))->cost, dollars(100'000));
  EXPECT_EQ(parse_twilio_call_price(call_with(R"("duration":"",)"))->seconds, std::nullopt);
  EXPECT_EQ(parse_twilio_call_price(call_with(R"("duration":"1.5",)"))->seconds, std::nullopt);
  EXPECT_EQ(parse_twilio_call_price(call_with(R"("duration":135,)"))->seconds, 135);
}

TEST(TwilioCallPrice, RefusesWhatIsNoCall) {
  for (const auto& [body, why] : std::initializer_list<std::pair<std::string, codec_errc>>{
           {"", codec_errc::not_json},
           {"[]", codec_errc::not_json},
           {"<html>", codec_errc::not_json},
           {"{}", codec_errc::missing_field},
           {R"({"sid":"MZ00000000000000000000000000000001"})", codec_errc::bad_field},
           {call_with(R"("price":"x","price_unit":"USD",)"), codec_errc::bad_field},
           {call_with(R"("price":{},"price_unit":"USD",)"), codec_errc::bad_field},
           {call_with(R"("price":"-1",)"), codec_errc::missing_field},
           {std::string(max_twilio_call_bytes + 1, ' '), codec_errc::too_long},
           {std::string(60'000, '['), codec_errc::too_many}}) {
    const auto price = parse_twilio_call_price(body);
    ASSERT_FALSE(price) << body.substr(0, 80);
    EXPECT_EQ(price.error(), why) << body.substr(0, 80);
  }
}

TEST(ElevenLabsCharge, IsReadOfTheMetadata) {
  const auto charge = parse_elevenlabs_charge(
      R"({"call_duration_secs":62,"cost":410,"charging":{"dev_discount":false,"is_burst":true,"tier":"pro",)"
      R"("call_charge":400,"llm_charge":10,"llm_price":0.0021}})");
  ASSERT_TRUE(charge);
  EXPECT_EQ(*charge, (elevenlabs_charge{410, 400, 10, std::nullopt, dollars(2'100), true}));
}

TEST(ElevenLabsCharge, IsEmptyWhereNothingIsSaid) {
  for (const auto* metadata : {"{}", R"({"cost":null,"charging":null})", R"({"cost":"a lot","charging":[]})",
                               R"({"cost":-5,"charging":{"llm_price":-1,"is_burst":"yes"}})", R"({"cost":{}})",
                               R"({"cost_fiat":{"amount":1}})"}) {
    const auto charge = parse_elevenlabs_charge(metadata);
    ASSERT_TRUE(charge) << metadata;
    EXPECT_EQ(*charge, elevenlabs_charge{}) << metadata;
  }
  EXPECT_EQ(parse_elevenlabs_charge(R"({"cost":"410"})")->credits, 410);
  EXPECT_EQ(parse_elevenlabs_charge(R"({"cost":409.5})")->credits, 410);
  EXPECT_EQ(parse_elevenlabs_charge(R"({"cost":0})")->credits, 0);
  EXPECT_EQ(parse_elevenlabs_charge(R"({"cost_fiat":0.1021})")->dollars, dollars(102'100));
}

TEST(ElevenLabsCharge, RefusesWhatIsNoObject) {
  EXPECT_EQ(parse_elevenlabs_charge("").error(), codec_errc::not_json);
  EXPECT_EQ(parse_elevenlabs_charge("410").error(), codec_errc::not_json);
  EXPECT_EQ(parse_elevenlabs_charge("{\"cost\":1}x").error(), codec_errc::not_json);
  EXPECT_EQ(parse_elevenlabs_charge(std::string(max_elevenlabs_metadata_bytes + 1, ' ')).error(), codec_errc::too_long);
}

struct conversation_row {
  std::string why;
  elevenlabs_charge charge;
  std::optional<micros> thousand_credits;
  std::optional<money> cost;
};

TEST(ElevenLabsCharge, BecomesDollars) {
  const auto llm = dollars(2'100);
  for (const auto& row : std::vector<conversation_row>{
           {"nothing is known", {}, 250'000, std::nullopt},
           {"no price of a credit", {410, 400, 10, {}, llm, false}, std::nullopt, std::nullopt},
           {"the model by itself", {410, 400, 10, {}, llm, false}, 250'000, dollars(100'000)},
           {"the model within", {410, 400, 10, {}, {}, false}, 250'000, dollars(102'500)},
           {"its parts unknown", {410, {}, {}, {}, llm, false}, 250'000, dollars(102'500)},
           {"a part of a millionth", {1, {}, {}, {}, {}, false}, 1, dollars(1)},
           {"for nothing", {0, {}, {}, {}, {}, false}, 250'000, dollars(0)},
           {"in dollars", {410, 400, 10, dollars(90'000), llm, false}, 250'000, dollars(87'900)},
           {"in dollars, all of them the model's", {{}, {}, {}, dollars(1'000), llm, false}, {}, dollars(0)},
           {"beyond all counting", {1'000'000'000, {}, {}, {}, {}, false}, most_micros, std::nullopt}})
    EXPECT_EQ(conversation_cost(row.charge, row.thousand_credits), row.cost) << row.why;
}

}  // namespace
}  // namespace tonris::model
