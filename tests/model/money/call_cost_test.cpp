#include "model/money/call_cost.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "model/money/call_cost_json.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

const auto noon = parse_iso_time("2026-11-29T12:00:00.000Z").value();

cost_part part(micros amount, bool is_final = true, cost_source source = cost_source::vendor) {
  return {{amount, us_dollars}, is_final, source, noon};
}

std::string to_json(const call_cost& cost) {
  std::string json;
  json_writer out{json};
  call_cost_json::write(out, cost);
  return json;
}

decoded<call_cost> parse(const std::string& json) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(json, {.bytes = 4096}, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  auto cost = call_cost_json::read(fields);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return cost;
}

TEST(CallCost, IsJsonAndReadBack) {
  call_cost cost{part(8'500), part(100'000, false, cost_source::estimate), part(-2'100)};
  cost.stream = part(4'000, true, cost_source::estimate);
  cost.machine_detection = part(7'500, true, cost_source::estimate);
  const auto json = to_json(cost);
  EXPECT_EQ(
      json,
      R"({"twilio":{"amount":0.0085,"currency":"USD","final":true,"source":"vendor","at":"2026-11-29T12:00:00.000Z"},)"
      R"("mediaStream":{"amount":0.004,"currency":"USD","final":true,"source":"estimate","at":"2026-11-29T12:00:00.000Z"},)"
      R"("machineDetection":{"amount":0.0075,"currency":"USD","final":true,"source":"estimate","at":"2026-11-29T12:00:00.000Z"},)"
      R"("elevenLabs":{"amount":0.1,"currency":"USD","final":false,"source":"estimate","at":"2026-11-29T12:00:00.000Z"},)"
      R"("llm":{"amount":-0.0021,"currency":"USD","final":true,"source":"vendor","at":"2026-11-29T12:00:00.000Z"},)"
      R"("total":0.1179})");
  EXPECT_EQ(parse(json).value(), cost);
  EXPECT_EQ(to_json({}), "{}");
  EXPECT_EQ(parse("{}").value(), call_cost{});
}

TEST(CallCost, ComesBackToTheMillionth) {
  std::mt19937_64 random{1};
  for (int n = 0; n < 20'000; ++n) {
    const auto amount = static_cast<micros>(random() % (2 * most_of_a_part + 1)) - most_of_a_part;
    const call_cost cost{part(amount >> random() % 40), std::nullopt, std::nullopt};
    EXPECT_EQ(parse(to_json(cost)).value(), cost);
  }
}

TEST(CallCost, RefusesPartsThatAreNone) {
  const auto with = [](const std::string& amount, const std::string& currency, const std::string& source,
                       const std::string& at) {
    return R"({"twilio":{"amount":)" + amount + R"(,"currency":")" + currency + R"(","source":")" + source +
           R"(","at":")" + at + R"("}})";
  };
  const std::string at = "2026-11-29T12:00:00.000Z";
  EXPECT_TRUE(parse(with("1", "USD", "vendor", at)));
  EXPECT_TRUE(parse(with("1000000", "USD", "vendor", at)));
  for (const auto& json :
       {with("\"1\"", "USD", "vendor", at), with("null", "USD", "vendor", at), with("1e300", "USD", "vendor", at),
        with("1000000.000001", "USD", "vendor", at), with("-1000001", "USD", "vendor", at),
        with("1", "US", "vendor", at), with("1", "USD", "somebody", at), with("1", "USD", "vendor", "today"),
        std::string{R"({"twilio":[]})"}, std::string{R"({"llm":{}})"}, std::string{"[]"}, std::string{}})
    EXPECT_FALSE(parse(json)) << json;
}

