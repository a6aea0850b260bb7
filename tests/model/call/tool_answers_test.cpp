#include "model/call/tool_answers.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json/lookup.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {
namespace {

using testing::HasSubstr;
using testing::Not;
using time_point = std::chrono::system_clock::time_point;

time_point utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / month / day} + hours{hour} + minutes{minute};
}

tenant salon() {
  tenant t;
  t.id.value = "salon-1";
  t.name = "Test Salon";
  t.phone_number = "+15551234567";
  return t;
}

tenant salon_with_hours() {
  auto t = salon();
  t.business_hours.emplace();
  t.business_hours->timezone = "America/New_York";
  t.business_hours->days = {
      {"monday", {{"09:00", "17:00"}}}, {"tuesday", {{"18:00", "24:00"}}}, {"friday", {{"20:00", "02:30"}}}};
  return t;
}

// Whatever was put in, it is one JSON object within its bounds.
void expect_well_formed(const std::string& answer) {
  rapidjson::Document document;
  EXPECT_TRUE(parse_object(answer, {.bytes = max_built_in_answer_bytes}, document)) << answer.size() << " " << answer;
}

struct hours_row {
  std::string why;
  time_point at;
  std::string sentence, more;
};
class BusinessHoursAnswer : public testing::TestWithParam<hours_row> {};
INSTANTIATE_TEST_SUITE_P(
    Times, BusinessHoursAnswer,
    testing::Values(
        hours_row{
            "Open", utc(2026, 11, 23, 15), "We are open now, until 17:00.",
            R"("open_until":"Monday 17:00","next_opening":{"date":"2026-11-24","weekday":"Tuesday","time":"18:00"})"},
        hours_row{"OpenUntilMidnight", utc(2026, 11, 25, 0), "We are open now, until midnight.",
                  R"("open_until":"Wednesday 00:00","next_opening":{"date":"2026-11-27")"},
        hours_row{"OpenIntoTheNextDay", utc(2026, 11, 28, 2), "We are open now, until Saturday 02:30.",
                  R"("open_until":"Saturday 02:30")"},
        hours_row{"Closed", utc(2026, 11, 23, 23), "We are closed now. We open again on Tuesday, 2026-11-24, at 18:00.",
                  R"("open_now":false)"}),
    [](const auto& row) { return row.param.why; });

TEST_P(BusinessHoursAnswer, TellsUntilWhenAndWhenAgain) {
  const auto answer = business_hours_answer(salon_with_hours(), GetParam().at);
  expect_well_formed(answer);
  EXPECT_THAT(answer, HasSubstr("\"sentence\":\"" + GetParam().sentence + "\""));
  EXPECT_THAT(answer, HasSubstr(GetParam().more));
}

TEST(BusinessHoursAnswer, IsShortEnoughToBeReadOut) {
  EXPECT_EQ(business_hours_answer(salon_with_hours(), utc(2026, 11, 23, 15)),
            R"({"open_now":true,"sentence":"We are open now, until 17:00.","open_until":"Monday 17:00",)"
            R"("next_opening":{"date":"2026-11-24","weekday":"Tuesday","time":"18:00"},)"
            R"("local_time":"Monday 2026-11-23 10:00","timezone":"America/New_York",)"
            R"("hours":"Monday 09:00-17:00, Tuesday 18:00-24:00, Wednesday closed, Thursday closed, )"
            R"(Friday 20:00-02:30, Saturday closed, Sunday closed"})");
}

TEST(BusinessHoursAnswer, SaysThatItDoesNotKnow) {
  const std::string unknown = R"({"sentence":"The opening hours are not known."})";
  EXPECT_EQ(business_hours_answer(salon(), utc(2026, 11, 23, 15)), unknown);
  auto t = salon_with_hours();
  t.business_hours->timezone = "Nowhere/Land";
  EXPECT_EQ(business_hours_answer(t, utc(2026, 11, 23, 15)), unknown);
}

