// What ElevenLabs' report of a conversation costs, whenever it comes.
#include "tests/actors/call/call_fixture.hpp"
#include "tests/model/call/test_rates.hpp"

namespace tonris::actors::test {
namespace {

using time = model::call_record::time;

struct row {
  const char *began, *reported;
  model::micros price;
};

class ReportPrice : public CallTest, public testing::WithParamInterface<row> {
 protected:
  void SetUp() override {
    CallTest::SetUp();
    calls->rates = std::make_shared<const model::rate_card>(model::test::test_rates_dearer_from("2026-12-01"));
    const auto began = time_of(GetParam().began).time_since_epoch();
    clock_set_by += std::chrono::duration_cast<std::chrono::seconds>(began - calls->wall_clock().time_since_epoch());
  }
  static time time_of(const char* text) { return model::parse_iso_time(text).value(); }
  /// As the keeper of callbacks tells it: of a minute, and without a price.
  bool is_reported(const char* conversation) {
    model::call_record::vendor_report told;
    told.conversation = {conversation};
    told.agent = {"agent_1"};
    told.at = time_of(GetParam().reported);
    told.seconds = 60;
    const auto learned = ask<fact_learned>(learn_fact{some_call, told});
    return learned && learned->by_somebody;
  }
  std::vector<std::optional<model::micros>> prices() {
    const auto json = ask<call_description>(describe_call{some_call});
    const auto record = model::parse_call_record(json ? json->json : "");
    std::vector<std::optional<model::micros>> all;
    if (record)
      for (const auto& one : record->reports) all.push_back(one.price);
    return all;
  }
};

TEST_P(ReportPrice, IsByTheRatesOfTheDayOnWhichTheCallBegan) {
  talk();
  ASSERT_EQ(live_calls(), 1u);
  EXPECT_TRUE(is_reported("conv_1"));
  EXPECT_THAT(prices(), testing::ElementsAre(GetParam().price)) << "while it goes on";
  caf::anon_send(supervisor, end_call{model::end_reason::operator_hung_up});
  settle();
  ASSERT_EQ(live_calls(), 0u);
  EXPECT_TRUE(is_reported("conv_2"));
  EXPECT_THAT(prices(), testing::ElementsAre(GetParam().price, GetParam().price)) << "and after its end";
}

INSTANTIATE_TEST_SUITE_P(Days, ReportPrice,
                         testing::Values(row{"2026-11-30T23:50:00.000Z", "2026-11-30T23:55:00.000Z", 60'000},
                                         row{"2026-11-30T23:50:00.000Z", "2026-12-01T00:10:00.000Z", 60'000},
                                         row{"2026-12-01T00:00:01.000Z", "2026-12-01T00:10:00.000Z", 120'000}));

}  // namespace
}  // namespace tonris::actors::test
