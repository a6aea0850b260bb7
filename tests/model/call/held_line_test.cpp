#include "model/call/held_line.hpp"

#include <gtest/gtest.h>

#include "tests/model/call/whole_record.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

class HeldLine : public testing::Test {
 protected:
  HeldLine() {
    record.ended = test::at(1000);
    record.reason = end_reason::transferred;
  }
  [[nodiscard]] bool held(std::chrono::milliseconds later = 1s) const {
    return may_hold_the_line(record, *record.ended + later);
  }
  void says(twilio::call_status status) {
    record.twilio = carrier_progress{carrier_progress::source_type::callback, status, {}, {}, test::at(1000)};
  }
  call_record record;
};

TEST_F(HeldLine, IsByWhatFollowsTheEnd) {
  struct row {
    end_reason why;
    bool held;
  };
  for (const auto& [why, may] : {row{end_reason::transferred, true}, row{end_reason::vendor_full, true},
                                 row{end_reason::closed, true}, row{end_reason::caller_hung_up, false},
                                 row{end_reason::operator_hung_up, false}, row{end_reason::caller_gave_up, false}}) {
    record.reason = why;
    EXPECT_EQ(held(), may) << to_string(why);
  }
}

TEST_F(HeldLine, EndsWhenTwilioSaysSoOrWasToldTo) {
  says(twilio::call_status::in_progress);
  EXPECT_TRUE(held());
  says(twilio::call_status::completed);
  EXPECT_FALSE(held());
  record.twilio.reset();
  record.cut_off = call_record::hang_up{"api", test::at(2000)};
  EXPECT_FALSE(held());
}

TEST_F(HeldLine, EndsAfterADay) {
  EXPECT_TRUE(held(23h + 59min));
  EXPECT_FALSE(held(24h));
}

TEST_F(HeldLine, IsNoQuestionWhileOurPartGoesOn) {
  record.ended.reset();
  record.reason.reset();
  EXPECT_FALSE(may_hold_the_line(record, test::at(2000)));
  EXPECT_FALSE(will_hold_the_line(record));
}

TEST_F(HeldLine, IsDecidedWithTheEndBeforeOurPartIsOver) {
  record.ended.reset();
  EXPECT_FALSE(may_hold_the_line(record, test::at(2000)));
  EXPECT_TRUE(will_hold_the_line(record));
  says(twilio::call_status::completed);
  EXPECT_FALSE(will_hold_the_line(record));
  record.twilio.reset();
  record.cut_off = call_record::hang_up{"api", test::at(2000)};
  EXPECT_FALSE(will_hold_the_line(record));
  record.cut_off.reset();
  record.reason = end_reason::agent_ended;
  EXPECT_FALSE(will_hold_the_line(record));
}

}  // namespace
}  // namespace tonris::model