TEST(CallCost, AddsUpInDollarsOnly) {
  EXPECT_EQ(total({}), std::nullopt);
  EXPECT_EQ(total({part(8'500), {}, {}}), 8'500);
  EXPECT_EQ(total({part(8'500), part(100'000), part(2'100)}), 110'600);
  auto cost = call_cost{part(8'500), part(100'000), {}};
  cost.twilio->amount.in = *currency::parse("EUR");
  EXPECT_EQ(total(cost), std::nullopt);
  EXPECT_EQ(to_json(cost).find("total"), std::string::npos);
  cost.elevenlabs.reset();
  EXPECT_EQ(total(cost), std::nullopt) << "euros alone";
}

TEST(CallCost, TakesWhatIsNews) {
  const auto estimate = part(1, false, cost_source::estimate), first = part(2, false), last = part(3);
  const auto later = [](cost_part of) {
    of.at += std::chrono::hours{1};
    return of;
  };
  const auto earlier = [](cost_part of) {
    of.at -= std::chrono::hours{1};
    return of;
  };
  for (const auto& [known, told, is_taken] :
       std::vector<std::tuple<std::optional<cost_part>, cost_part, bool>>{{std::nullopt, estimate, true},
                                                                          {estimate, first, true},
                                                                          {estimate, earlier(first), true},
                                                                          {estimate, last, true},
                                                                          {first, last, true},
                                                                          {first, later(first), true},
                                                                          {first, earlier(first), false},
                                                                          {first, first, false},
                                                                          {first, later(estimate), false},
                                                                          {last, later(first), false},
                                                                          {last, later(estimate), false},
                                                                          {last, later(last), true}}) {
    auto kept = known;
    EXPECT_EQ(take(kept, told), is_taken);
    EXPECT_EQ(kept, is_taken ? std::optional{told} : known);
  }
}

TEST(CallCost, IsEstimatedInPartsOfTheSameSum) {
  const auto rates = rate_card::parse(
      R"({"rates":[{"from":"2026-01-01","twilioPerMinute":0.0085,"mediaStreamPerMinute":0.004,"elevenLabsPerMinute":0.1,)"
      R"("outboundPerMinute":0.014,"recordingPerMinute":0,"source":"x"},{"from":"2026-07-01","twilioPerMinute":0.013331,"mediaStreamPerMinute":0.0007,)"
      R"("elevenLabsPerMinute":0.123457,"outboundPerMinute":0,"recordingPerMinute":0,"source":"x"}]})");
  ASSERT_TRUE(rates);
  for (const auto* day : {"2026-03-01T00:00:00.000Z", "2026-11-29T12:00:00.000Z"}) {
    const auto started = parse_iso_time(day).value();
    for (std::int64_t seconds = -1; seconds < 4000; ++seconds) {
      const auto& then = rates->at(started);
      const auto stream = seconds > 0 ? cost_of_begun_minutes(then.stream_per_minute, seconds) : 0;
      const auto cost = estimate(*rates, started, seconds, noon);
      ASSERT_EQ(*total(cost) + stream, cost_of(then, seconds)) << seconds;
      const auto placed = estimate(*rates, started, seconds, noon, dialled_by::business);
      ASSERT_EQ(*total(placed) + stream, cost_of(then, seconds, dialled_by::business)) << seconds;
    }
  }
  const auto cost = estimate(*rates, parse_iso_time("2026-03-01T00:00:00.000Z").value(), 61, noon);
  EXPECT_EQ(cost.twilio, (cost_part{{17'000, us_dollars}, false, cost_source::estimate, noon}));
  EXPECT_EQ(cost.elevenlabs, (cost_part{{101'667, us_dollars}, false, cost_source::estimate, noon}));
  EXPECT_FALSE(cost.llm);
  EXPECT_FALSE(cost.stream) << "whether one ever comes is another question";
}

TEST(CallCost, OfARefusalIsAMinuteOfTheDirectionItHad) {
  const auto rates = rate_card::standard();
  EXPECT_EQ(estimate_of_refusal(rates, noon, noon).twilio->amount.amount, rates.at(noon).twilio_per_minute);
  EXPECT_EQ(estimate_of_refusal(rates, noon, noon, dialled_by::business).twilio->amount.amount,
            rates.at(noon).outbound_per_minute);
}

}  // namespace
}  // namespace tonris::model