TEST(BusinessHoursAnswer, LeavesOutDatesWhereThereAreTooMany) {
  auto t = salon_with_hours();
  for (int i = 0; i < 400; ++i) t.business_hours->holidays.push_back({"2027-01-01", {{"09:00", "12:00"}}});
  const auto answer = business_hours_answer(t, utc(2026, 11, 23, 15));
  expect_well_formed(answer);
  EXPECT_THAT(answer, HasSubstr("Sunday closed\",\"more\":true}"));
}

TEST(BusinessProfileAnswer, TellsWhatTheTenantHasSet) {
  auto t = salon();
  t.numbers.push_back({"+4570123456", {}, {}});
  t.dynamic_variables = {{"address_street", std::string{"Main St 1"}},
                         {"address_city", std::string{"Aarhus"}},
                         {"contact_email", std::string{"a@b.example"}},
                         {"parking", std::string{"behind the \"house\""}},
                         {"seats", 4.0},
                         {"open_air", true},
                         {"founded", std::int64_t{1999}}};
  EXPECT_EQ(business_profile_answer(t),
            R"({"name":"Test Salon","numbers":["+15551234567","+4570123456"],)"
            R"("address":{"street":"Main St 1","city":"Aarhus"},"contact_email":"a@b.example",)"
            R"("variables":{"founded":1999,"open_air":true,"parking":"behind the \"house\"","seats":4}})");
}

TEST(BusinessProfileAnswer, TellsNoSecret) {
  auto t = salon();
  t.dynamic_variables = {{"secret__token", std::string{"hush"}}, {"system__time", std::string{"hush"}}};
  t.secrets.api_key = {tenant_secret::form::plain, "hush"};
  t.prompt = "hush";
  EXPECT_EQ(business_profile_answer(t), R"({"name":"Test Salon","numbers":["+15551234567"]})");
}

TEST(BusinessProfileAnswer, IsBoundedWhateverTheTenantWrote) {
  auto t = salon_with_hours();
  t.name = std::string(5000, '"') + "\xFF\n";
  for (int i = 0; i < 100; ++i)
    t.dynamic_variables["v" + std::to_string(i)] = std::string(900, i % 2 == 0 ? '\\' : 'a');
  const auto answer = business_profile_answer(t);
  expect_well_formed(answer);
  EXPECT_THAT(answer, HasSubstr(R"("more":true})"));
}

call_record call(const std::string& id, time_point started, int seconds) {
  call_record record;
  record.call.value = id;
  record.tenant.value = "salon-1";
  record.from = "+15557654321";
  record.to = "+15551234567";
  record.started = started;
  if (seconds > 0) record.answered = started;
  record.ended = started + std::chrono::seconds{seconds};
  return record;
}

call_record call_now() {
  auto record = call("now", utc(2026, 11, 25, 12), 0);
  record.ended = {};
  return record;
}

TEST(CallerHistoryAnswer, TellsTheLastCallsNewestFirst) {
  auto failed = call("a", utc(2026, 11, 1, 12), 0), message = call("b", utc(2026, 11, 2, 12), 61),
       through = call("c", utc(2026, 11, 3, 3), 60), talked = call("d", utc(2026, 11, 4, 12), 1);
  message.voicemail.push_back({});
  through.fallback = "transferred";
  const std::vector<past_call> calls{{message, ""}, {failed, ""}, {talked, "Asked for\na haircut."}, {through, ""}};
  EXPECT_EQ(caller_history_answer(calls, call_now(), salon_with_hours()),
            R"({"known_caller":true,"calls":[)"
            R"({"date":"2026-11-04","weekday":"Wednesday","minutes":1,"outcome":"spoke with the agent",)"
            R"("summary":"Asked for a haircut."},)"
            R"({"date":"2026-11-02","weekday":"Monday","minutes":1,"outcome":"was put through to a person"},)"
            R"({"date":"2026-11-02","weekday":"Monday","minutes":2,"outcome":"left a message"},)"
            R"({"date":"2026-11-01","weekday":"Sunday","minutes":0,"outcome":"was not connected"}]})")
      << "the dates are New York's";
}

