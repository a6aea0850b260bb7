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

TEST(TwilioLegs, AreReadOfTheListOfTheirCall) {
  EXPECT_EQ(twilio_legs_target({"AC1"}, {"CA1"}), "/2010-04-01/Accounts/AC1/Calls.json?ParentCallSid=CA1&PageSize=50");
  const auto legs = parse_twilio_legs(
      R"({"calls":[)" + call_with(R"("duration":"61","price":"-0.02800","price_unit":"USD",)") +
      R"(,{"sid":"CA00000000000000000000000000000002","status":"no-answer","duration":"0","price":null,"price_unit":"USD"}],)"
      R"("page":0,"next_page_uri":null})");
  ASSERT_TRUE(legs);
  ASSERT_EQ(legs->size(), 2u);
  EXPECT_EQ((*legs)[0].cost, dollars(28'000));
  EXPECT_EQ((*legs)[0].seconds, 61u);
  EXPECT_FALSE((*legs)[1].cost);
  EXPECT_EQ((*legs)[1].status, twilio::call_status::no_answer);
  EXPECT_TRUE(parse_twilio_legs(R"({"calls":[]})")->empty());
}

TEST(TwilioLegs, RefuseWhatIsNoListOfCalls) {
  for (const auto& [body, why] : std::initializer_list<std::pair<std::string, codec_errc>>{
           {"", codec_errc::not_json},
           {"{}", codec_errc::missing_field},
           {R"({"calls":{}})", codec_errc::bad_field},
           {R"({"calls":[1]})", codec_errc::bad_field},
           {R"({"calls":[{}]})", codec_errc::missing_field},
           {std::string(max_twilio_legs_bytes + 1, ' '), codec_errc::too_long}}) {
    const auto legs = parse_twilio_legs(body);
    ASSERT_FALSE(legs) << body.substr(0, 80);
    EXPECT_EQ(legs.error(), why) << body.substr(0, 80);
  }
}

TEST(TwilioRecordingPrice, IsReadOfTheRecordingItself) {
  const std::string sid = "RE00000000000000000000000000000001";
  const auto of = [&](const std::string& members) {
    return parse_twilio_recording_price(R"({"sid":")" + sid + R"(",)" + members + R"("channels":1})");
  };
  EXPECT_EQ(of(R"("status":"completed","duration":"23","price":"-0.00250","price_unit":"USD",)").value(),
            (twilio_recording_price{sid, dollars(2'500), "completed", 23}));
  EXPECT_EQ(of(R"("status":"processing","duration":null,"price":null,"price_unit":null,)").value(),
            (twilio_recording_price{sid, {}, "processing", {}}));
  EXPECT_EQ(of(R"("price":"-0.00250",)").error(), codec_errc::missing_field) << "of which currency?";
  EXPECT_EQ(of(R"("status":")" + std::string(41, 'x') + R"(",)").error(), codec_errc::bad_field);
  EXPECT_EQ(parse_twilio_recording_price(R"({"sid":"CA00000000000000000000000000000001"})").error(),
            codec_errc::bad_field);
  EXPECT_EQ(parse_twilio_recording_price("{}").error(), codec_errc::missing_field);
}

}  // namespace
}  // namespace tonris::model
