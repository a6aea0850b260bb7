#include "model/usage/rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "model/text/iso_time.hpp"
#include "tests/places.hpp"

namespace tonris::model {
namespace {

std::chrono::system_clock::time_point at(const char* time) {
  return parse_iso_time(time).value();
}

std::string one_rate(const std::string& more) {
  return R"({"rates":[{"from":"2026-01-01","twilioPerMinute":0.01,"mediaStreamPerMinute":0.002,)"
         R"("elevenLabsPerMinute":0.1,"outboundPerMinute":0.02,"recordingPerMinute":0.003,"source":"a price list")" +
         more + "}]}";
}

TEST(UsageRates, ChargeTwilioByTheBegunMinuteAndElevenLabsByTheSecond) {
  const usage_rates rates{{}, 8'500, 4'000, 100'000};
  for (const auto& [seconds, cost] :
       std::initializer_list<std::pair<std::int64_t, microdollars>>{{-5, 0},
                                                                    {0, 0},
                                                                    {1, 12'500 + 1'667},
                                                                    {59, 12'500 + 98'334},
                                                                    {60, 12'500 + 100'000},
                                                                    {61, 25'000 + 101'667},
                                                                    {561, 125'000 + 935'000},
                                                                    {86'400, 1440 * 12'500 + 144'000'000}})
    EXPECT_EQ(cost_of(rates, seconds), cost) << seconds;
}

TEST(UsageRates, ChargeForACallThatTheBusinessDialledWhatDiallingCosts) {
  const usage_rates rates{{}, 8'500, 4'000, 100'000, 14'000};
  EXPECT_EQ(cost_of(rates, 61, dialled_by::caller), 25'000 + 101'667);
  EXPECT_EQ(cost_of(rates, 61, dialled_by::business), 36'000 + 101'667);
  EXPECT_EQ(cost_of(rates, 0, dialled_by::business), 0);
}

TEST(UsageRates, ChargeALegAndARecordingByTheBegunMinuteToo) {
  for (const auto& [seconds, minutes] :
       std::initializer_list<std::pair<std::int64_t, int>>{{-1, 1}, {0, 1}, {1, 1}, {60, 1}, {61, 2}, {3600, 60}})
    EXPECT_EQ(cost_of_begun_minutes(14'000, seconds), minutes * 14'000) << seconds;
}

TEST(UsageRates, NeverFallWhileACallGoesOn) {
  const usage_rates rates{{}, 8'500, 4'000, 100'000};
  for (std::int64_t n = 0; n < 1000; ++n) EXPECT_LE(cost_of(rates, n), cost_of(rates, n + 1));
}

TEST(RateCard, HasTheRatesOfItsDay) {
  const auto card = rate_card::parse(
      R"({"rates":[{"from":"2026-07-01","twilioPerMinute":0.02,"mediaStreamPerMinute":0,"elevenLabsPerMinute":0.08,)"
      R"("outboundPerMinute":0.03,"recordingPerMinute":0.005,"source":"x"},{"from":"2026-01-01","twilioPerMinute":0.01,"mediaStreamPerMinute":0.004,)"
      R"("elevenLabsPerMinute":0.1,"outboundPerMinute":0.02,"recordingPerMinute":0,"source":"x"}]})");
  ASSERT_TRUE(card);
  EXPECT_EQ(card->at(at("2026-06-30T23:59:59.999Z")).twilio_per_minute, 10'000);
  EXPECT_EQ(card->at(at("2026-07-01T00:00:00.000Z")).twilio_per_minute, 20'000);
  EXPECT_EQ(card->at(at("2030-01-01T00:00:00.000Z")).elevenlabs_per_minute, 80'000);
  EXPECT_EQ(card->at(at("2030-01-01T00:00:00.000Z")).outbound_per_minute, 30'000);
  EXPECT_EQ(card->at(at("2030-01-01T00:00:00.000Z")).recording_per_minute, 5'000);
  EXPECT_EQ(card->at(at("2001-01-01T00:00:00.000Z")).twilio_per_minute, 10'000) << "before the first day";
}

TEST(RateCard, TellsEveryMistakeWithItsPlace) {
  for (const auto& [json, where] : std::initializer_list<std::pair<std::string, std::string>>{
           {"{}", "rates"},
           {R"({"rates":[]})", "rates"},
           {"[]", ""},
           {"no json", ""},
           {one_rate(R"(,"perHour":1)"), "rates[0].perHour"},
           {R"({"rates":[{"from":"2026-02-30","twilioPerMinute":0,"mediaStreamPerMinute":0,"elevenLabsPerMinute":0,)"
            R"("outboundPerMinute":0,"recordingPerMinute":0,"source":"x"}]})",
            "rates[0].from"},
           {R"({"rates":[{"from":"2026-02-01","twilioPerMinute":-1,"mediaStreamPerMinute":0,"elevenLabsPerMinute":0,)"
            R"("outboundPerMinute":0,"recordingPerMinute":0,"source":"x"}]})",
            "rates[0].twilioPerMinute"},
           {R"({"rates":[{"from":"2026-02-01","mediaStreamPerMinute":0,"elevenLabsPerMinute":0,)"
            R"("outboundPerMinute":0,"recordingPerMinute":0,"source":"x"}]})",
            "rates[0].twilioPerMinute"},
           {R"({"rates":[{"from":"2026-02-01","twilioPerMinute":0,"mediaStreamPerMinute":0,"elevenLabsPerMinute":0,)"
            R"("recordingPerMinute":0,"source":"x"}]})",
            "rates[0].outboundPerMinute"},
           {R"({"rates":[{"from":"2026-02-01","twilioPerMinute":0,"mediaStreamPerMinute":0,"elevenLabsPerMinute":0,)"
            R"("outboundPerMinute":0,"source":"x"}]})",
            "rates[0].recordingPerMinute"}}) {
    const auto card = rate_card::parse(json);
    ASSERT_FALSE(card) << json;
    EXPECT_THAT(card.error(), testing::StartsWith(where)) << json;
  }
  EXPECT_TRUE(rate_card::parse(one_rate("")));
}

TEST(RateCard, RefusesExchangeRatesAndCreditsThatAreNone) {
  for (const auto& [more, where] : std::initializer_list<std::pair<std::string, std::string>>{
           {R"(,"exchange":[])", "rates[0].exchange must be"},
           {R"(,"exchange":{"Euro":1.1})", "rates[0].exchange.Euro must be the code"},
           {R"(,"exchange":{"eur":1.1})", "rates[0].exchange.eur must be the code"},
           {R"(,"exchange":{"USD":1})", "rates[0].exchange.USD must be the code"},
           {R"(,"exchange":{"EUR":"1.1"})", "rates[0].exchange.EUR must be the US dollars"},
           {R"(,"exchange":{"EUR":0})", "rates[0].exchange.EUR must be the US dollars"},
           {R"(,"exchange":{"EUR":-1})", "rates[0].exchange.EUR must be the US dollars"},
           {R"(,"exchange":{"EUR":2000000})", "rates[0].exchange.EUR must be the US dollars"},
           {R"(,"machineDetectionPerCall":-0.1)", "rates[0].machineDetectionPerCall must be"},
           {R"(,"machineDetectionPerCall":"0.1")", "rates[0].machineDetectionPerCall must be"},
           {R"(,"creditPrice":-0.1)", "rates[0].creditPrice must be"},
           {R"(,"creditPrice":1.1)", "rates[0].creditPrice must be"},
           {R"(,"creditPrice":"0.1")", "rates[0].creditPrice must be"}}) {
    const auto card = rate_card::parse(one_rate(more));
    ASSERT_FALSE(card) << more;
    EXPECT_THAT(card.error(), testing::StartsWith(where)) << more;
  }
}

TEST(RateCard, MayHaveAPriceOfMachineDetection) {
  const auto of = [](const char* more) {
    return rate_card::parse(one_rate(more)).value().at(at("2026-06-30T00:00:00.000Z")).machine_detection_per_call;
  };
  EXPECT_EQ(of(R"(,"machineDetectionPerCall":0.0075)"), 7'500);
  EXPECT_EQ(of(R"(,"machineDetectionPerCall":0)"), 0);
  EXPECT_EQ(of(""), std::nullopt) << "nobody has said";
}

TEST(RateCard, MayHaveExchangeRatesAndACreditsPrice) {
  const auto card = rate_card::parse(one_rate(R"(,"exchange":{"EUR":1.25,"JPY":0.0065},"creditPrice":0.00015)"));
  ASSERT_TRUE(card);
  const auto& rates = card->at(at("2026-06-30T00:00:00.000Z"));
  EXPECT_EQ(rates.per_credit, 0.00015);
  EXPECT_THAT(rates.exchange, testing::ElementsAre(testing::Pair("EUR", 1.25), testing::Pair("JPY", 0.0065)));
}

TEST(RateCard, RefusesOneDayTwice) {
  const auto once = one_rate("");
  auto twice = once;
  const auto item = once.substr(10, once.size() - 12);
  twice.insert(twice.size() - 2, "," + item);
  const auto card = rate_card::parse(twice);
  ASSERT_FALSE(card);
  EXPECT_THAT(card.error(), testing::StartsWith("rates[1].from must be another day"));
}

TEST(RateCard, IsInTheDataFileAsItIsBuiltIn) {
  std::ifstream file(test::source_dir() + "/config/rates.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto card = rate_card::parse(text.str());
  ASSERT_TRUE(card);
  EXPECT_EQ(*card, rate_card::standard());
}

}  // namespace
}  // namespace tonris::model