struct other_row {
  std::string why;
  void (*change)(call_record& past, call_record& now);
  bool is_told;
};
class CallerHistory : public testing::TestWithParam<other_row> {};
INSTANTIATE_TEST_SUITE_P(
    Calls, CallerHistory,
    testing::Values(
        other_row{"OfTheCaller", [](call_record&, call_record&) {}, true},
        other_row{"PlacedToTheCaller",
                  [](call_record& past, call_record&) {
                    past.direction = "outbound-api";
                    std::swap(past.from, past.to);
                  },
                  true},
        other_row{"OfAnotherTenant", [](call_record& past, call_record&) { past.tenant.value = "b"; }, false},
        other_row{"OfAnotherCaller", [](call_record& past, call_record&) { past.from = "+15550000000"; }, false},
        other_row{"ThatGoesOn", [](call_record& past, call_record&) { past.ended = {}; }, false},
        other_row{"ThatIsThisOne", [](call_record& past, call_record& now) { past.call = now.call; }, false},
        other_row{"OfTwoWhoWithholdTheirs",
                  [](call_record& past, call_record& now) { past.from = now.from = "anonymous"; }, false},
        other_row{"OfACallOfAnotherTenants",
                  [](call_record& past, call_record& now) { past.tenant.value = now.tenant.value = "b"; }, false}),
    [](const auto& row) { return row.param.why; });

TEST_P(CallerHistory, IsThatOfThisCallerAndTenantOnly) {
  auto past = call("a", utc(2026, 11, 1, 12), 60), now = call_now();
  GetParam().change(past, now);
  const std::vector<past_call> calls{{past, "hush"}};
  EXPECT_EQ(caller_history_answer(calls, now, salon()).find("hush") != std::string::npos, GetParam().is_told);
}

TEST(CallerHistoryAnswer, HasAtMostFiveAndIsBounded) {
  std::vector<call_record> records;
  for (unsigned day = 1; day <= 20; ++day)
    records.push_back(call("c" + std::to_string(day), utc(2026, 11, day, 12), 60));
  const std::string long_summary(5000, 'x'), quotes(5000, '"');
  for (const auto& summary : {std::string{}, long_summary, quotes}) {
    std::vector<past_call> calls;
    for (const auto& record : records) calls.push_back({record, summary});
    const auto answer = caller_history_answer(calls, call_now(), salon());
    expect_well_formed(answer);
    EXPECT_THAT(answer, HasSubstr("2026-11-20"));
    EXPECT_THAT(answer, Not(HasSubstr("2026-11-15")));
    EXPECT_EQ(answer.find("2026-11-16") == std::string::npos, summary == quotes) << "what does not fit is the oldest";
    EXPECT_EQ(answer.find("\"more\":true") != std::string::npos, summary == quotes);
  }
}

TEST(CallContextAnswer, TellsWhatThisCallIs) {
  auto now = call_now();
  now.agent.value = "agent_a";
  now.answered = now.started + std::chrono::seconds{2};
  auto t = salon();
  t.language = "da";
  EXPECT_EQ(call_context_answer(now, t, now.started + std::chrono::seconds{62}),
            R"({"call_sid":"now","direction":"inbound","caller_number":"+15557654321","called_number":"+15551234567",)"
            R"("agent_id":"agent_a","started":"2026-11-25T12:00:02.000Z","seconds":60,"language":"da"})");
  now.answered = {};
  t.language = {};
  const auto answer = call_context_answer(now, t, now.started - std::chrono::seconds{5});
  EXPECT_THAT(answer, HasSubstr(R"("started":"2026-11-25T12:00:00.000Z","seconds":0})"));
}

}  // namespace
}  // namespace tonris::model
