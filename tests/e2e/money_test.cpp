// What a call costs where the bill is in another currency than our rates, and where ElevenLabs' charge is known.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "tests/actors/store/a_directory.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/text.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class OtherCurrency : public CallbackTest {
 protected:
  /// A gateway at whose account Twilio bills in euros, at once, 0.008 a minute.
  void begin(const std::string& more_rates) {
    const auto file = (folder.path / "rates.json").string();
    std::ofstream{file} << R"({"rates":[{"from":"2025-01-01","twilioPerMinute":0.0085,"mediaStreamPerMinute":0.004,)"
                        << R"("elevenLabsPerMinute":0.1,"outboundPerMinute":0.014,"recordingPerMinute":0.0025,)"
                        << more_rates << R"("source":"of the test"}]})";
    start(one_tenant(), {{"PRICE_FIRST_ASK", "1"}, {"RATES_FILE", file}});
    w.on_loop([&] {
      sim::call_book_options how;
      how.rate = [](const sim::booked_call&) { return sim::call_rating{0ms, {8'000, *model::currency::parse("EUR")}}; };
      w.book().become(std::move(how));
    });
  }
  /// Of less than a minute: both vendors have told all, and Twilio's price is in it.
  std::string record_of_a_call() {
    auto call = talk();
    hang_up(call);
    (void)w.record(call.sid);
    EXPECT_TRUE(has(post_call(transcription(call.conversation, call.sid)), " 200 "));
    (void)w.record(call.sid, R"("summary":)");
    return w.record(call.sid, R"("currency":"EUR")");
  }
  std::string ask(const std::string& path) {
    return send("GET", path, "", "Authorization: Bearer " + admin_token + "\r\n");
  }

  actors::test::a_directory folder;
};

TEST_F(OtherCurrency, IsExchangedAtTheRateOfTheDayAndNothingIsLost) {
  begin(R"("exchange":{"EUR":1.25},"creditPrice":0.00015,)");
  const auto record = record_of_a_call();
  EXPECT_TRUE(has(record, R"("twilio":{"amount":0.008,"currency":"EUR","dollars":0.01,"final":true,"source":"vendor")"))
      << record;
  EXPECT_TRUE(has(record, R"("mediaStream":{"amount":0.004,"currency":"USD","final":true,"source":"estimate")"))
      << "in no price of Twilio's: " << record;
  EXPECT_TRUE(has(record, R"("elevenLabs":{"amount":0.0615,"currency":"USD","final":true,"source":"vendor")"))
      << "410 credits: " << record;
  EXPECT_TRUE(has(record, R"("total":0.0755})")) << record;
  const auto usage = ask("/api/usage");
  EXPECT_EQ(count_of(usage, R"("cost":0.0755,)"), 2u) << "the tenant's, and the total: " << usage;
  EXPECT_FALSE(has(usage, "unconverted")) << usage;
  const auto drift = ask("/api/usage/drift");
  EXPECT_TRUE(has(drift, R"("currency":"USD","ours":0.0085,"theirs":0.01,"drift":0.0015)")) << drift;
  EXPECT_FALSE(has(drift, "EUR")) << drift;
  EXPECT_EQ(w.gateway().metric("tonris_prices_without_rate_total"), 0);
}

TEST_F(OtherCurrency, WithoutARateHasNoTotalAndIsSaidAndCounted) {
  begin("");
  const auto record = record_of_a_call();
  EXPECT_TRUE(has(record, R"("twilio":{"amount":0.008,"currency":"EUR","final":true,"source":"vendor")")) << record;
  EXPECT_TRUE(has(record, R"("elevenLabs":{"amount":0.103334,"currency":"USD","final":true,"source":"estimate")"))
      << record;
  EXPECT_FALSE(has(record, R"("total":)")) << record;
  const auto usage = ask("/api/usage");
  EXPECT_EQ(count_of(usage, R"("cost":0.107334,"unconverted":1,)"), 2u) << "with the stream's: " << usage;
  const auto drift = ask("/api/usage/drift");
  EXPECT_TRUE(has(drift, R"("currency":"EUR","ours":0,"theirs":0,"drift":0,"driftPercent":null,"flagged":false)"))
      << drift;
  EXPECT_EQ(w.gateway().metric("tonris_prices_without_rate_total"), 1);
  EXPECT_TRUE(w.gateway().log_says("Twilio bills in EUR"));
}

}  // namespace
}  // namespace tonris::e2e
