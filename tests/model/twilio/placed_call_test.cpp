#include "model/twilio/placed_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/twilio/number.hpp"

namespace tonris::model::twilio {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(CallOrder, IsTheFormThatTwilioTakes) {
  call_order order{
      "+15550100001", "+15550100002", "https://gw.example.com/o/t#rc=5", "https://gw.example.com/s/t", {}, 25};
  EXPECT_EQ(form_body(order_form(order)),
            "To=%2B15550100001&From=%2B15550100002&Url=https%3A%2F%2Fgw.example.com%2Fo%2Ft%23rc%3D5&Method=POST&"
            "StatusCallback=https%3A%2F%2Fgw.example.com%2Fs%2Ft&StatusCallbackMethod=POST&"
            "StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&"
            "StatusCallbackEvent=completed&Timeout=25");
  order.machine_callback = "https://gw.example.com/m/t";
  EXPECT_THAT(form_body(order_form(order)),
              HasSubstr("&MachineDetection=Enable&AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fgw.example.com%2Fm"
                        "%2Ft&AsyncAmdStatusCallbackMethod=POST"));
}

TEST(CallOrder, LooksForACallByItsTwoNumbers) {
  EXPECT_EQ(calls_between_target({"AC1"}, "+1555", "+1666"),
            "/2010-04-01/Accounts/AC1/Calls.json?To=%2B1666&From=%2B1555&PageSize=20");
}

constexpr std::string_view one_call =
    R"({"sid":"CA00000000000000000000000000000001","to":"+15550100001","from":"+15550100002","status":"queued",)"
    R"("direction":"outbound-api","start_time":null,"date_created":"Fri, 02 Oct 2026 10:59:55 +0000"})";

TEST(ListedCall, IsReadAsTwilioWritesIt) {
  const auto call = decode_call(one_call);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->sid.value, "CA00000000000000000000000000000001");
  EXPECT_EQ(call->direction, "outbound-api");
  using namespace std::chrono;
  EXPECT_EQ(call->created, sys_days{year{2026} / 10 / 2} + hours{10} + minutes{59} + seconds{55});
  const auto list = decode_calls(R"({"calls":[)" + std::string{one_call} + R"(],"next_page_uri":null})");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().from, "+15550100002");
}

TEST(ListedCall, IsNoneWithoutASid) {
  EXPECT_FALSE(decode_call(R"({"sid":"../x"})"));
  EXPECT_FALSE(decode_call("<html>gateway error</html>"));
  EXPECT_FALSE(decode_calls(R"({"calls":[{"sid":"CA1"}]})"));
  EXPECT_FALSE(decode_calls("{}"));
}

TEST(AnsweredBy, KnowsMachinesHoweverTheyEnd) {
  EXPECT_EQ(parse_answered_by("human"), answered_by::human);
  for (const auto* word : {"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"})
    EXPECT_EQ(parse_answered_by(word), answered_by::machine);
  EXPECT_EQ(parse_answered_by("fax"), answered_by::fax);
  EXPECT_EQ(parse_answered_by("unknown"), answered_by::unknown);
  EXPECT_EQ(parse_answered_by(""), answered_by::unknown);
}

}  // namespace
}  // namespace tonris::model::twilio
