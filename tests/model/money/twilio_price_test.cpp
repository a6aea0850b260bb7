#include "model/money/twilio_price.hpp"

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
  EXPECT_EQ(*rated, (twilio_call_price{
                        {"CA00000000000000000000000000000001"}, dollars(42'000), twilio::call_status::completed, 135}));
  const auto not_yet = parse_twilio_call_price(call_with(R"("duration":null,"price":null,"price_unit":"USD",)"));
  ASSERT_TRUE(not_yet);
  EXPECT_FALSE(not_yet->cost);
  EXPECT_FALSE(not_yet->seconds);
  EXPECT_EQ(parse_twilio_call_price(call_with(R"("price":-0.1,"price_unit":"USD",)"))->cost, dollars(100'000));
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

}  // namespace
}  // namespace tonris::model
