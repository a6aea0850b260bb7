#include "model/money/twilio_call_list.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace tonris::model {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

const account_sid account{"AC00000000000000000000000000000001"};
const std::string sid = "CA00000000000000000000000000000001";
const std::string ordinary =
    R"("direction":"inbound","to":"+15550100002","from":"+15550100001","duration":"61","price":"-0.01700",)"
    R"("price_unit":"USD","start_time":"Fri, 02 Oct 2026 11:00:01 +0000")";

std::string page_of(const std::string& members, const std::string& next = "null") {
  return R"({"calls":[{"sid":")" + sid + R"(","parent_call_sid":null,)" + members + R"(}],"next_page_uri":)" + next +
         R"(,"page":0})";
}

TEST(TwilioCallList, IsAskedForByADayOfUtc) {
  EXPECT_EQ(twilio_day_target(account, 2026y / October / 31),
            "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json?StartTime%3E=2026-10-31T00%3A00%3A00Z"
            "&StartTime%3C=2026-11-01T00%3A00%3A00Z&PageSize=300");
}

TEST(TwilioCallList, HasCallsWithWhatTheyCostAndTheNumberThatIsOurs) {
  const auto page = parse_twilio_call_page(page_of(ordinary), account);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next, "");
  ASSERT_EQ(page->calls.size(), 1u);
  EXPECT_EQ(page->calls[0],
            (twilio_listed_call{
                {sid}, {}, "+15550100002", money{17'000, us_dollars}, 61, sys_days{2026y / October / 2} + 11h + 1s}));
}

struct listed {
  std::string members, number;
  std::optional<micros> cost;
  std::uint32_t seconds;
  bool is_billed;
};

TEST(TwilioCallList, KnowsWhatIsBilled) {
  const std::string out = R"("direction":"outbound-api","to":"+4570123456","from":"+15550100002",)";
  for (const auto& row : std::vector<listed>{
           {out + R"("duration":"5","price":"-0.014","price_unit":"USD")", "+15550100002", 14'000, 5, true},
           {out + R"("duration":"5","price":null,"price_unit":"USD")", "+15550100002", {}, 5, true},
           {out + R"("duration":null,"price":null,"price_unit":"USD")", "+15550100002", {}, 0, false},
           {out + R"("duration":"","price":"","price_unit":"USD")", "+15550100002", {}, 0, false},
           {out + R"("duration":"0","price":"0","price_unit":"USD")", "+15550100002", 0, 0, false},
           {out + R"("duration":"0","price":"-0.0085","price_unit":"USD")", "+15550100002", 8'500, 0, true},
           {out + R"("duration":0,"price":0.0075,"price_unit":"USD")", "+15550100002", -7'500, 0, true},
           {R"("direction":"inbound","to":"sip:a@b.c","duration":"1","price":null)", "sip:a@b.c", {}, 1, true}}) {
    const auto page = parse_twilio_call_page(page_of(row.members), account);
    ASSERT_TRUE(page) << row.members;
    const auto& call = page->calls.at(0);
    EXPECT_EQ(call.number, row.number) << row.members;
    EXPECT_EQ(call.cost ? std::optional{call.cost->amount} : std::nullopt, row.cost) << row.members;
    EXPECT_EQ(call.seconds, row.seconds) << row.members;
    EXPECT_EQ(call.is_billed(), row.is_billed) << row.members;
  }
}

/// The account's token goes with the next question.
TEST(TwilioCallList, GoesOnInTheSameAccountsListAlone) {
  const std::string list = "/2010-04-01/Accounts/" + account.value + "/Calls.json?";
  EXPECT_EQ(parse_twilio_call_page(page_of(ordinary, "\"" + list + "Page=1&PageToken=PA1\""), account)->next,
            list + "Page=1&PageToken=PA1");
  for (const auto* elsewhere :
       {R"("https://evil.example/")", R"("/2010-04-01/Accounts/AC2/Calls.json?Page=1")", R"("//evil.example/x")", "7"})
    EXPECT_FALSE(parse_twilio_call_page(page_of(ordinary, elsewhere), account)) << elsewhere;
}

TEST(TwilioCallList, IsReadWholeOrNotAtAll) {
  for (const auto& body : std::vector<std::string>{
           "<html>Bad Gateway</html>", "", "[]", "{}", R"({"calls":{}})", R"({"calls":[7]})",
           R"({"calls":[{"sid":"CA1"}]})", page_of(R"("duration":"a minute")"), page_of(R"("price":"free")"),
           page_of(R"("price":"-1","price_unit":null)"), page_of(R"("direction":"inbound","to":["a"])")})
    EXPECT_FALSE(parse_twilio_call_page(body, account)) << body;
  EXPECT_TRUE(parse_twilio_call_page(R"({"calls":[]})", account));
}

}  // namespace
}  // namespace tonris::model
